"""The synthetic procedures of the national set: with the real ones, 2,240, as many as the State has."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import Agency
from catalog import plain_language, sheets, text
from catalog.actions.publications import EVERY_DAYS
from catalog.actions.search_entries import CONFIGS
from catalog.models import Procedure, ProcedureVersion, Publication, SearchEntry, VersionStatus
from common import clock
from common.ids import new_id
from events.models import Event

WANTED = 2240
FIRST_CODE = 900_000
ACTS = (
    ("Certificado", "Certificate"), ("Permiso", "Permit"), ("Inscripción", "Registration"), ("Renovación", "Renewal"),
    ("Autorización", "Authorisation"), ("Patente", "Licence"), ("Postulación", "Application"), ("Subsidio", "Subsidy"),
    ("Beca", "Scholarship"), ("Informe", "Report"), ("Copia", "Copy"), ("Reclamo", "Complaint"), ("Credencial", "Card"),
    ("Devolución", "Refund"), ("Acreditación", "Accreditation"), ("Cambio", "Change"), ("Bono", "Bonus"), ("Declaración", "Statement"),
)  # fmt: skip
THINGS = (
    ("riego", "irrigation"), ("pesca artesanal", "small-scale fishing"), ("derechos de agua", "water rights"), ("viñas", "vineyards"),
    ("apicultura", "beekeeping"), ("leña seca", "dry firewood"), ("transporte escolar", "school transport"), ("ascensores", "lifts"),
    ("calderas", "boilers"), ("jardines infantiles", "nurseries"), ("bibliotecas", "libraries"), ("deporte", "sport"),
    ("teatro", "theatre"), ("patrimonio", "heritage"), ("monumentos", "monuments"), ("caminos rurales", "rural roads"),
    ("puentes", "bridges"), ("energía solar", "solar energy"), ("gas licuado", "liquefied gas"), ("telefonía", "telephony"),
    ("antenas", "antennas"), ("residuos", "waste"), ("reciclaje", "recycling"), ("bosque nativo", "native forest"), ("caza", "hunting"),
    ("mascotas", "pets"), ("ganado", "cattle"), ("semillas", "seeds"), ("plaguicidas", "pesticides"), ("alimentos", "food"),
    ("farmacias", "pharmacies"), ("ambulancias", "ambulances"), ("lentes", "glasses"), ("audífonos", "hearing aids"),
    ("sillas de ruedas", "wheelchairs"), ("rehabilitación", "rehabilitation"), ("adopción", "adoption"), ("tutela", "guardianship"),
    ("alimentos para hijos", "child support"), ("mediación", "mediation"), ("testamentos", "wills"), ("notarías", "notaries"),
    ("patentes de invención", "patents"), ("marcas", "trademarks"), ("exportación", "exports"), ("aduana", "customs"),
    ("turismo", "tourism"), ("hoteles", "hotels"), ("guías de montaña", "mountain guides"), ("navegación", "sailing"),
    ("buceo", "diving"), ("drones", "drones"), ("aviación", "aviation"), ("explosivos", "explosives"), ("armas", "firearms"),
    ("seguridad privada", "private security"), ("ferias libres", "street markets"), ("artesanía", "crafts"),
    ("cooperativas", "co-operatives"), ("sindicatos", "unions"),
)  # fmt: skip
WHO = (
    ("personas mayores", "older people"), ("estudiantes", "students"), ("familias", "families"), ("empresas", "companies"),
    ("pueblos originarios", "indigenous peoples"), ("cuidadores", "carers"), ("extranjeros", "foreigners"),
    ("agricultores", "farmers"), ("zonas extremas", "remote areas"), ("municipios", "municipalities"), ("jóvenes", "young people"),
    ("personas con discapacidad", "people with disability"),
)  # fmt: skip
FORM = [
    {
        "key": "purpose",
        "type": "choice",
        "question": {"es": "¿Para qué lo pide?", "en": "What do you ask for it for?"},
        "options": [
            {"value": "work", "label": {"es": "Trabajo", "en": "Work"}},
            {"value": "study", "label": {"es": "Estudio", "en": "Study"}},
            {"value": "housing", "label": {"es": "Vivienda", "en": "Housing"}},
            {"value": "other", "label": {"es": "Otra cosa", "en": "Something else"}},
        ],
    },
    {
        "key": "declaration",
        "type": "declaration",
        "question": {"es": "Declaración", "en": "Declaration"},
        "statement": {
            "es": "Declaro que es verdad (trámite sintético).",
            "en": "I declare it is true (synthetic procedure).",
        },
    },
]
VECTORS = """
UPDATE catalog_searchentry e SET vector =
    setweight(to_tsvector(c.config, fold(e.title)), 'A') || setweight(to_tsvector(c.config, fold(array_to_string(e.keywords, ' '))), 'B')
    || setweight(to_tsvector(c.config, fold(e.summary)), 'C') || setweight(to_tsvector(c.config, fold(e.code)), 'A')
FROM (SELECT %s::text AS language, %s::regconfig AS config) c WHERE e.language = c.language AND e.vector IS NULL
"""
VOCABULARY = """
INSERT INTO catalog_searchword (language, word, weight)
SELECT DISTINCT e.language, w.word[1], 1
FROM catalog_searchentry e,
    regexp_matches(fold(concat_ws(' ', e.title, array_to_string(e.keywords, ' '), e.summary)), '[a-zñ]{3,40}', 'g') AS w (word)
