"""The catalogue at full size: versions behind every procedure, a draft on every tenth, and an agreement of each agency at each office."""

from typing import Any

# Each version of before was public for thirty days, the first of them longest ago; the present one begins where the last of them ended.
_VERSIONS = """
WITH made AS (
    INSERT INTO catalog_procedureversion (
        id, procedure_id, number, status, content, title_es, title_en, has_form, reviewed_at, review_comment, revision, created_at)
    SELECT uuidv7(), v.procedure_id, n, 'approved',
           jsonb_set(v.content, '{costs}', jsonb_build_array(jsonb_build_object('amount', n * 100, 'currency', 'CLP'))),
           v.title_es, v.title_en, v.has_form, now() - (%(versions)s - n) * interval '30 days', '', 1, now() - (%(versions)s - n) * interval '30 days'
    FROM (SELECT *, row_number() OVER (PARTITION BY procedure_id ORDER BY number DESC) AS latest FROM catalog_procedureversion) v,
         generate_series(2, %(versions)s) AS n
    WHERE v.latest = 1 AND v.number = 1
    RETURNING id, procedure_id, number
)
INSERT INTO catalog_publication (version_id, procedure_id, during, begun_at, touches, tells)
SELECT id, procedure_id, tstzrange(begun, begun + interval '30 days'),
       begun, '{}', true
FROM (SELECT *, now() - (%(versions)s - number + 2) * interval '30 days' AS begun FROM made) dated
"""
_DRAFTS = """
INSERT INTO catalog_procedureversion (
    id, procedure_id, number, status, content, title_es, title_en, has_form, author_id, review_comment, revision, created_at)
SELECT uuidv7(), v.procedure_id, 500, (ARRAY['draft', 'in_review'])[1 + n %% 2], v.content, v.title_es, v.title_en, v.has_form,
       %(author)s, '', 1, now()
FROM (SELECT DISTINCT ON (procedure_id) *, dense_rank() OVER (ORDER BY procedure_id) AS n
      FROM catalog_procedureversion ORDER BY procedure_id, number DESC) v
WHERE n %% 10 = 0
"""
_OFFICES = """
INSERT INTO territory_office (code, name, kind, commune_id, address, latitude, longitude, desks, opened_on, is_synthetic)
SELECT 'BENCH-' || n, 'Oficina ' || n, 'office', (SELECT min(code) FROM territory_commune), 'Calle 1', -33, -70, 4, '2012-01-01', true
FROM generate_series(1, greatest(0, %(offices)s - (SELECT count(*) FROM territory_office))) n
"""
_AGREEMENTS = """
WITH made AS (
    INSERT INTO catalog_agreement (uid, agency_id, instrument, signed_on, during, stage, all_offices, is_synthetic, revision)
    SELECT gen_random_uuid(), g.id, '{}', '2012-01-01'::date + o.n::int, daterange('2013-01-01', NULL), 'live', false, true, 1
    FROM (SELECT id FROM accounts_agency ORDER BY code LIMIT %(agencies)s) g,
         (SELECT id, row_number() OVER (ORDER BY id) AS n FROM territory_office ORDER BY id LIMIT %(offices)s) o
    RETURNING id, signed_on
), placed AS (
    INSERT INTO catalog_agreement_offices (agreement_id, office_id)
    SELECT made.id, o.id FROM made
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM territory_office) o ON '2012-01-01'::date + o.n::int = made.signed_on
)
INSERT INTO catalog_delegatedact (agreement_id, act, channel, during, price_clp, needs_accreditation)
SELECT made.id, act, 'office', daterange('2013-01-01', NULL), 1000, act = 'verify_identity'
FROM made, unnest(ARRAY['inform', 'receive', 'verify_identity', 'issue']) AS act
"""


def different_rules(number: int) -> dict[str, Any]:
    """Return rules of six leaves that no other number has, and that nobody of 70 in the bracket of 90 meets."""
    poor = {"fact": "income_bracket", "at_most": 60}
    years = [
        {"fact": "age", "at_least": number % 60 + 1},
        {"fact": "years_in_chile", "at_least": number // 60 + 1},
    ]
    needy = {"any": [poor, {"all": [{"fact": "age", "at_least": 80}, {"not": poor}]}]}
    return {"all": [*years, needy, {"not": {"fact": "situation", "is": "student"}}]}


def write(cursor: Any, *, versions: int, offices: int, agencies: int, author: Any) -> None:
    """Write so many versions of each procedure, drafts by an author, and an agreement of each of so many agencies at each office."""
    cursor.execute(_VERSIONS, {"versions": versions})
    cursor.execute(_DRAFTS, {"author": author})
    cursor.execute(_OFFICES, {"offices": offices})
    cursor.execute("DELETE FROM catalog_delegatedact")
    cursor.execute("DELETE FROM catalog_agreement_offices")
    cursor.execute("DELETE FROM catalog_agreement")
    cursor.execute(_AGREEMENTS, {"offices": offices, "agencies": agencies})
    cursor.execute(
        "ANALYZE catalog_procedureversion, catalog_publication, catalog_agreement, catalog_agreement_offices, "
        "catalog_delegatedact"
    )
