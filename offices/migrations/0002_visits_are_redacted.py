from django.conf import settings
from django.db import migrations, models

ROLE = settings.DATABASE_APP_ROLE
# What reception wrote of a visit; the visit, its number and its times stay.
REDACT = """
CREATE FUNCTION public.redact_visits(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched bigint;
BEGIN
    UPDATE offices_visit SET note = NULL WHERE id = ANY(ids) AND note <> '';
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
CREATE FUNCTION public.redact_contacts_of_offices(ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM redact_visits(ARRAY(SELECT id FROM offices_visit WHERE interaction_id = ANY(ids)));
END $$;
REVOKE ALL ON FUNCTION public.redact_visits(uuid[]), public.redact_contacts_of_offices(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.redact_visits(uuid[]) TO @ROLE@;
"""
UNDO = "DROP FUNCTION public.redact_contacts_of_offices(uuid[]), public.redact_visits(uuid[])"


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0001_tickets_desks_and_visits"),
    ]

    operations = [
        migrations.AlterField(
            model_name="visit",
            name="note",
            field=models.CharField(default="", blank=True, max_length=200, null=True),
        ),
        migrations.RunSQL(REDACT.replace("@ROLE@", ROLE), UNDO),
    ]
