"""The glyphs: 24 × 24, one stroke, told apart by their shape alone. Each is the inside of an `<svg>`."""


def _paths(*data: str) -> str:
    return "".join(f'<path d="{d}"/>' for d in data)


def _circle(x: float, y: float, r: float) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}"/>'


def _rect(x: float, y: float, w: float, h: float, r: float = 1) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r:g}"/>'


GLYPHS: dict[str, str] = {
    # channels
    "web": _circle(12, 12, 9) + _paths("M3 12h18M12 3c4 4.5 4 13.5 0 18M12 3c-4 4.5-4 13.5 0 18"),
    "office": _paths("M4 21V10l8-6 8 6v11M2 21h20M9.5 21v-6h5v6"),
    "mobile": _paths("M4.5 17H2V6h12v11H9.5M14 9.5h4l4 4V17h-2.5M14.5 17H14")
    + _circle(7, 17, 2.5)
    + _circle(17, 17, 2.5),
    "phone": _paths(
        "M6 3h3.5L11 8 8.5 9.8a13 13 0 0 0 5.7 5.7L16 13l5 1.5V18a3 3 0 0 1-3 3"
        "A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"
    ),
    "agency": _paths("M3 9l9-6 9 6zM5.5 9v8M12 9v8M18.5 9v8M3 17h18M2 21h20"),
    "system": _circle(12, 12, 3) + _paths("M12 4v2M12 18v2M4 12h2M18 12h2"),
    "mail": _rect(3, 5, 18, 14) + _paths("M3 7l9 7 9-7"),
    "social": _paths("M4 4h16v12h-8l-5 4v-4H4z"),
    "video": _rect(2, 6, 13, 12) + _paths("M15 11l7-4v10l-7-4"),
    # people and things
    "desk": _paths("M5 20V11a7 7 0 0 1 14 0v9M2 20h20") + _circle(12, 12, 2.5) + _paths("M8 20c0-5 8-5 8 0"),
    "person": _circle(12, 8, 4) + _paths("M4 21c0-9 16-9 16 0"),
    "people": _circle(9, 8, 3.5)
    + _paths("M2 20c0-8 14-8 14 0M16 5a3.5 3.5 0 0 1 0 6.5M18.5 14.5c2 .8 3.5 2.5 3.5 5.5"),
    "organisation": _paths("M4 21V4h9v17M13 10h7v11M2 21h20M7.5 8.5h2M7.5 12.5h2M7.5 16.5h2M16.5 14v3"),
    "document": _paths("M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h5"),
    "documents": _paths("M8 3h7l5 5v10H8zM15 3v5h5M8 7H4v14h11v-3"),
    "case": _paths("M3 7h7l2 3h9v10H3zM3 7V4h6l2 3"),
    "ticket": _paths("M3 7h18v3.5a1.5 1.5 0 0 0 0 3V17H3v-3.5a1.5 1.5 0 0 0 0-3zM14 7v2M14 11v2M14 15v2"),
    "headset": _paths("M4 15v-3a8 8 0 0 1 16 0v3M20 18c0 2-2 3-5 3")
    + _rect(2.5, 13, 4, 6)
    + _rect(17.5, 13, 4, 6),
    "calendar": _rect(3, 5, 18, 16) + _paths("M3 10h18M8 2.5V7M16 2.5V7"),
    "clock": _circle(12, 12, 9) + _paths("M12 7v5l3.5 2.5"),
    "money": _circle(12, 12, 9) + _paths("M15 9c-.8-2-6-2-6 .5s6 2 6 4.7-5.200 2.5-6.2.3M12 5.5v13"),
    "pin": _paths("M12 21.5c-4-5-7-8-7-12a7 7 0 0 1 14 0c0 4-3 7-7 12z") + _circle(12, 9.5, 2.5),
    "book": _paths("M12 6c-2-2-6-2-9-1.5V19c3-.5 7-.5 9 1.5 2-2 6-2 9-1.5V4.5C18 4 14 4 12 6zM12 6v14"),
    "chart": _paths("M3 21h18M6 21v-7M12 21V4M18 21V10"),
    "home": _paths("M3 11.5L12 4l9 7.5M6 9.5V20h12V9.5"),
    "display": _rect(2, 4, 20, 13) + _paths("M8 21h8M12 17v4"),
    "lock": _rect(5, 11, 14, 10) + _paths("M8 11V8a4 4 0 0 1 8 0v3"),
    "key": _circle(7, 15, 4) + _paths("M10 12.5L20 4M16 7.5l3 3"),
    "bell": _paths("M5 17c2-2 2-4 2-7a5 5 0 0 1 10 0c0 3 0 5 2 7zM10 20.5h4"),
    "tools": _paths("M4 7h9M17 7h3M4 17h3M11 17h9") + _circle(15, 7, 2) + _circle(9, 17, 2),
    # signs
    "search": _circle(10.5, 10.5, 6.5) + _paths("M15.5 15.5L21 21"),
    "check": _paths("M4 13l5 5L20 6"),
    "cross": _paths("M5 5l14 14M19 5L5 19"),
    "alert": _paths("M12 3L2 20.5h20zM12 10v5M12 17.5v.5"),
    "info": _circle(12, 12, 9) + _paths("M12 11v6M12 7v.5"),
    "question": _circle(12, 12, 9) + _paths("M9 9.5c0-4 6-4 6-.5 0 2.5-3 2.5-3 5M12 17v.5"),
    "arrow": _paths("M4 12h16M14 6l6 6-6 6"),
    "arrow-left": _paths("M20 12H4M10 6l-6 6 6 6"),
    "arrow-up": _paths("M12 20V4M6 10l6-6 6 6"),
    "arrow-down": _paths("M12 4v16M6 14l6 6 6-6"),
    "chevron": _paths("M9 5l7 7-7 7"),
    "plus": _paths("M12 4v16M4 12h16"),
    "minus": _paths("M4 12h16"),
    "print": _paths("M7 9V3h10v6M7 17H3V9h18v8h-4") + _rect(7, 14, 10, 7, 0),
    "copy": _rect(8, 8, 13, 13) + _paths("M16 8V3H3v13h5"),
    "edit": _paths("M4 20l1-5L16 4l4 4L9 19zM13.5 6.5l4 4"),
    "download": _paths("M12 3v12M7 10l5 5 5-5M4 20h16"),
    "upload": _paths("M12 16V4M7 9l5-5 5 5M4 20h16"),
    "qr": _rect(3, 3, 7, 7, 0)
    + _rect(14, 3, 7, 7, 0)
    + _rect(3, 14, 7, 7, 0)
    + _paths("M14 14h3v3M21 14v3M14 21h3M21 21v0"),
    "keyboard": _rect(2, 6, 20, 12) + _paths("M6 10h.5M10 10h.5M14 10h.5M18 10h.5M8 14h8"),
    "sun": _circle(12, 12, 4)
    + _paths(
        "M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5"
    ),
    "moon": _paths("M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"),
    "sign-out": _paths("M14 4H5v16h9M10 12h11M17 8l4 4-4 4"),
    "pause": _paths("M8 5v14M16 5v14"),
    "play": _paths("M7 4l12 8-12 8z"),
    "refresh": _paths("M20 12a8 8 0 1 1-2.5-5.8M20 3v5h-5"),
    "mark": _paths("M5 20.5V11a7 7 0 0 1 14 0v9.5zM12 0v24") + _circle(12, 12.5, 2),
}
