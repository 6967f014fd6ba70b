"""What agreements let be done is asked in every room, many times a visit: a function is parsed once, and keeps its plan where one serves all."""

from django.db import migrations

# The agreements that hold here are few, whichever way they are found: by the agency for the whole network and where there is no place, by the
# office for those that name it. Only then are their acts looked at; what is said of one procedure goes before what is said of all.
FUNCTION = """
CREATE FUNCTION public.acts_here(
    of_agency bigint, of_procedure uuid, on_channel text, at_office bigint, on_day date, by_person uuid
) RETURNS TABLE (act_code varchar, is_allowed boolean) LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF of_agency IS NULL THEN
        of_agency := (SELECT p.agency_id FROM public.catalog_procedure p WHERE p.id = of_procedure);
    END IF;
    RETURN QUERY
    WITH here AS (
        SELECT a.id FROM public.catalog_agreement a
        WHERE a.agency_id = of_agency AND (a.all_offices OR on_channel NOT IN ('office', 'mobile'))
        UNION ALL
        SELECT a.id FROM public.catalog_agreement_offices o JOIN public.catalog_agreement a ON a.id = o.agreement_id
        WHERE o.office_id = at_office AND a.agency_id = of_agency AND on_channel IN ('office', 'mobile') AND NOT a.all_offices
    ), said AS (
        SELECT DISTINCT ON (a.id, d.act) d.act, a.agency_id, d.needs_accreditation
        FROM here JOIN public.catalog_agreement a USING (id) JOIN public.catalog_delegatedact d ON d.agreement_id = a.id
        WHERE a.stage <> 'signed' AND a.during @> on_day
          AND d.channel = on_channel AND d.during @> on_day AND (d.procedure_id IS NULL OR d.procedure_id = of_procedure)
        ORDER BY a.id, d.act, d.procedure_id IS NULL
    )
    SELECT said.act, bool_or(NOT said.needs_accreditation OR EXISTS (
        SELECT FROM public.catalog_accreditation c
        WHERE c.user_id = by_person AND c.agency_id = said.agency_id AND c.act IN ('', said.act) AND c.during @> on_day
          AND c.withdrawn_at IS NULL))
    FROM said GROUP BY said.act;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0015_retirements")]
    operations = [
        migrations.RunSQL(
            FUNCTION, "DROP FUNCTION public.acts_here(bigint, uuid, text, bigint, date, uuid);"
        ),
    ]
