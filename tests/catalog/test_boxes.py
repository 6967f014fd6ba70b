"""The boxes of questions are drawn quickly, and just as the framework would draw them."""

import re

import pytest
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict

from catalog.questionnaires.definition import compiled
from catalog.questionnaires.fields import CommuneField
from catalog.questionnaires.forms import QuestionForm
from catalog.questionnaires.question import Questionnaire
from catalog.questionnaires.rules import SETTINGS
from common.controls import Controls
from tests.catalog.forms import GOOD, row
from tests.factories.territory import CommuneFactory

pytestmark = pytest.mark.django_db


def bare(boxes: list[str]) -> str:
    """Return what is drawn without the lines and spaces between its elements."""
    return re.sub(r">\s+", ">", re.sub(r"\s+<", "<", "".join(boxes)))


@pytest.mark.parametrize("kind", SETTINGS)
@pytest.mark.parametrize("typed", [None, '"><script>', "uno"])
def test_a_box_is_drawn_as_the_framework_would(kind, typed):
    CommuneFactory()
    form = Questionnaire({"form": compiled([row("x", kind)])})
    data = None if typed is None else QueryDict(mutable=True)
    given = {} if kind in {"file", "people", "group"} or typed else {"x": GOOD[kind]}

    def drawn(renderer) -> list[str]:
        one = QuestionForm([form.get("x")], answers=given, data=data)
        for name in one.fields if data is not None else []:
            data.update({name: typed, f"{name}_day": typed})
        one.renderer = renderer
        return [
            re.sub(
                r'value="[0-9a-f-]{36}"',
                "",
                one[name].as_widget(attrs={"aria-invalid": "true", "hidden": False}),
            )
            for name in one.fields
            if not isinstance(one.fields[name], CommuneField)
        ]

    assert bare(drawn(Controls())) == bare(drawn(TemplatesSetting()))


def test_the_commune_chosen_is_selected_and_nothing_typed_breaks_the_list():
    CommuneFactory()
    question = Questionnaire({"form": compiled([row("x", "commune")])}).get("x")

    chosen = str(QuestionForm([question], answers={"x": "13101"})["x"])
    typed = str(QuestionForm([question], data={"x": '"><script>'})["x"])
    blank = str(QuestionForm([question])["x"])

    assert '<option value="13101" selected>Santiago</option>' in chosen
    assert "script" not in typed
    assert "selected" not in typed
    assert '<option value="" selected>' in blank
