"""The components escape, name themselves to screen readers, and speak both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import engines
from django.utils import timezone, translation

from common import charts, wording
from common.dateparts import WrittenDate
from common.glyphs import GLYPHS
from common.thread import Promise, ThreadPoint, as_point

HOSTILE = '<script>alert("x")</script>'
AT = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)  # 12:20 in Santiago


class Elements(HTMLParser):
    """Every element of a fragment, as (tag, attributes); refuses what the content security policy would."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"style", "script"}
        assert not [name for name, _value in attrs if name == "style" or name.startswith("on")]
        self.found.append((tag, dict(attrs)))

    def first(self, tag: str, **attrs: str) -> dict[str, str | None]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return next(own for name, own in self.found if name == tag and wanted.items() <= own.items())

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _own in self.found)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"), timezone.override("America/Santiago"):
        yield


def render(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


class Question(forms.Form):
    name = forms.CharField(label="Your name", help_text="As on your card.")
    nickname = forms.CharField(label="Nickname", required=False)
    way = forms.ChoiceField(label="How?", choices=[("m", "Mail"), ("p", "Phone")], widget=forms.RadioSelect)
    needs = forms.MultipleChoiceField(
        label="What?", choices=[("r", "Ramp")], widget=forms.CheckboxSelectMultiple, required=False
    )
    born = WrittenDate(label="Born?", help_text="For example 27 3 1990.")
    agreed = forms.BooleanField(label="It is true.")


# --- fields ---------------------------------------------------------------------------------------
def test_a_label_belongs_to_its_control_and_the_hint_describes_it():
    html = Elements(render("{% field form.name %}", form=Question()))

    assert html.first("label")["for"] == "id_name"
    assert html.first("input")["aria-describedby"] == "id_name_helptext"
    assert html.first("p", id="id_name_helptext")


def test_an_error_stands_in_words_at_the_field_and_describes_it():
    html = render("{% field form.name %}", form=Question({}))

    control = Elements(html).first("input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_name_helptext id_name_error"
    assert html.index("id_name_helptext") < html.index("id_name_error") < html.index("<input")


def test_a_field_without_hint_and_error_describes_nothing():
    html = Elements(render("{% field form.nickname %}", form=Question()))

    assert "aria-describedby" not in html.first("input")


def test_only_questions_that_may_be_left_empty_say_so():
    assert "(optional)" in render("{% field form.nickname %}", form=Question())
    assert "(optional)" not in render("{% field form.name %}", form=Question())
    assert "(optional)" not in render("{% field form.nickname optional=False %}", form=Question())


@pytest.mark.parametrize("name", ["way", "needs", "born"])
def test_a_group_of_controls_is_a_fieldset_named_by_its_question(name):
    html = Elements(render(f"{{% field form.{name} %}}", form=Question()))

    assert html.count("fieldset") == html.count("legend") == 1
    labels = {own["for"] for tag, own in html.found if tag == "label"}
    assert labels == {own["id"] for tag, own in html.found if tag == "input"}


def test_the_hint_and_the_error_describe_the_whole_group():
    html = Elements(render("{% field form.born %}", form=Question({})))

    assert html.first("fieldset")["aria-describedby"] == "id_born_helptext id_born_error"


def test_a_choice_can_carry_its_own_hint():
    form = Question()
    form.fields["way"].widget.hints = {"p": "Until eight."}

    assert "Until eight." in render("{% field form.way %}", form=form)


@pytest.mark.parametrize("name", ["name", "way", "born"])
def test_the_question_can_be_the_heading_of_the_page(name):
    html = Elements(render(f"{{% field form.{name} heading=True %}}", form=Question()))

    assert html.count("h1") == 1


def test_what_was_typed_comes_back_escaped():
    html = render("{% field form.name %}", form=Question({"name": HOSTILE}))

    assert "&lt;script&gt;" in html
    Elements(html)


def test_a_single_box_to_tick_has_its_label_after_it_and_only_once():
    html = render("{% field form.agreed %}", form=Question())

    assert html.count("It is true.") == 1
    assert html.index("<input") < html.index("It is true.")


def test_a_hidden_field_has_no_label():
    class Hidden(forms.Form):
        token = forms.CharField(widget=forms.HiddenInput)

    html = Elements(render("{% field form.token %}", form=Hidden()))

    assert [tag for tag, _own in html.found] == ["input"]


def test_a_file_field_is_drawn():
    class Upload(forms.Form):
        paper = forms.FileField(label="A photo")

    assert (
        Elements(render("{% field form.paper %}", form=Upload())).first("input", type="file")["id"]
        == "id_paper"
    )


# --- the error summary ----------------------------------------------------------------------------
def test_the_summary_links_every_error_to_the_first_thing_that_can_be_focused():
    form = Question({"name": ""})

    html = Elements(render("{% error_summary form %}", form=form))

    links = [own["href"] for tag, own in html.found if tag == "a"]
    assert links == ["#id_name", "#id_way_0", "#id_born_0", "#id_agreed"]
    fields = Elements(render("{% for bound in form %}{% field bound %}{% endfor %}", form=form))
    ids = {own.get("id") for _tag, own in fields.found}
    assert {link[1:] for link in links} <= ids
    assert html.first("div", role="alert")["tabindex"] == "-1"


def test_the_same_sentence_for_several_questions_names_each():
    html = render("{% error_summary form %}", form=Question({}))

    assert "Your name – This field is required." in html


def test_a_refusal_of_the_whole_form_is_listed_without_a_link():
    form = Question(
        {"name": "A", "way": "m", "born_day": "1", "born_month": "2", "born_year": "1990", "agreed": "on"}
    )
    form.add_error(None, HOSTILE)

    html = render("{% error_summary form %}", form=form)

    assert "&lt;script&gt;" in html
    assert Elements(html).count("a") == 0


def test_there_is_no_summary_where_nothing_is_wrong():
    assert render("{% error_summary form other %}", form=Question(), other=Question()).strip() == ""


# --- dates in three boxes -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["31", "2", "1990"], "does not exist"),
        (["", "2", "1990"], "Write the day"),
        (["first", "2", "1990"], "Write the day"),
        (["1", "2", "90"], "four figures"),
        (["1", "2", "1700"], "does not exist"),
        (["1" * 5000, "2", "1990"], "does not exist"),
        (["٣", "2", "1990"], "Write the day"),
        (["1", "2", "9" * 5000], "four figures"),
        (["", "", ""], "required"),
    ],
)
def test_an_impossible_date_is_refused_in_words(typed, said):
    with pytest.raises(ValidationError, match=said):
        WrittenDate().clean(typed)


