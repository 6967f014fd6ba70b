"""Texts from elsewhere that wait for an editor, servers that are read again and again, and files of sheets."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_agreements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=4)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("read", "Waits for you"),
                            ("confirmed", "Under way"),
                            ("done", "Done"),
                        ],
                        default="reading",
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow(), editable=False)),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["expires_at"], name="bulkimport_expires"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", True),
                                ("finished_at__isnull", True),
                                ("state__in", ["reading", "read"]),
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("finished_at__isnull", True),
                                ("state", "confirmed"),
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("finished_at__isnull", False),
                                ("state", "done"),
                            ),
                            _connector="OR",
                        ),
                        name="bulkimport_state_and_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("at"))),
                        name="bulkimport_expires_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("data", models.JSONField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "New"),
                            ("changed", "Changes"),
                            ("same", "The same"),
                            ("conflict", "Something stands in the way"),
                            ("refused", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("drafted", "A draft is open"),
                            ("same", "The same"),
                            ("conflict", "Something stands in the way"),
                            ("refused", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                ("said", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.procedureversion",
                    ),
                ),
                (
                    "bulk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="catalog.bulkimport",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.procedureversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bulk", "number"), name="bulkrow_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("result", "")),
                            models.Q(models.Q(("result", ""), _negated=True), ("done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="bulkrow_done_iff_result",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="ImportConflict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.CharField(max_length=200)),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow(), editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an editor"),
                            ("taken", "Taken as a draft"),
                            ("kept", "Ours was kept"),
                            ("superseded", "Another text came after it"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conflicts",
                        to="catalog.procedure",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conflicts",
                        to="catalog.importrun",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["procedure", "sha256"], name="importconflict_text"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("procedure",),
                        name="importconflict_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_at__isnull", True), ("settled_by__isnull", True), ("state", "open")
                            ),
                            models.Q(("settled_at__isnull", False), ("state", "superseded")),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                ("state__in", ["taken", "kept"]),
                            ),
                            _connector="OR",
                        ),
                        name="importconflict_settled_iff_not_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.URLField(unique=True)),
                ("shape", models.CharField(default="auto", max_length=6)),
                ("token_variable", models.CharField(blank=True, max_length=80)),
                ("every_hours", models.PositiveSmallIntegerField(default=24)),
                ("is_active", models.BooleanField(default=True)),
                ("next_at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.TextField(blank=True)),
                (
                    "last_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.importrun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)), fields=["next_at"], name="importsource_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("every_hours__gte", 1), ("every_hours__lte", 720)),
                        name="importsource_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("token_variable", ""),
                            ("token_variable__regex", "^IMPORT_TOKEN_[A-Z0-9_]{1,60}$"),
                            _connector="OR",
                        ),
                        name="importsource_token_by_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failures", 0), ("trouble", "")),
                            models.Q(("failures__gt", 0), models.Q(("trouble", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="importsource_trouble_iff_failures",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="importrun",
            name="is_dry",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="importitem",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("created", "Created"),
                    ("changed", "Changed"),
                    ("same", "The same"),
                    ("conflict", "Differs from what is written here"),
                    ("refused", "Refused"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="importitem",
            index=models.Index(fields=["run", "outcome", "id"], name="importitem_by_outcome"),
        ),
        migrations.AddField(
            model_name="importrun",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="catalog.importsource",
            ),
        ),
    ]
