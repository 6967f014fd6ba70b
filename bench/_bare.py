"""The ceiling of a page: the smallest Django there is, one view, no middleware; `BODY_BYTES` long."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"x" * int(os.environ.get("BODY_BYTES", "2"))


def show(request: HttpRequest) -> HttpResponse:
    """Answer with the body."""
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("bare/", show)]
if not settings.configured:
    settings.configure(
        SECRET_KEY="bare",  # noqa: S106  # it signs nothing
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=[],
        DEBUG=False,
    )
application = get_wsgi_application()
