"""Papers cut, killed and hostile: small here, full in `dev.py bench reliability papers`."""

import pytest

from tests.factories import crm
from tests.reliability import papers
from tests.reliability.server import serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_an_upload_cut_in_the_middle_leaves_neither_row_nor_file_and_hostile_ones_none_either(
    procedure_version,
):
    case, other = (
        crm.filed_case(procedure_version),
        crm.filed_case(procedure_version, applicant_run="11111111-1"),
    )
    with serving(production=False) as server:
        cut = papers.check_cut(server, case, times=6)
        refused = papers.check_refused(server, case, other)

    assert cut.wrong == []
    assert refused.wrong == []


def test_a_worker_killed_between_file_and_row_leaves_an_orphan_that_is_swept(submitted_case):
    outcome = papers.check_killed(submitted_case, times=6)

    assert outcome.wrong == []
    assert outcome.figures["killed"] == 6