def test_a_date_is_read_and_an_empty_one_may_be_left_out():
    assert WrittenDate().clean(["27", "3", "1990"]) == date(1990, 3, 27)
    assert WrittenDate(required=False).clean(["", "", ""]) is None


# --- the thread -----------------------------------------------------------------------------------
POINTS = [
    ThreadPoint(at=AT - timedelta(days=2), title="Applied", channel="web", who="Amina", detail="level 200"),
    ThreadPoint(at=AT, title="In review", channel="agency", present=True, href="/case/"),
]


def test_the_thread_is_an_ordered_list_that_marks_the_present():
    html = Elements(render("{% thread points %}", points=POINTS))

    assert html.first("ol")["aria-label"]
    assert [own.get("aria-current") for tag, own in html.found if tag == "li"] == [None, "step"]


def test_the_citizen_does_not_see_who_and_the_detail():
    seen = render("{% thread points %}", points=POINTS)
    staff = render('{% thread points audience="staff" %}', points=POINTS)

    assert "Amina" not in seen
    assert "level 200" not in seen
    assert "Amina" in staff
    assert "level 200" in staff


def test_the_promise_stands_last_with_its_day_in_words():
    html = render(
        "{% thread points promise=promise %}",
        points=POINTS,
        promise=Promise(date(2031, 12, 3), "You will hear."),
    )

    assert html.index("In review") < html.index("Wednesday 3 December 2031") < html.index("You will hear.")


def test_a_promise_without_a_date_is_only_words():
    html = render(
        "{% thread points promise=promise %}", points=POINTS, promise=Promise(None, "Waiting for you.")
    )

    assert "Waiting for you." in html
    assert "At the latest" not in html


def test_what_people_wrote_is_escaped_on_the_thread():
    points = [ThreadPoint(at=AT, title=HOSTILE, text=HOSTILE, who=HOSTILE, detail=HOSTILE, href='"><b>')]

    Elements(render('{% thread points audience="staff" %}', points=points))
    Elements(render("{% thread_small points %}", points=points))


