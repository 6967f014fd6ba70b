"""Small cells of the public statistics can not be recomputed from what is published."""

from datetime import timedelta

import pytest

from metrics.queries.datasets import DATASETS
from metrics.queries.suppression import suppressed
from tests.factories import metrics as made
from tests.metrics.conftest import count_all


def rows(code):
    return list(DATASETS[code].rows(made.FIRST.date()))


def test_a_lone_small_month_is_not_told_by_subtraction_from_its_year(country, parameters):
    for month, number in enumerate((3, 6, 7)):
        for _one in range(number):
            made.contact("phone", at=made.FIRST + timedelta(days=31 * month))
    count_all()

    months = [row["callcenter"] for row in rows("atenciones-mes")]

    assert months == [None, None, 7]
    assert [row["callcenter"] for row in rows("num-atenciones")] == [16]


def test_a_small_mobile_round_is_not_told_by_subtraction_from_the_regions(country, parameters):
    for channel, office, number in (("office", 0, 9), ("office", 1, 6), ("mobile", 2, 2)):
        for _one in range(number):
            made.contact(channel, office=country.offices[office], commune=country.offices[office].commune)
    count_all()

    month = rows("atenciones-mes")[0]
    told = [row["cantidad"] for row in rows("presencial-region")] + [month["oficina"]]

    assert month["oficina_movil"] is None
    assert told.count(None) >= 1


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ({"a": 6, "b": 7, "all": 13}, set()),
        ({"a": 3, "b": 7, "c": 9, "all": 19}, {"a", "b"}),
        ({"a": 3, "b": 0, "all": 3}, {"a", "all"}),
        ({"a": 1, "b": 1, "c": 8, "all": 10}, {"a", "b", "c"}),
        ({"a": 2, "b": 3, "c": 8, "all": 13}, {"a", "b"}),
    ],
)
def test_what_is_hidden_does_not_follow_from_the_total(cells, hidden):
    assert suppressed(cells, [list(cells)]) == hidden


def test_hiding_one_cell_more_is_followed_into_the_other_groups_it_stands_in():
    cells = {"a": 3, "b": 7, "c": 9, "d": 20}

    assert suppressed(cells, [["a", "b"], ["b", "c"], ["c", "d"]]) == {"a", "b", "c", "d"}
