"""
What was written of mandates goes with either person; what is changed of one is kept like all that is changed of people. And the words of
a name that nobody bears any more leave the list by which mistyped names are mended.
"""

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
WORDS = """
CREATE FUNCTION public.forget_name_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM crm_nameword k USING unnest(name_words(OLD.name)) AS w
    WHERE k.word = w AND NOT EXISTS (SELECT FROM crm_person p WHERE name_keys(p.name) @> ARRAY[w]);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.forget_name_words() FROM PUBLIC;
CREATE TRIGGER person_words_are_forgotten AFTER UPDATE OF name ON public.crm_person
    FOR EACH ROW WHEN (OLD.name IS NOT NULL AND NEW.name IS NULL) EXECUTE FUNCTION public.forget_name_words();
"""
NO_WORDS = (
    "DROP TRIGGER person_words_are_forgotten ON public.crm_person; DROP FUNCTION public.forget_name_words();"
)
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
        migrations.RunSQL(WORDS, NO_WORDS),
    ]
