"""Sheets as other servers tell them, and many of our own."""

from typing import Any

from accounts.models import Agency
from catalog.models import ProcedureVersion
from tests.factories import catalog as factories


def ficha(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a ficha of Servicio AD009 as the first version of the API served it."""
    return {
        "id": str(number),
        "codigo": f"AD009-{number}",
        "fecha": "2018-06-01 10:00:00",
        "servicio": "Servicio de Ejemplo",
        "titulo": f"Trámite número {number}",
        "objetivo": "<p>Sirve para <strong>probar</strong>. Dura poco.</p><ul><li>Uno</li><li>Dos</li></ul>",
        "beneficiarios": "<p>Cualquier persona.</p>",
        "costo": "<ul><li>$3.820: primera vez</li><li>Gratuito: renovación</li></ul>",
        "vigencia": "<p>60 días.</p>",
        "plazo": "<p>10 días hábiles.</p>",
        "observaciones": "",
        "marco_legal": '<p><a href="https://www.bcn.cl/leychile/navegar?idNorma=1">Ley N° 1</a></p>',
        "doc_requeridos": "<ul><li>Cédula de identidad</li><li>Un formulario</li></ul>",
        "guia_online": "<ol><li>Entre al sitio.</li><li>Llene el formulario.</li></ol>",
        "guia_online_url": "https://www.example.org/tramite",
        "guia_oficina": "<p>Vaya a una oficina.</p>",
        "guia_telefonico": "",
        "guia_correo": None,
        "temas": {"tema": ["Salud", "No existe"]},
        "tags": {"tag": ["prueba", "ejemplo"]},
        "chileclic_id": None,
        "permalink": f"https://www.example.org/fichas/ver/{number}",
        **changes,
    }


AGENCIES = [
    {
        "id": "AD009",
        "nombre": "Servicio de Ejemplo",
        "sigla": "SEJ",
        "url": "https://www.example.org",
        "mision": "",
    }
]


def publish_many(agency: Agency, count: int, *, start: int = 5000) -> list[ProcedureVersion]:
    """Publish so many procedures of an agency."""
    return [
        factories.publish(
            factories.sheet(
                code=str(number),
                slug=f"tramite-{number}",
                title={"es": f"Trámite {number}", "en": f"Procedure {number}"},
            ),
            agency=agency,
        )
        for number in range(start, start + count)
    ]
