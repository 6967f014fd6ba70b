"""
The one SELECT that turns source rows into cells of `DailyContact`: the refresh inserts it, the nightly check
compares with it.

Days without an end are not special: a contact that is going on counts as a contact, and moves to its ending
when it has one.
"""

from metrics.models import MEASURES

DIMENSIONS = (
    "business_date",
    "channel",
    "office_id",
    "commune_id",
    "region_id",
    "area",
    "agency_id",
    "procedure_id",
)
COLUMNS = (*DIMENSIONS, *MEASURES)

_CONTACT = {
    "contacts": "1",
    "served": "(ending = 'served')::int",
    "abandoned": "(ending = 'abandoned')::int",
    "no_show": "(ending = 'no_show')::int",
    "missed": "(ending = 'missed')::int",
    "attended": "(attended_at IS NOT NULL)::int",
    "wait_seconds": "CASE WHEN attended_at IS NOT NULL THEN coalesce(waited_seconds, 0) ELSE 0 END",
    "served_count": "(served_seconds IS NOT NULL)::int",
    "served_seconds": "coalesce(served_seconds, 0)",
}
_ENQUIRY = {
    "enquiries": "1",
    "resolved": "e.is_resolved::int",
    **{
        outcome: f"(e.outcome = '{outcome}')::int"
        for outcome in ("informed", "case_opened", "case_updated", "status_told", "referred", "not_resolved")
    },
}
_INVITATION = {
    "invitations": "1",
    "surveys": "(a.grade IS NOT NULL)::int",
    "grades_low": "coalesce(a.grade <= 4, false)::int",
    "grades_middle": "coalesce(a.grade = 5, false)::int",
    "grades_high": "coalesce(a.grade >= 6, false)::int",
    "grade_sum": "coalesce(a.grade, 0)",
}


def _measures(known: dict[str, str]) -> str:
    return ", ".join(f"{known.get(name, '0')} AS {name}" for name in MEASURES)


PLACE = "c.business_date, c.channel, c.office_id, c.commune_id, c.region_id, c.area"

# {where} narrows crm_interaction i; it is one of the two constants below, never text from outside.
_CELLS = f"""
WITH contact AS MATERIALIZED (
    SELECT i.id, i.business_date, i.channel, i.office_id, i.commune_id, o.region_id,
           CASE WHEN o.code IS NULL THEN '' WHEN o.is_rural THEN 'rural' ELSE 'urban' END AS area,
           main.agency_id, main.procedure_id, i.ending, i.attended_at, i.waited_seconds, i.served_seconds
    FROM crm_interaction i
    LEFT JOIN territory_commune o ON o.code = i.commune_id
    LEFT JOIN LATERAL (
        SELECT v.procedure_id, p.agency_id
        FROM crm_enquiry e
        JOIN catalog_procedureversion v ON v.id = e.version_id
        JOIN catalog_procedure p ON p.id = v.procedure_id
        WHERE e.interaction_id = i.id ORDER BY e.opened_at, e.id LIMIT 1
    ) main ON true
    WHERE {{where}}
), measured AS (
    SELECT {PLACE}, c.agency_id, c.procedure_id, {_measures(_CONTACT)} FROM contact c
    UNION ALL
    SELECT {PLACE}, p.agency_id, v.procedure_id, {_measures(_ENQUIRY)}
    FROM contact c JOIN crm_enquiry e ON e.interaction_id = c.id
    LEFT JOIN catalog_procedureversion v ON v.id = e.version_id
    LEFT JOIN catalog_procedure p ON p.id = v.procedure_id
    UNION ALL
    SELECT {PLACE}, s.agency_id, s.procedure_id, {_measures(_INVITATION)}
    FROM contact c JOIN crm_surveyinvitation s ON s.interaction_id = c.id
    LEFT JOIN crm_surveyanswer a ON a.invitation_id = s.id
)
SELECT {", ".join(DIMENSIONS)}, {", ".join(f"sum({name})::bigint AS {name}" for name in MEASURES)}
FROM measured GROUP BY {", ".join(DIMENSIONS)}
"""  # noqa: S608  # built from the constants of this module

ONE_DAY = _CELLS.format(
    where="i.business_date = %s AND i.channel = %s AND i.office_id IS NOT DISTINCT FROM %s"
)
MANY_DAYS = _CELLS.format(where="i.business_date BETWEEN %s AND %s")
