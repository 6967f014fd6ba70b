import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", ["submitted", "asked", "granted", "denied", "referred"])
def test_each_mail_names_the_folio_and_where_to_follow_and_never_the_key(submitted_case, name, language):
    title = "Certificado & <papel>"
    with translation.override(language):
        context = {"case": submitted_case, "title": title, "url": f"{settings.SITE_URL}/es/seguir/"}
        subject = render_to_string(f"email/{name}.subject.txt", context).strip()
        body = render_to_string(f"email/{name}.txt", context)

    assert submitted_case.folio in subject
    assert "\n" not in subject
    assert submitted_case.folio in body
    assert title in body  # plain text: nothing is escaped
    assert f"{settings.SITE_URL}/es/seguir/" in body
    assert submitted_case.key not in body
    assert "\n\n\n" not in body
