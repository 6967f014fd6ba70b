"""Papers with their validity, what agencies ask for besides, papers used again with consent; messages by mail and SMS with their delivery."""

import django.db.models.deletion
from django.db import migrations, models

import common.clock
import common.ids

REDACT = """
CREATE FUNCTION public.redact_cases_of_requested_papers(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE crm_requestedpaper SET words = NULL WHERE case_id = ANY(ids) AND words <> '';
END $$;
REVOKE ALL ON FUNCTION public.redact_cases_of_requested_papers(uuid[]) FROM PUBLIC;
"""
NO_REDACT = "DROP FUNCTION public.redact_cases_of_requested_papers(uuid[])"


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0010_mandates_are_redacted"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestedPaper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("requirement", models.CharField(max_length=60)),
                ("words", models.CharField(blank=True, default="", max_length=200, null=True)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
            ],
        ),
        migrations.AddField(
            model_name="document",
            name="expired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="reused_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reuses",
                to="crm.document",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="valid_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(
                    ("expired_at__isnull", True),
                    ("replaced_at__isnull", True),
                    ("valid_until__isnull", False),
                ),
                fields=["valid_until"],
                name="document_valid_until",
            ),
        ),
        migrations.AddField(
            model_name="requestedpaper",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requested_papers", to="crm.case"
            ),
        ),
        migrations.AddField(
            model_name="requestedpaper",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="crm.message"
            ),
        ),
        migrations.AddConstraint(
            model_name="requestedpaper",
            constraint=models.UniqueConstraint(
                fields=("question", "requirement"), name="requested_paper_once"
            ),
        ),
        migrations.RunSQL(REDACT, NO_REDACT),
    ]
