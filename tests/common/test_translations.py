"""What counts as a text to translate, and as a sound translation of it."""

import polib
import pytest

from common import translations


def test_texts_are_found_in_code_and_templates(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "a.py").write_text(
        '_("One") + ngettext("%(n)s day", "%(n)s days", n) + pgettext("verb", "Open")\n'
    )
    (tmp_path / "templates" / "a.html").write_text(
        '{% translate "Two" %}\n   {% blocktranslate count n=n trimmed %}{{ n }} case{% plural %}\n'
        '     {{ n }} cases{% endblocktranslate %}{% card title=_("Three") %}'
    )

    texts = translations.collect(tmp_path)

    assert {key[1] for key in texts} == {"One", "%(n)s day", "Open", "Two", "Three", "%(n)s case"}
    assert texts[(None, "%(n)s case")].plural == "%(n)s cases"
    assert ("verb", "Open") in texts


def test_a_translation_is_kept_and_a_dropped_text_goes():
    before = polib.POFile()
    before.append(polib.POEntry(msgid="One", msgstr="Uno"))
    before.append(polib.POEntry(msgid="Gone", msgstr="Ido"))

    after = translations.merged([translations.Text("One"), translations.Text("Two")], before)

    assert [(entry.msgid, entry.msgstr) for entry in after] == [("One", "Uno"), ("Two", "")]


@pytest.mark.parametrize(
    ("source", "spanish", "fault"),
    [
        ("Closed", "", "no translation"),
        ("Until %(day)s", "Hasta el día", "lost its placeholders: %(day)s"),
        ("Until %(day)s", "Hasta %(dia)s", "placeholders the source has not: %(dia)s"),
        ("Hello {name}", "Hola {nombre}", "placeholders the source has not: {nombre}"),
        ("<b>Now</b>", "Ahora", "other markup"),
    ],
)
def test_an_unsound_translation_is_named(source, spanish, fault):
    assert any(fault in found for found in translations.faults(polib.POEntry(msgid=source, msgstr=spanish)))


def test_a_sound_translation_passes():
    entry = polib.POEntry(
        msgid="%(n)s case", msgid_plural="%(n)s cases", msgstr_plural={0: "un caso", 1: "%(n)s casos"}
    )

    assert not list(translations.faults(entry))
