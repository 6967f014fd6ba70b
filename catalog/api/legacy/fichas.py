"""A published sheet as a *ficha*: the same facts, in Spanish, as HTML fragments."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import override

from accounts.models import Agency
from catalog import costs, text
from catalog.sheets import Sheet

ZONE = ZoneInfo("America/Santiago")


def agency_id(agency: Agency) -> str:
    """Return the code an agency goes by: the State's where there is one."""
    return agency.official_code or agency.code


def ficha(version: Any, themes: dict[str, str], *, plain: bool) -> dict[str, Any]:
    """
    Return the ficha of a published version; `version.published_at` is when it became public.

    :param themes: Spanish names of the themes by code
    """
    with override("es"):
        return _ficha(version, themes, plain=plain)


def _ficha(version: Any, themes: dict[str, str], *, plain: bool) -> dict[str, Any]:
    procedure, sheet, content = version.procedure, version.sheet, version.content
    ways = {way.code: way for way in sheet.channels}
    at: datetime = version.published_at.astimezone(ZONE)
    path = f"/fichas/{procedure.code}-{procedure.slug}" if plain else f"/fichas/ver/{procedure.code}"
    return {
        "id": procedure.code,
        "codigo": f"{agency_id(procedure.agency)}-{procedure.code}",
        "fecha": f"{at:%Y-%m-%d %H:%M:%S}",
        "servicio": procedure.agency.name_es,
        "titulo": sheet.title,
        "updated_data_at": f"{at:%Y-%m-%d %H:%M:%S}",
        "objetivo": sheet.purpose,
        "beneficiarios": sheet.who_may,
        "costo": _costs(sheet),
        "vigencia": _validity(sheet),
        "plazo": text.render(sheet.term_text),
        "observaciones": sheet.good_to_know,
        "marco_legal": _laws(sheet),
        "doc_requeridos": _papers(sheet),
        "guia_online": ways["online"].html if "online" in ways else "",
        "guia_online_url": ways["online"].url if "online" in ways else "",
        "guia_oficina": ways["office"].html if "office" in ways else "",
        "guia_telefonico": ways["phone"].html if "phone" in ways else "",
        "guia_correo": ways["mail"].html if "mail" in ways else "",
        "guia_consulado": ways["consulate"].html if "consulate" in ways else "",
        "temas": {"tema": [themes.get(code, code) for code in content.get("themes") or []]},
        "tags": {"tag": [str(word) for word in (content.get("keywords") or {}).get("es") or []]},
        "chileclic_id": None,
        "permalink": f"{settings.SITE_URL}{path}",
    }


def _validity(sheet: Sheet) -> str:
    if sheet.valid_for is None:
        return sheet.validity
    return format_html("<p>{}</p>{}", sheet.valid_for.sentence, sheet.validity)


def _costs(sheet: Sheet) -> str:
    lines = []
    for cost in sheet.costs:
        amount = costs.written(cost.amount, cost.currency) if cost.amount else "Gratuito"
        lines.append(f"{amount}: {cost.condition}" if cost.condition else amount)
    return _list(lines)


def _laws(sheet: Sheet) -> str:
    rows: list[str | SafeString] = [
        format_html('<a href="{}">{}</a>', law.url, law.title) if law.url else law.title
        for law in sheet.legal_basis
    ]
    return _list(rows)


def _papers(sheet: Sheet) -> str:
    return _list([f"{row.label}. {row.note}" if row.note else row.label for row in sheet.requirements])


def _list(lines: list[Any]) -> str:
    if not lines:
        return ""
    if len(lines) == 1:
        return format_html("<p>{}</p>", lines[0])
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))


def agency_row(agency: Agency) -> dict[str, Any]:
    """Return an agency as a *servicio*."""
    return {
        "id": agency_id(agency),
        "nombre": agency.name_es,
        "sigla": agency.acronym,
        "url": agency.home_url,
        "mision": "",
    }
