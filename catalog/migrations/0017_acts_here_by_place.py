"""
What agreements let be done is asked in two steps: which of them hold here, then what they say.

Each step has a plan that serves every agency, office and channel, so the database makes it once a connection. Asked in one statement, the plan
depended on whether the channel is a place: kept, it read too much at offices; made each time, it cost more than the answer.
"""

from importlib import import_module

from django.db import migrations, models

BEFORE = import_module("catalog.migrations.0016_acts_here").FUNCTION.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

FUNCTION = """
CREATE OR REPLACE FUNCTION public.acts_here(
    of_agency bigint, of_procedure uuid, on_channel text, at_office bigint, on_day date, by_person uuid
) RETURNS TABLE (act_code varchar, is_allowed boolean) LANGUAGE plpgsql STABLE AS $$
DECLARE
    holding bigint[];
BEGIN
    IF of_agency IS NULL THEN
        of_agency := (SELECT p.agency_id FROM public.catalog_procedure p WHERE p.id = of_procedure);
    END IF;
    IF on_channel IN ('office', 'mobile') THEN
        holding := ARRAY(
            SELECT a.id FROM public.catalog_agreement a
            WHERE a.agency_id = of_agency AND a.all_offices AND a.stage <> 'signed' AND a.during @> on_day
            UNION ALL
            SELECT a.id FROM public.catalog_agreement_offices o JOIN public.catalog_agreement a ON a.id = o.agreement_id
            WHERE o.office_id = at_office AND a.agency_id = of_agency AND NOT a.all_offices
              AND a.stage <> 'signed' AND a.during @> on_day);
    ELSE
        holding := ARRAY(
            SELECT a.id FROM public.catalog_agreement a
            WHERE a.agency_id = of_agency AND a.stage <> 'signed' AND a.during @> on_day);
    END IF;
    RETURN QUERY
    WITH said AS (
        -- What an agreement says of one procedure goes before what it says of all.
        SELECT DISTINCT ON (d.agreement_id, d.act) d.act, d.needs_accreditation
        FROM public.catalog_delegatedact d
        WHERE d.agreement_id = ANY (holding) AND d.channel = on_channel AND d.during @> on_day
          AND (d.procedure_id IS NULL OR d.procedure_id = of_procedure)
        ORDER BY d.agreement_id, d.act, d.procedure_id IS NULL
    )
    SELECT said.act, bool_or(NOT said.needs_accreditation OR EXISTS (
        SELECT FROM public.catalog_accreditation c
        WHERE c.user_id = by_person AND c.agency_id = of_agency AND c.act IN ('', said.act) AND c.during @> on_day
          AND c.withdrawn_at IS NULL))
    FROM said GROUP BY said.act;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_acts_here")]
    operations = [
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(
                fields=["agency"], name="agreement_everywhere", condition=models.Q(all_offices=True)
            ),
        ),
        migrations.RunSQL(FUNCTION, BEFORE),
    ]