def test_the_lying_thread_is_read_as_words_and_keeps_the_last_points():
    html = render(
        "{% thread_small points promise=promise most=1 %}", points=POINTS, promise=Promise(date(2031, 12, 3))
    )

    assert "Applied, In review, promised by Wednesday 3 December 2031" in html
    assert "+1" in html
    assert Elements(html).count("svg") == 2


def test_points_may_be_mappings_or_objects():
    expected = ThreadPoint(at=AT, title="Applied", channel="web")

    assert as_point({"at": AT, "title": "Applied", "channel": "web", "other": 1}) == expected
    assert as_point(SimpleNamespace(at=AT, title="Applied", channel="web")) == expected


def test_a_channel_nobody_knows_is_still_drawn(db):
    points = [ThreadPoint(at=AT, title="Came", channel="pigeon")]

    assert "pigeon" in render("{% thread points %}", points=points)


# --- small marks ----------------------------------------------------------------------------------
def test_a_glyph_is_silent_unless_it_has_a_label():
    silent, named = (
        Elements(render('{% glyph "web" %}')),
        Elements(render('{% glyph "web" label=label %}', label='"A"')),
    )

    assert silent.first("svg")["aria-hidden"] == "true"
    assert named.first("svg")["role"] == "img"
    assert named.first("svg")["aria-label"] == '"A"'


def test_no_two_glyphs_have_the_same_shape():
    assert len(set(GLYPHS.values())) == len(GLYPHS)


def test_a_state_is_a_word_and_an_unknown_tone_is_neutral():
    html = render("{% state_tag label 'shiny' %}", label=HOSTILE)

    assert "tag-neutral" in html
    Elements(html)


def test_a_folio_is_never_translated():
    assert Elements(render("{% folio '2026-0000123-7' %}")).first("span")["translate"] == "no"


def test_answers_are_escaped_and_each_change_link_says_what_it_changes():
    rows = [
        {"question": "Name", "answer": f"{HOSTILE}\nb", "href": "/name/"},
        {"question": "Folio", "answer": "1"},
    ]

    html = render("{% summary_list rows %}", rows=rows)

    assert Elements(html).count("a") == 1
    assert "<br>" in html
    assert ": Name</span>" in html


def test_a_notice_holds_markup_of_the_template_and_escapes_values():
    html = render("{% notice 'warning' title=value %}<p>{{ value }}</p>{% endnotice %}", value=HOSTILE)

    assert html.count("&lt;script&gt;") == 2
    assert Elements(html).count("p") == 2


def test_the_present_bar_ends_the_interaction_by_post_and_says_when_nobody_is_there():
    html = render(
        "{% present_bar 'Amina' since=since now=now end_url='/end/' %}",
        since=AT,
        now=AT + timedelta(seconds=252),
    )

    assert Elements(html).first("form")["method"] == "post"
    assert "4:12" in html
    assert "Nobody" in render("{% present_bar %}")


def test_a_pager_with_nowhere_to_go_is_not_drawn():
    assert render("{% pager %}") == "\n" or render("{% pager %}") == ""
    assert Elements(render("{% pager next='?after=1' %}")).first("a", rel="next")["href"] == "?after=1"


# --- figures and charts ---------------------------------------------------------------------------
def test_a_figure_says_number_margin_period_and_how_it_is_computed():
    html = render(
        "{% figure '62 %' 'gave a 6 or a 7' margin='2,1' period='November' change='3 more' href='/rows/' %}"
    )

    assert all(
        words in html for words in ("62 %", "± 2,1", "November", "3 more", "How is this computed?", "/rows/")
    )


def test_bars_start_at_zero_and_are_drawn_with_geometry_alone():
    drawn = charts.draw_bars(
        [{"label": "a", "value": 50}, {"label": "b", "value": 200}, {"label": "c", "value": 0}]
    )

    assert [bar.share for bar in drawn] == [25, 100, 0]


@pytest.mark.parametrize("language", ["es", "en"])
def test_widths_are_written_with_a_point_in_every_language(language):
    rows = [{"label": HOSTILE, "value": 1, "mark": 2, "mark_text": "2"}, {"label": "b", "value": 3}]

    with translation.override(language):
        html = Elements(render("{% bars rows 'Message' %}", rows=rows))

    assert html.first("rect", class_="bar-fill")["width"] == "33.33%"
    assert html.first("line")["x1"] == "66.67%"


