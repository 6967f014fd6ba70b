"""The living pattern page: every component in every state, to build from and to test against."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from common.dateparts import WrittenDate
from common.glyphs import GLYPHS
from common.thread import Promise, ThreadPoint

FRAMES = {
    "citizen": "patterns.html",
    "staff": "patterns_staff.html",
    "display": "patterns_display.html",
    "print": "patterns_print.html",
}


class Example(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("What is your name?"), help_text=_("As it is on your identity card."))
    run = forms.CharField(
        label=_("RUN"),
        help_text=_("For example 12.345.678-5."),
        widget=forms.TextInput({"class": "width-10"}),
    )
    story = forms.CharField(label=_("What happened?"), widget=forms.Textarea, required=False)
    region = forms.ChoiceField(
        label=_("Region"),
        choices=[("", _("Choose one")), ("6", "O'Higgins"), ("8", "Biobío"), ("9", "La Araucanía")],
    )
    way = forms.ChoiceField(
        label=_("How should we answer you?"),
        choices=[("mail", _("By e-mail")), ("phone", _("By phone")), ("letter", _("By letter"))],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label=_("What do you need at the office?"),
        choices=[("ramp", _("A ramp")), ("sign", _("Sign language")), ("seat", _("A seat"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    born = WrittenDate(label=_("When were you born?"), help_text=_("For example 27 3 1990."))
    paper = forms.FileField(label=_("A photo of the paper"), help_text=_("PDF, JPG or PNG, up to 10 MB."))
    agreed = forms.BooleanField(label=_("What I have written is true."))


def _example_forms() -> dict[str, Any]:
    hints = {
        "phone": _("We call between 8 in the morning and 8 in the evening."),
        "letter": _("It takes about a week."),
    }
    plain, wrong = (
        Example(auto_id="plain_%s"),
        Example(
            {
                "name": "<b>Amina</b>",
                "run": "12.345.678-4",
                "born_day": "31",
                "born_month": "2",
                "born_year": "1990",
            },
            auto_id="wrong_%s",
        ),
    )
    wrong.add_error(None, _("The office closed while you were writing. Choose another time."))
    wrong.add_error("run", _("The number and its last digit do not match. Copy it from your identity card."))
    for form in (plain, wrong):
        form.fields["way"].widget.hints = hints
    return {"plain": plain, "wrong": wrong}


def _threads(now: datetime) -> dict[str, Any]:
    point = ThreadPoint
    begun = now - timedelta(days=12)
    points = [
        point(
            at=begun,
            title=_("You applied"),
            channel="web",
            text=_("We have everything you sent."),
            who=_("the citizen"),
        ),
        point(
            at=begun + timedelta(days=3, hours=2),
            title=_("You brought a paper"),
            channel="office",
            text=_("Certificate of residence."),
            who="Bruno, O-0412",
            detail=_("Document seen by the clerk: level 500."),
            href="#thread",
        ),
        point(at=begun + timedelta(days=5), title=_("You asked how it goes"), channel="phone", who="Dario"),
    ]
    asks = point(
        at=begun + timedelta(days=9),
        title=_("The agency asks you for one more thing"),
        channel="agency",
        text=_("Write the address of the workshop."),
        who="Elena",
        present=True,
        tone="you",
    )
    reviews = point(
        at=begun + timedelta(days=9), title=_("The agency is looking at it"), channel="agency", present=True
    )
    granted = point(
        at=begun + timedelta(days=11),
        title=_("Granted"),
        channel="agency",
        present=True,
        tone="granted",
        who="Elena",
    )
    denied = point(
        at=begun + timedelta(days=11), title=_("Denied"), channel="agency", present=True, tone="refused"
    )
    promise = Promise(
        (now + timedelta(days=9)).date(), _("The agency decides. The clock stops while it waits for you.")
    )
    mobile = point(at=begun - timedelta(days=2), title=_("You asked at the mobile office"), channel="mobile")
    return {
        "thread_open": [*points, reviews],
        "thread_you": [mobile, *points, asks],
        "thread_granted": [*points, granted],
        "thread_denied": [points[0], denied],
        "thread_new": [point(at=now, title=_("You applied"), channel="web", present=True)],
        "promise": promise,
    }


def _figures() -> dict[str, Any]:
    return {
        "bars": [
            {"label": _("Web"), "value": 4200, "strong": True},
            {"label": _("Office"), "value": 2615, "href": "#figures"},
            {"label": _("Line 101"), "value": 980, "note": _("since March")},
            {"label": _("Mobile office"), "value": 0},
        ],
        "waits": [
            {"label": "Rancagua", "value": 540, "text": "9 min", "mark": 1560, "mark_text": "26 min"},
            {"label": "Concepción", "value": 1320, "text": "22 min", "mark": 2880, "mark_text": "48 min"},
        ],
        "series": [
            {"name": _("median"), "values": [14, 13, 15, 11, 10, 9]},
            {"name": _("9 in 10 below"), "values": [38, 36, 41, None, 28, 26]},
        ],
        "months": ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"],
        "spark": [3, 4, 4, 6, 5, 8, 9],
    }


@login_not_required
def show_patterns(request: HttpRequest) -> HttpResponse:
    """Show the page in one of the four frames (`?frame=staff`); only with DEBUG or DEMO."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    frame = request.GET.get("frame", "citizen")
    now = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
    context = {
        **_example_forms(),
        **_threads(now),
        **_figures(),
        "now": now,
        "since": now - timedelta(minutes=4, seconds=12),
        "promised_on": date(2026, 12, 3),
        "glyphs": sorted(GLYPHS),
        "tones": [
            ("neutral", _("Submitted")),
            ("waiting", _("In review")),
            ("you", _("Waiting for you")),
            ("granted", _("Granted")),
            ("refused", _("Denied")),
            ("info", _("Draft")),
        ],
        "answers": [
            {"question": _("What is your name?"), "answer": "Amina Rojas", "href": "#forms"},
            {
                "question": _("What happened?"),
                "answer": "Dos líneas:\nla segunda <es> así.",
                "href": "#forms",
            },
            {"question": _("Folio"), "answer": "2026-0000123-7"},
        ],
        "rooms": [
            {"url": "?frame=staff", "label": _("Desk"), "glyph": "desk", "current": True},
            {"url": "?frame=staff#work", "label": _("Reception"), "glyph": "people", "current": False},
            {"url": "?frame=display", "label": _("Waiting room"), "glyph": "display", "current": False},
            {"url": "?frame=print", "label": _("Receipt"), "glyph": "print", "current": False},
        ],
    }
    return render(request, FRAMES.get(frame, FRAMES["citizen"]), context)
