"""The components every screen is drawn with, loaded in every template; `docs/look.md` explains each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from common import channels, charts, links, questions, wording
from common import run as runs
from common.glyphs import GLYPHS
from common.thread import Promise, as_point

register = template.Library()
TONES = ("neutral", "waiting", "you", "granted", "refused", "info")


# --- words ----------------------------------------------------------------------------------------
register.filter("money", wording.money)
register.filter("day", wording.day)
register.filter("short_day", wording.short_day)
register.filter("clock_time", wording.clock_time)
register.filter("minutes", wording.minutes)
register.filter("ago", wording.age)
register.filter("number", wording.number)


@register.filter("run")
def pretty_run(value: object) -> str:
    """Write a RUN as people do: `12345678-5` → `12.345.678-5`."""
    return runs.pretty(str(value)) if value else ""


@register.filter
def mask_run(value: object) -> str:
    """Write only the end of a RUN: enough to recognise one's own."""
    return runs.mask(str(value)) if value else ""


# --- small marks ----------------------------------------------------------------------------------
@register.simple_tag
def glyph(name: str, label: object = "", size: str = "") -> SafeString:
    """Draw a glyph, silent for screen readers unless it has a label; an unknown name draws a plain point."""
    shape = mark_safe(GLYPHS.get(str(name)) or GLYPHS["system"])  # noqa: S308 - our own constants
    css = f"glyph glyph-{size}" if size else "glyph"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', css, label, shape
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', css, shape
    )


_TAG_GLYPHS = {"waiting": "clock", "you": "arrow", "granted": "check", "refused": "cross"}


@register.simple_tag
def state_tag(label: object, tone: str = "neutral") -> SafeString:
    """Show a state as a word; a small sign tells the tones apart without colour."""
    tone = tone if tone in TONES else "neutral"
    sign = glyph(_TAG_GLYPHS[tone]) if tone in _TAG_GLYPHS else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, sign, label)


@register.simple_tag
def folio(value: object, size: str = "") -> SafeString:
    """Show a folio, code or ticket so that it is never broken, translated or misread."""
    css = f"folio folio-{size}" if size else "folio"
    return format_html('<span class="{}" translate="no">{}</span>', css, value)


@register.simple_tag
def key(name: str) -> SafeString:
    """Show a keyboard shortcut where it acts."""
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', name)


@register.simple_tag
def elapsed(since: datetime | None, now: datetime | None = None) -> SafeString:
    """Show a span that keeps counting (`elapsed.js`) on the server's clock."""
    if since is None:
        return SafeString("")
    now = now or timezone.now()
    seconds = max(0, int((now - since).total_seconds()))
    clock = (
        f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        if seconds >= 3600
        else f"{seconds // 60}:{seconds % 60:02d}"
    )
    return format_html(
        '<time class="elapsed" datetime="{}" data-since="{}" data-now="{}">{}</time>',
        since.isoformat(),
        since.isoformat(),
        now.isoformat(),
        clock,
    )


@register.simple_tag
def address(purpose: str, *args: object) -> str:
    """Return the address some app registered for a purpose, or nothing: `{% address "follow" as url %}`."""
    return links.url(purpose, *args)


