"""Somebody else's HTML as our Markdown, and prices in words."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from catalog import costs, text
from catalog.importer.convert import to_sheet
from catalog.importer.markdown import HtmlTooLarge, blocks, from_html, plain_text
from config.reference.sheets import read_sheets
from tests.catalog.sheets import ficha


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>a<b>b </b>c</p>", "<p>a<strong>b</strong> c</p>\n"),
        (
            "<ul><li>x<ul><li>y</li></ul></li><li>z</li></ul>",
            "<ul>\n<li>x<ul>\n<li>y</li>\n</ul>\n</li>\n<li>z</li>\n</ul>\n",
        ),
        ("1. uno<br>- dos *tres* # x", "<p>1. uno<br>\n- dos *tres* # x</p>\n"),
        ('<a href="https://a.cl/x y(1)">ver [esto]</a>', None),
        ("</ul></li><b>abierto", "<p><strong>abierto</strong></p>\n"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p>a b</p>\n"),
        ("2 &lt; 3 &amp; <b></b>", "<p>2 &lt; 3 &amp;</p>\n"),
        ("<b>a</b><b>b</b>", "<p><strong>ab</strong></p>\n"),
        ("<b><p>uno</p><p>dos</p></b>", "<p><strong>uno</strong></p>\n<p><strong>dos</strong></p>\n"),
        ("<style>p{}</style><script>x</script><li>", ""),
    ],
)
def test_html_says_the_same_as_markdown(html, shown):
    made = str(text.render(from_html(html)))

    if shown is None:
        assert '<a href="https://a.cl/x%20y%281%29"' in made
        assert "ver [esto]</a>" in made
    else:
        assert made == shown


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", "JaVaScRiPt:x"]
)
def test_only_safe_links_stay(href):
    assert text.render(from_html(f'<a href="{href}">x</a>')) == "<p>x</p>\n"


@given(st.text(alphabet="<>/abulip\"'=&;#*_[]()!-+1.\\` \n", max_size=200))
def test_no_text_becomes_markup_of_its_own(html):
    shown = str(text.render(from_html(html)))

    assert "<script" not in shown
    assert "<img" not in shown
    assert from_html(shown) == from_html(str(text.render(from_html(shown))))


def test_the_words_of_the_reference_sheets_come_back_as_they_were():
    """What we publish, read back, is drawn the same; only slanted letters are lost."""
    for sheet in read_sheets():
        texts = list((sheet.get("sections") or {}).values())
        texts += [way["text"] for way in (sheet.get("channels") or {}).values() if way.get("text")]
        for words in [words for pair in texts for words in pair.values()]:
            shown = str(text.render(words))
            assert str(text.render(from_html(shown))) == shown.replace("<em>", "").replace("</em>", "")


def test_a_reference_sheet_says_what_it_costs_among_its_costs_and_once():
    """What an editor changes there is contradicted nowhere else."""
    for sheet in read_sheets():
        said = [
            words for cost in sheet.get("costs") or [] for words in (cost.get("condition") or {}).values()
        ]
        assert not {"Gratis", "Free"} & set(said), sheet["slug"]
        assert not any("Es gratis" in one or "It is free" in one for one in sheet["summary"].values()), sheet[
            "slug"
        ]


def test_a_text_larger_than_any_sheets_is_refused():
    for read in (from_html, plain_text, blocks):
        with pytest.raises(HtmlTooLarge):
            read("x" * 200_001)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("$3.820: primera vez", (3820, "CLP", "primera vez")),
        ("$ 500", (500, "CLP", "")),
        ("1,6 UTM: bienes", (1.6, "UTM", "bienes")),
        ("Primera vez: $3.820.", (3820, "CLP", "Primera vez")),
        ("Gratuito", (0, "CLP", "")),
        ("No tiene costo.", (0, "CLP", "")),
        ("Gratuito: para mayores de 65", (0, "CLP", "para mayores de 65")),
        ("Es gratis para todas las personas.", (0, "CLP", "Es gratis para todas las personas.")),
        ("$ 3.820.-", (3820, "CLP", "")),
        ("$3.820 pesos", (3820, "CLP", "")),
        (
            "$5.000: quienes no viven en Chile, vehículos de más de 10 años",
            (5000, "CLP", "quienes no viven en Chile, vehículos de más de 10 años"),
        ),
        ("No residentes: $5.000", (5000, "CLP", "No residentes")),
    ],
)
def test_a_line_tells_its_price(line, read):
    found = costs.read_line(line)

    assert (found.amount, found.currency, found.condition) == read


@pytest.mark.parametrize(
    "line",
    [
        "entre $1.000 y $2.000",
        "según la comuna",
        "",
        "10 días",
        "$12.34.5",
        "No es gratuito",
        "El trámite ya no es gratis.",
        "¿Es gratis?",
        "It isn't free",
        "Gratis para mayores de 60; $5.000 el resto",
        "Gratis para mayores de 60; el resto paga",
        "Gratis, salvo el despacho",
        "No cuesta $5.000",
        "Desde $5.000",
        "Desde: $5.000",
        "$5.000 aproximadamente",
        "$5.000 a 7.000",
        "$5.000 - 7.000",
        "5.000 o $7.000",
        "$10 mil",
        "US$ 20",
        "$3.820 o USD 20",
        "$3.820 más IVA",
        "50% de $3.820",
        "1.200 UF",
    ],
)
def test_a_line_without_one_price_tells_none(line):
    assert costs.read_line(line) is None


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("10 días hábiles.", 10),
        ("Hasta 10 días hábiles desde la solicitud", 10),
        ("1.200 días hábiles", None),
        ("99999 días hábiles", None),
        ("No son 10 días hábiles", None),
        ("De 5 a 10 días hábiles", None),
        ("Cinco a 10 días hábiles", None),
        ("Más de 10 días hábiles", None),
        ("10 días hábiles o 2 meses", None),
        ("0 días hábiles", None),
    ],
)
def test_a_term_is_a_number_only_when_the_words_tell_one(words, days):
    made = to_sheet(ficha(plazo=f"<p>{words}</p>"), agency="A", origin="https://a.example", themes={})

    assert made["term"]["business_days"] == days
    assert made["term"]["text"]["es"] == words


def test_plain_words_are_escaped_once_by_whoever_draws_them():
    assert text.plain("Ley *A & B* <b>x</b> 2 < 3") == "Ley A & B <b>x</b> 2 < 3"
    label = to_sheet(
        ficha(doc_requeridos="<p>A &amp; B</p>"), agency="A", origin="https://a.example", themes={}
    )["requirements"][0]["label"]["es"]
    assert Template("{{ words }}").render(Context({"words": label})) == "A &amp; B"


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("3820", 3820),
        ("3.820", 3820),
        ("$ 3.820", 3820),
        ("1,6", 1.6),
        ("1.6", 1.6),
        ("1.234.567", 1234567),
        ("0", 0),
    ],
)
def test_an_amount_is_understood_as_typed(typed, amount):
    assert costs.typed_amount(typed) == amount


@pytest.mark.parametrize("typed", ["-1", "tres", "1,2,3", "1e9", "9" * 20, "٣"])
def test_what_is_no_amount_is_refused(typed):
    assert costs.typed_amount(typed) is None
