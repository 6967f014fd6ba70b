"""QR codes as SVG that stands inside a page: no file, no script, no style."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str) -> SafeString:
    """Return the code of an address; what it does is said in words beside it."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        border=2,
        dark="#000",
        svgclass=None,
        lineclass=None,
    )
    svg = out.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return mark_safe(svg)  # noqa: S308  # made of squares by segno; the address is not in it as text