WHERE e.procedure_id = ANY(%s)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def add_procedures(progress: Callable[[int, int], None], wanted: int = WANTED) -> int:
    """Add as many synthetic procedures as are missing for there to be `wanted`; return how many were added."""
    missing = wanted - Procedure.objects.count()
    if missing <= 0:
        return 0
    agencies = list(Agency.objects.order_by("code"))
    used = Procedure.objects.filter(is_synthetic=True).count()
    rows = list(sheets_from(used, used + missing, [agency.code for agency in agencies]))
    by_code = {agency.code: agency for agency in agencies}
    now = clock.now()
    today = clock.local_date(now, settings.TIME_ZONE)
    procedures, versions = [], []
    for done, data in enumerate(rows, start=1):
        procedures.append(
            Procedure(
                code=data["code"],
                slug=data["slug"],
                agency=by_code[data["agency"]],
                popularity=data["popularity"],
                is_synthetic=True,
                review_by=today + timedelta(days=EVERY_DAYS),
            )
        )
        versions.append(_version(procedures[-1], sheets.validated(data), now))
        if done % 200 == 0:
            progress(done, missing + 1)
    Procedure.objects.bulk_create(procedures, batch_size=500)
    ProcedureVersion.objects.bulk_create(versions, batch_size=200)
    during = DateTimeTZRange(now, None, "[)")
    Publication.objects.bulk_create(
        [
            Publication(version=version, procedure=version.procedure, during=during, begun_at=now)
            for version in versions
        ],
        batch_size=500,
    )
    _write_search(versions)
    _write_events(versions, now)
    progress(1, 1)
    return missing


def sheets_from(first: int, last: int, agencies: list[str]) -> Iterator[dict[str, Any]]:
    """Return the sheets of running numbers, always the same ones."""
    for number in range(first, last):
        dice = Random(f"procedure {number}")  # noqa: S311
        act, thing, who = dice.choice(ACTS), dice.choice(THINGS), dice.choice(WHO)
        other = dice.choice(THINGS)
        spanish, english = f"{act[0]} de {thing[0]} para {who[0]}", f"{act[1]} for {thing[1]}, {who[1]}"
        yield {
            "code": str(FIRST_CODE + number),
            "slug": f"tramite-sintetico-{number:05d}",
            "agency": agencies[number % len(agencies)],
            "completeness": "basic",
            "applicant": "person",
            "title": {
                "es": f"Trámite sintético {number}: {spanish}",
                "en": f"Synthetic procedure {number}: {english}",
            },
            "summary": {
                "es": f"Ejemplo sintético: {spanish.lower()}, también para {other[0]}.",
                "en": f"Synthetic example: {english.lower()}, also for {other[1]}.",
            },
            "keywords": {"es": [act[0].lower(), thing[0], who[0]], "en": [act[1].lower(), thing[1], who[1]]},
            "audience": ["people"],
            "life_events": ["get-my-papers"],
            "themes": ["identity"],
            "popularity": dice.randint(1, 40),
            "sections": {
                "purpose": {
                    "es": "Este trámite no existe: es sintético.",
                    "en": "This procedure does not exist: it is synthetic.",
                },
                "who_may": {"es": "Nadie: es sintético.", "en": "Nobody: it is synthetic."},
            },
            "requirements": [],
            "costs": [{"amount": dice.choice((0, 0, 1500, 3820, 12000)), "currency": "CLP"}],
            "term": {"business_days": dice.choice((5, 10, 15, 20, 30))},
            "legal_basis": [],
            "channels": {
                "online": {
                    "mode": "complete",
                    "minutes": 10,
                    "text": {"es": "Llene el formulario.", "en": "Fill in the form."},
                }
            },
            "stages": [
                {
                    "agency": agencies[number % len(agencies)],
                    "order": 1,
                    "required": True,
                    "term_business_days": dice.choice((5, 10, 20, None)),
                }
            ],
            "form": FORM,
            "sources": [],
            "questions_for_agency": [],
        }


def _version(procedure: Procedure, content: dict[str, Any], now: Any) -> ProcedureVersion:
    return ProcedureVersion(
        procedure=procedure,
        number=1,
        status=VersionStatus.APPROVED,
        content=content,
        title_es=sheets.in_language(content["title"], "es")[:250],
        title_en=sheets.in_language(content["title"], "en")[:250],
        has_form=True,
        created_at=now,
        reviewed_at=now,
    )


def _write_search(versions: list[ProcedureVersion]) -> None:
    SearchEntry.objects.bulk_create(
        [_entry(version, language) for version in versions for language in CONFIGS], batch_size=500
    )
    with connection.cursor() as cursor:
        for language, config in CONFIGS.items():
            cursor.execute(VECTORS, [language, config])
        cursor.execute(VOCABULARY, [[version.procedure_id for version in versions]])


def _entry(version: ProcedureVersion, language: str) -> SearchEntry:
    content, procedure = version.content, version.procedure
    return SearchEntry(
        procedure=procedure,
        language=language,
        version=version,
        agency_id=procedure.agency_id,
        code=procedure.code,
        slug=procedure.slug,
        title=sheets.in_language(content["title"], language)[:250],
        summary=text.plain(sheets.in_language(content["summary"], language))[:400],
        keywords=content["keywords"][language],
        life_events=content["life_events"],
        themes=content["themes"],
        audience=content["audience"],
        channels=list(content["channels"]),
        has_form=True,
        popularity=procedure.popularity,
        gaps=[part for part, _sentence in plain_language.missing_parts(content)],
    )


def _write_events(versions: list[ProcedureVersion], now: Any) -> None:
    Event.objects.bulk_create(
        [
            Event(
                id=new_id(),
                at=now,
                kind="version.published",
                subject_kind="version",
                subject_id=version.pk,
                actor_kind="system",
                data={"procedure": str(version.procedure_id), "number": 1},
                delivered_at=now,
            )
            for version in versions
        ],
        batch_size=500,
    )
