import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_imports_and_tokens"),
        ("crm", "0006_people_found_fast"),
        ("territory", "0002_antarctica_has_no_seat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("parent", "Parent or guardian of a minor"),
                            ("curator", "Curator appointed by a court"),
                            ("notarised", "Power before a notary"),
                            ("electronic", "Electronic document with advanced signature"),
                            ("legal", "Legal representative of an organisation"),
                            ("letter", "Simple letter"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "acts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("status", "ask how it goes"),
                                ("answer", "answer the agency and hand in papers"),
                                ("submit", "apply and withdraw"),
                                ("receive", "receive what is granted"),
                            ],
                            max_length=7,
                        ),
                        size=None,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("evidence", models.CharField(max_length=300, null=True)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("content_type", models.CharField(blank=True, max_length=60)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_reason", models.CharField(blank=True, max_length=300)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_held",
                        to="crm.person",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_shown",
                        to="crm.case",
                    ),
                ),
                (
                    "grantor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_given",
                        to="crm.person",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_shown",
                        to="crm.interaction",
                    ),
                ),
                ("procedures", models.ManyToManyField(blank=True, related_name="+", to="catalog.procedure")),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sha256", ""), _negated=True),
                        fields=["sha256"],
                        name="mandate_hash",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("grantor", models.F("agent")), _negated=True),
                        name="mandate_not_for_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="mandate_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("acts__len__gt", 0)), name="mandate_allows_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "letter"), _negated=True),
                            ("acts__contained_by", ["receive", "status"]),
                            _connector="OR",
                        ),
                        name="mandate_letter_asks_and_receives",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", True), ("interaction__isnull", False)),
                            models.Q(("case__isnull", False), ("interaction__isnull", True)),
                            _connector="OR",
                        ),
                        name="mandate_was_shown_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("evidence", ""), _negated=True), name="mandate_says_what_was_seen"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("revoked_at__isnull", True),
                                ("revoked_by__isnull", True),
                                ("revoked_reason", ""),
                            ),
                            models.Q(
                                ("revoked_at__isnull", False),
                                ("revoked_by__isnull", False),
                                models.Q(("revoked_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mandate_revoked_iff_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="interaction",
            name="mandate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="crm.mandate",
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="mandate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parties",
                to="crm.mandate",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mandate__isnull", True), ("represented__isnull", False), _connector="OR"
                ),
                name="interaction_mandate_is_for_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("represented__isnull", True),
                    ("person__isnull", True),
                    models.Q(("represented", models.F("person")), _negated=True),
                    _connector="OR",
                ),
                name="interaction_speaks_for_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("mandate__isnull", True), ("role", "representative"), _connector="OR"),
                name="party_mandate_is_a_representatives",
            ),
        ),
    ]
