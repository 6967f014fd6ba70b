"""What was written of mandates goes with either person; what is changed of one is kept like all that is changed of people."""

from django.db import migrations, models

REDACT = """
CREATE FUNCTION public.redact_people_of_mandates(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE crm_mandate SET evidence = NULL, file_name = '', content_type = '', size = 0, sha256 = '',
        revoked_reason = CASE WHEN revoked_at IS NULL THEN '' END
    WHERE grantor_id = ANY(ids) OR agent_id = ANY(ids);
END $$;
REVOKE ALL ON FUNCTION public.redact_people_of_mandates(uuid[]) FROM PUBLIC;
CREATE CONSTRAINT TRIGGER record_change AFTER UPDATE OR DELETE ON public.crm_mandate DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION public.record_change('grantor_id');
"""
BACK = """
DROP TRIGGER record_change ON public.crm_mandate;
DROP FUNCTION public.redact_people_of_mandates(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0009_audit")]
    operations = [
        migrations.AlterField(
            "mandate", "revoked_reason", models.CharField(blank=True, default="", max_length=300, null=True)
        ),
        migrations.RunSQL(REDACT, BACK),
    ]