# --- forms ----------------------------------------------------------------------------------------
@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, heading: bool = False, hide_label: bool = False, optional: bool = True
) -> dict[str, Any]:
    """
    Draw one question: label or legend, hint, error in words, the control.

    With `heading` the question is the page's h1; `hide_label` keeps the label for screen readers only;
    `optional=False` leaves out the word "(optional)". A widget with `scrolls` has more choices than a screen should be long.
    """
    kind = questions.kind(bound)
    name, hint, errors = bound.auto_id, bound.help_text, list(bound.errors)
    help_id, error_id = f"{name}_helptext", f"{name}_error"
    described = [i for i, there in ((help_id, hint), (error_id, errors)) if there]
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if errors:
        attrs["aria-invalid"] = "true"
    # Where it says itself what is too long, nothing pasted is cut off unseen.
    if "max_length" in bound.field.error_messages:
        attrs["maxlength"] = False
    return {
        "id": name,
        "hint": hint,
        "errors": format_html_join(" ", "{}", ((error,) for error in errors)),
        "kind": kind,
        "grouped": kind in {"radios", "checkboxes", "parts"},
        "label": bound.label,
        "help_id": help_id,
        "error_id": error_id,
        "described": " ".join(described),
        "choices": questions.choices(bound) if kind in {"radios", "checkboxes"} else [],
        "scrolls": getattr(bound.field.widget, "scrolls", False),
        "parts": questions.parts(bound) if kind == "parts" else [],
        "control": "" if kind in {"radios", "checkboxes", "parts"} else bound.as_widget(attrs=attrs),
        "heading": heading,
        "hide_label": hide_label,
        "mark_optional": optional and not bound.field.required and kind != "checkbox",
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*given: forms.BaseForm) -> dict[str, Any]:
    """List what stops the form(s), each line linked to its field; nothing when all is well."""
    lines: list[dict[str, str]] = []
    for form in given:
        if not form.is_bound or not form.errors:
            continue
        lines += [{"text": str(error), "label": "", "id": ""} for error in form.non_field_errors()]
        for bound in form:
            first = "" if bound.is_hidden else questions.first_id(bound)
            lines += [{"text": str(error), "label": str(bound.label), "id": first} for error in bound.errors]
    told = Counter(line["text"] for line in lines)
    for line in lines:  # the same sentence for several questions says which one it means
        if told[line["text"]] > 1 and line["label"]:
            line["text"] = f"{line['label']} – {line['text']}"
    return {"lines": lines}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[Mapping[str, Any]], change: object = "") -> dict[str, Any]:
    """Draw answers to check before sending: rows of `question`, `answer` and, to change it, `href`."""
    return {
        "rows": [
            {"question": row["question"], "answer": row["answer"], "href": row.get("href", "")}
            for row in rows
        ],
        "change": change or gettext("Change"),
    }


# --- the thread -----------------------------------------------------------------------------------
def _channel_words(code: str) -> str:
    if code == "system":
        return ""
    known = {
        "web": gettext("On the web"),
        "office": gettext("At an office"),
        "mobile": gettext("At a mobile office"),
        "phone": gettext("By phone"),
        "agency": gettext("At the agency"),
        "mail": gettext("By mail"),
    }
    return known.get(code) or str(channels.get(code).label)


def _stop(code: str) -> str:
    return code if code in GLYPHS else channels.get(code).glyph


@register.inclusion_tag("components/thread.html")
def thread(
    points: Iterable[object], promise: Promise | None = None, audience: str = "citizen", label: object = ""
) -> dict[str, Any]:
    """Draw a case as one line: what happened, where it stands, what is promised; for citizen or staff."""
    drawn = [(point, _stop(point.channel), _channel_words(point.channel)) for point in map(as_point, points)]
    return {
        "points": drawn,
        "promise": promise,
        "staff": audience == "staff",
        "audience": audience,
        "label": label or gettext("What has happened with this case"),
        "today": timezone.localdate(),
    }


@register.inclusion_tag("components/thread_small.html")
def thread_small(points: Iterable[object], promise: Promise | None = None, most: int = 7) -> dict[str, Any]:
    """Draw the thread lying down, for a row of a list: the last `most` stops joined, the promise dotted."""
    every = [as_point(point) for point in points]
    shown = every[-most:]
    words = [str(title) for title, _same in groupby(point.title for point in every)]
    if promise and promise.date:
        words.append(gettext("promised by %(day)s") % {"day": wording.day(promise.date)})
    return {
        "points": [(point, _stop(point.channel)) for point in shown],
        "earlier": len(every) - len(shown),
        "promise": promise,
        "words": ", ".join(words),
    }


# --- figures and charts ---------------------------------------------------------------------------
@register.inclusion_tag("components/figure.html")
def figure(
    number: object,
    label: object,
    *,
    period: object = "",
    margin: object = "",
    change: object = "",
    change_tone: str = "",
    href: str = "",
    note: object = "",
    spark: Sequence[float | None] | None = None,
) -> dict[str, Any]:
    """Say a figure as a sentence with a number in it; `href` opens the rows it is computed from."""
    return {
        "number": number,
        "label": label,
        "period": period,
        "margin": margin,
        "change": change,
        "change_tone": change_tone if change_tone in {"granted", "refused"} else "",
        "href": href,
        "note": note,
        "spark": charts.spark_points(spark) if spark else "",
    }


