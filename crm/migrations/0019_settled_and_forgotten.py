"""
Up to which moment all that was written can be read already, so that whoever keeps their place in a list misses nothing; and the words of
a name that was corrected leave the list by which mistyped names are mended, not those of an erased one alone.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.DATABASE_APP_ROLE
# When the oldest transaction began that has written something and goes on: NULL while there is none. The application's role is not shown
# since when others run, so this is the owner's; where the owner is not shown it either, a minute is taken for it.
SETTLED = f"""
CREATE FUNCTION public.settled_before() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT min(coalesce(a.xact_start, clock_timestamp() - interval '1 minute'))
    FROM pg_stat_get_activity(NULL) a JOIN pg_database d ON d.oid = a.datid
    WHERE d.datname = current_database() AND a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
$$;
REVOKE ALL ON FUNCTION public.settled_before() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.settled_before() TO {ROLE};
"""  # noqa: S608  # a name of ours
FORGOTTEN = """
DROP TRIGGER person_words_are_forgotten ON public.crm_person;
CREATE TRIGGER person_words_are_forgotten AFTER UPDATE OF name ON public.crm_person
    FOR EACH ROW WHEN (OLD.name IS NOT NULL AND NEW.name IS {changed}) EXECUTE FUNCTION public.forget_name_words();
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0018_promises")]
    operations = [
        migrations.RunSQL(SETTLED, "DROP FUNCTION public.settled_before()"),
        migrations.RunSQL(
            FORGOTTEN.format(changed="DISTINCT FROM OLD.name"), FORGOTTEN.format(changed="NULL")
        ),
    ]
