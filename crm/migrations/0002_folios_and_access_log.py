"""The folio's counter, one sequence a year, and the access log: partitioned, and append-only for the application."""

from django.conf import settings
from django.db import migrations

ROLE = settings.DATABASE_APP_ROLE
FOLIOS = """
CREATE FUNCTION public.next_folio_number(year int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE name text := 'crm_folio_' || year;
BEGIN
    IF year NOT BETWEEN 2000 AND 2999 THEN RAISE EXCEPTION 'no such year: %', year; END IF;
    IF to_regclass('public.' || name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext(name));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.%I', name);
    END IF;
    RETURN nextval('public.' || name);
END $$;
REVOKE ALL ON FUNCTION public.next_folio_number(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.next_folio_number(int) TO @ROLE@;
"""
ACCESS = """
CREATE TABLE public.crm_accesslog (
    id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_now(),
    actor_kind varchar(10) NOT NULL,
    actor_id uuid,
    act varchar(30) NOT NULL,
    reason varchar(300) NOT NULL DEFAULT '',
    person_id uuid,
    case_id uuid,
    shown_ids jsonb NOT NULL DEFAULT '[]',
    interaction_id uuid,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX accesslog_person ON public.crm_accesslog (person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX accesslog_case ON public.crm_accesslog (case_id, at) WHERE case_id IS NOT NULL;
CREATE TABLE public.crm_accesslog_rest PARTITION OF public.crm_accesslog DEFAULT;
SELECT public.make_month_partitions('crm_accesslog', (clock_now() - interval '8 months')::date, 12);
REVOKE ALL ON public.crm_accesslog, public.crm_accesslog_rest FROM @ROLE@;
GRANT SELECT, INSERT ON public.crm_accesslog TO @ROLE@;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial"), ("events", "0001_initial")]
    operations = [
        migrations.RunSQL(FOLIOS.replace("@ROLE@", ROLE), "DROP FUNCTION public.next_folio_number(int)"),
        migrations.RunSQL(ACCESS.replace("@ROLE@", ROLE), "DROP TABLE public.crm_accesslog"),
    ]
