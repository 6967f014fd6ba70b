"""Papers with their validity, what agencies ask for besides, papers used again with consent; messages by mail and SMS with their delivery."""

import datetime

import django.db.models.deletion
from django.conf import settings
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
# Before: whether a message had failed, and not why. Those still to be sent are due at once.
WHY = """
UPDATE crm_notification SET failure = 'refused', sent_at = NULL WHERE state = 'failed';
UPDATE crm_notification SET next_try_at = at WHERE state = 'pending';
"""
RIGHTS = f"REVOKE UPDATE, DELETE ON public.crm_messagepolicychange FROM {settings.DATABASE_APP_ROLE}"


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0013_workspace"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessagePolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.SlugField(default="house", max_length=20, unique=True)),
                ("quiet_from", models.TimeField(default=datetime.time(21, 0))),
                ("quiet_until", models.TimeField(default=datetime.time(8, 0))),
                ("rests_on_holidays", models.BooleanField(default=True)),
                ("domicile_is_active", models.BooleanField(default=True)),
                ("domicile_days", models.PositiveSmallIntegerField(default=3)),
            ],
        ),
        migrations.CreateModel(
            name="MessagePolicyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("reason", models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="MessageWish",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "By e-mail, or by text message where there is none"),
                            ("email", "By e-mail"),
                            ("sms", "By text message"),
                            ("both", "By both"),
                        ],
                        default="",
                        max_length=5,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "Everything that happens in the case"),
                            ("needed", "Only what asks something of me, and decisions"),
                        ],
                        default="all",
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
            ],
        ),
        migrations.CreateModel(
            name="PaperConsent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("by_kind", models.CharField(max_length=10)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
            ],
        ),
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
            model_name="contactpoint",
            name="is_domicile",
            field=models.BooleanField(db_default=False, default=False),
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
        migrations.AddField(
            model_name="notification",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="notification",
            name="delivered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="effective_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ended", "the person is not reached there any more"),
                    ("unsafe", "others may read there"),
                    ("blocked", "their data are blocked"),
                    ("refused", "the address or number does not take it"),
                    ("unavailable", "the service that sends it did not answer for days"),
                    ("undelivered", "it did not arrive"),
                ],
                db_default="",
                default="",
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="next_try_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="notification",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "To be sent"),
                    ("sent", "Sent"),
                    ("delivered", "Delivered"),
                    ("failed", "Could not be sent"),
                ],
                default="pending",
                max_length=9,
            ),
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
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)),
                fields=["next_try_at"],
                name="notification_next",
            ),
        ),
        migrations.RunSQL(WHY, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(("failure", ""), _negated=True),
                    _connector="OR",
                ),
                name="notification_failed_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "pending"), _negated=True),
                    ("next_try_at__isnull", False),
                    _connector="OR",
                ),
                name="notification_pending_is_to_be_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("domicile_days__range", (1, 30))), name="message_policy_some_days"
            ),
        ),
        migrations.AddField(
            model_name="messagepolicychange",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="messagepolicychange",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="crm.messagepolicy"
            ),
        ),
        migrations.AddField(
            model_name="messagewish",
            name="case",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="message_wish",
                to="crm.case",
            ),
        ),
        migrations.AddField(
            model_name="messagewish",
            name="person",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="message_wish",
                to="crm.person",
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="by_user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paper_consents", to="crm.case"
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="document",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="consent", to="crm.document"
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="interaction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="crm.interaction"
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="original",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="crm.document"
            ),
        ),
        migrations.AddField(
            model_name="paperconsent",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paper_consents", to="crm.person"
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
            model_name="messagewish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", True), ("person__isnull", False)),
                    models.Q(("case__isnull", False), ("person__isnull", True)),
                    _connector="OR",
                ),
                name="message_wish_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("original", models.F("document")), _negated=True),
                name="paper_consent_of_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestedpaper",
            constraint=models.UniqueConstraint(
                fields=("question", "requirement"), name="requested_paper_once"
            ),
        ),
        migrations.RunSQL(REDACT, NO_REDACT),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
