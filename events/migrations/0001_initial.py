from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids

ROLE = settings.DATABASE_APP_ROLE
TABLE = """
CREATE TABLE public.events_event (
    id uuid NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_now(),
    kind varchar(60) NOT NULL,
    subject_kind varchar(30) NOT NULL,
    subject_id uuid NOT NULL,
    actor_kind varchar(10) NOT NULL,
    actor_id uuid,
    on_behalf_of uuid,
    interaction_id uuid,
    channel varchar(20) NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}',
    delivered_at timestamptz,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX events_subject ON public.events_event (subject_id, seq);
CREATE INDEX events_undelivered ON public.events_event (seq) WHERE delivered_at IS NULL;
CREATE TABLE public.events_event_rest PARTITION OF public.events_event DEFAULT;

-- Monthly partitions of any of our partitioned tables; owned by the owner, callable by the application's scheduler.
CREATE FUNCTION public.make_month_partitions(parent text, first_month date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE month date; name text; made int := 0;
BEGIN
    IF parent NOT IN ('events_event', 'crm_accesslog') THEN RAISE EXCEPTION 'not a partitioned table of ours: %', parent; END IF;
    FOR step IN 0 .. months - 1 LOOP
        month := (date_trunc('month', first_month) + make_interval(months => step))::date;
        name := parent || '_' || to_char(month, 'YYYY_MM');
        IF to_regclass('public.' || name) IS NULL THEN
            EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
                           name, parent, month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
            EXECUTE format('REVOKE ALL ON public.%I FROM %I', name, '@ROLE@');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION public.make_month_partitions(text, date, int) FROM PUBLIC;
SELECT public.make_month_partitions('events_event', (clock_now() - interval '8 months')::date, 12);
""".replace("@ROLE@", ROLE)


def restrict(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(f"REVOKE ALL ON public.events_event FROM {role}")
    schema_editor.execute(f"GRANT SELECT, INSERT, UPDATE (delivered_at) ON public.events_event TO {role}")
    schema_editor.execute(
        f"""
        DO $$ DECLARE part regclass; BEGIN
            FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'public.events_event'::regclass LOOP
                EXECUTE format('REVOKE ALL ON %s FROM {role}', part);
            END LOOP;
        END $$
        """,  # noqa: S608  # the role's quoted name
        params=None,
    )
    schema_editor.execute(
        f"GRANT EXECUTE ON FUNCTION public.make_month_partitions(text, date, int) TO {role}"
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = [("common", "0001_functions_and_roles")]
    operations = [
        migrations.RunSQL(
            TABLE,
            "DROP TABLE public.events_event; DROP FUNCTION public.make_month_partitions(text, date, int)",
            state_operations=[],
        ),
        migrations.RunPython(restrict, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField(db_default=models.Value(0), editable=False)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("kind", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor_id", models.UUIDField(null=True)),
                ("on_behalf_of", models.UUIDField(null=True)),
                ("interaction_id", models.UUIDField(null=True)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("data", models.JSONField(default=dict)),
                ("delivered_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "events_event", "managed": False},
        ),
        migrations.CreateModel(
            name="Handled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.UUIDField()),
                ("listener", models.CharField(max_length=80)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event_id", "listener"), name="handled_once")
                ],
            },
        ),
    ]