def test_a_chart_brings_its_message_and_its_table():
    series = [{"name": "median", "values": [3, None, 1.5]}, {"name": "p90", "values": [9, 8, 7]}]

    html = render("{% lines series labels 'It falls' places=1 %}", series=series, labels=["a", "b", "c"])

    elements = Elements(html)
    assert "It falls" in html
    assert elements.count("tr") == 4
    assert elements.count("polyline") == 3  # the gap breaks the first line in two
    assert "–" in html


def test_the_axis_begins_at_zero_and_holds_every_value():
    for top in (0, 0.4, 1, 7, 11, 41, 99, 100, 5_300, 17_380_000):
        chart = charts.draw_lines([{"name": "a", "values": [top]}], ["x"])

        assert chart.ticks[0] == (100, "0")
        assert 2 <= len(chart.ticks) <= 5
        assert 0 <= chart.lines[0].last_y <= 100


def test_labels_of_lines_that_end_together_are_kept_apart():
    series = [{"name": str(n), "values": [10]} for n in range(4)]

    ys = sorted(line.label_y for line in charts.draw_lines(series, ["x"]).lines)

    assert all(b - a >= 12 for a, b in pairwise(ys))
    assert ys[-1] <= 97


def test_a_series_of_another_length_is_refused():
    with pytest.raises(ValueError, match="one value for each label"):
        charts.draw_lines([{"name": "a", "values": [1]}], ["x", "y"])


# --- words ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (3820, "$3.820"),
        (0, "$0"),
        (Decimal("1204300.50"), "$1.204.301"),
        (-5000, "−$5.000"),
        (None, ""),
        ("free", "free"),
    ],
)
def test_money_is_written_the_same_in_both_languages(language, amount, written):
    with translation.override(language):
        assert wording.money(amount) == written


@pytest.mark.parametrize(
    ("language", "this_year", "other_year"),
    [
        ("es", "martes 24 de noviembre", "martes 24 de noviembre de 2026"),
        ("en", "Tuesday 24 November", "Tuesday 24 November 2026"),
    ],
)
def test_days_are_written_out_with_the_year_when_it_is_another(language, this_year, other_year):
    with translation.override(language):
        assert wording.day(AT, date(2026, 1, 1)) == this_year
        assert wording.day(AT, date(2027, 1, 1)) == other_year


def test_an_instant_is_told_in_the_zone_of_the_place():
    late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)

    assert wording.day(late, date(2026, 1, 1)) == "Tuesday 24 November"
    assert wording.clock_time(late) == "22:30"
    with timezone.override("Pacific/Easter"):
        assert wording.clock_time(late) == "20:30"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(5, "less than 1 min"), (740, "12 min"), (3600, "1 h"), (5700, "1 h 35 min"), (None, "")],
)
def test_spans_are_written_in_minutes(seconds, written):
    assert wording.minutes(seconds) == written


@pytest.mark.parametrize(
    ("seconds", "nearest", "above"),
    [
        (0, "less than 1 min", "1 min"),
        (59, "less than 1 min", "1 min"),
        (60, "1 min", "2 min"),
        (68, "1 min", "2 min"),
        (100, "2 min", "2 min"),
        (1938, "32 min", "33 min"),
        (3590, "1 h", "1 h"),
        (None, "", ""),
    ],
)
def test_a_measured_span_is_rounded_to_the_nearest_minute_and_a_bound_above_it(seconds, nearest, above):
    assert wording.nearest_minutes(seconds) == nearest
    assert wording.minutes_above(seconds) == above


@pytest.mark.parametrize(
    ("since", "written"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=100), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_age_is_told_in_the_unit_that_matters(since, written):
    assert wording.age(AT - since, AT) == written


def test_numbers_take_the_separators_of_the_language():
    assert wording.number(17380000) == "17,380,000"
    with translation.override("es"):
        assert wording.number(17380000) == "17.380.000"
        assert wording.number(Decimal("2.14"), 1) == "2,1"


def test_a_run_is_dotted_and_can_be_masked():
    assert render("{{ run|run }} {{ run|mask_run }}", run="12345678-5") == "12.345.678-5 ••.•••.678-5"
    assert render("{{ none|run }}{{ none|day }}{{ none|ago }}", none=None) == ""
