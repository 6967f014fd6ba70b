from django.conf import settings
from django.db import migrations, models

ROLE = settings.DATABASE_APP_ROLE
# From whom calls came and what was written of them; when, how long and by whom they were answered stays. A call that is not over never.
REDACT = """
CREATE FUNCTION public.redact_calls(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched bigint;
BEGIN
    UPDATE callcentre_callevent e SET payload = e.payload - 'number' FROM callcentre_call c
    WHERE c.id = ANY(ids) AND c.state = 'ended' AND e.provider = c.provider AND e.call_id = c.call_id AND e.payload ? 'number';
    UPDATE callcentre_call SET from_number = NULL WHERE id = ANY(ids) AND state = 'ended' AND from_number <> '';
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
CREATE FUNCTION public.redact_call_notes(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched bigint;
BEGIN
    UPDATE callcentre_callnote SET text = NULL, redacted_at = clock_now() WHERE id = ANY(ids) AND redacted_at IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
CREATE FUNCTION public.redact_contacts_of_callcentre(ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE calls uuid[] := ARRAY(SELECT id FROM callcentre_call WHERE interaction_id = ANY(ids));
BEGIN
    PERFORM redact_calls(calls);
    PERFORM redact_call_notes(ARRAY(SELECT id FROM callcentre_callnote WHERE call_id = ANY(calls)));
END $$;
REVOKE ALL ON FUNCTION public.redact_calls(uuid[]), public.redact_call_notes(uuid[]), public.redact_contacts_of_callcentre(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.redact_calls(uuid[]), public.redact_call_notes(uuid[]) TO @ROLE@;
"""
UNDO = "DROP FUNCTION public.redact_contacts_of_callcentre(uuid[]), public.redact_calls(uuid[]), public.redact_call_notes(uuid[])"


class Migration(migrations.Migration):
    dependencies = [
        ("callcentre", "0001_line_and_calls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="call",
            name="from_number",
            field=models.CharField(default="", blank=True, max_length=20, null=True),
        ),
        migrations.RunSQL(REDACT.replace("@ROLE@", ROLE), UNDO),
    ]