@register.inclusion_tag("components/bars.html")
def bars(
    rows: Iterable[Mapping[str, Any]],
    title: object = "",
    *,
    what: object = "",
    value: object = "",
    mark: object = "",
    top: float | None = None,
) -> dict[str, Any]:
    """
    Draw bars from zero with their values written beside them; `title` says the message.

    Rows: `label`, `value`, optional `text`, `note`, `href`, `strong`, and `mark` + `mark_text` (the 90th
    percentile beside the median). `what`, `value` and `mark` head the columns of the table.
    """
    drawn = charts.draw_bars(rows, top)
    return {
        "bars": drawn,
        "title": title,
        "what": what or gettext("What"),
        "value": value or gettext("Figure"),
        "mark_name": mark or gettext("9 in 10 below"),
        "marked": any(bar.mark is not None for bar in drawn),
    }


@register.inclusion_tag("components/lines.html")
def lines(
    series: Sequence[Mapping[str, Any]],
    labels: Sequence[object],
    title: object,
    *,
    unit: object = "",
    what: object = "",
    places: int = 0,
) -> dict[str, Any]:
    """Draw up to four series over the same periods, each labelled at its end; `title` says the message."""
    return {
        "chart": charts.draw_lines(series, labels, places),
        "title": title,
        "unit": unit,
        "what": what or gettext("Period"),
    }


@register.simple_tag
def sparkline(values: Sequence[float | None], label: object) -> SafeString:
    """Draw a series at the height of a line of text; `label` says in words what it shows."""
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline points="{}"/></svg>',
        label,
        charts.spark_points(values),
    )


# --- the rest -------------------------------------------------------------------------------------
@register.inclusion_tag("components/pager.html")
def pager(prev: str = "", next: str = "", prev_text: object = "", next_text: object = "") -> dict[str, Any]:  # noqa: A002 - reads as it is written in a template
    """Link to the pages before and after; nothing when there is only one."""
    return {
        "prev": prev,
        "next": next,
        "prev_text": prev_text or gettext("Previous page"),
        "next_text": next_text or gettext("Next page"),
    }


@register.inclusion_tag("components/empty.html")
def empty(title: object, text: object = "", glyph_name: str = "") -> dict[str, Any]:
    """Say what will appear here, and how."""
    return {"title": title, "text": text, "glyph_name": glyph_name}


@register.inclusion_tag("components/present.html")
def present_bar(
    who: object = "",
    *,
    since: datetime | None = None,
    now: datetime | None = None,
    channel: str = "",
    level: object = "",
    place: object = "",
    end_url: str = "",
    end_label: object = "",
    end_key: str = "e",
) -> dict[str, Any]:
    """Show the present interaction: with whom, since when, how sure we are of it, and how to end it."""
    return {
        "who": who,
        "since": since,
        "now": now,
        "channel": _stop(channel) if channel else "",
        "channel_words": _channel_words(channel) if channel else "",
        "level": level,
        "place": place,
        "end_url": end_url,
        "end_label": end_label or gettext("End"),
        "end_key": end_key,
    }


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: object = "") -> SafeString:
    """Set words apart that must be read: tone info, warning, you, granted or refused."""
    sign = {"warning": "alert", "you": "arrow", "granted": "check", "refused": "cross"}.get(tone, "info")
    head = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}">{}<div class="notice-body">{}{}</div></div>',
        tone,
        glyph(sign),
        head,
        conditional_escape(content),
    )


@register.simple_tag
def written_date(value: date | datetime | None, time: bool = False) -> SafeString:
    """Show a date in words inside `<time>`, with the hour when asked."""
    if not value:
        return SafeString("")
    words = wording.day(value)
    if time and isinstance(value, datetime):
        words = gettext("%(day)s, at %(time)s") % {"day": words, "time": wording.clock_time(value)}
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)
