"""The site, for a WSGI server."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from common.sized_bodies import SizedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = SizedBodies(get_wsgi_application(), most=settings.UPLOAD_MAX_BYTES)
_ = get_resolver().url_patterns  # every view and what it needs, before anybody waits for it
# All of it lives as long as the process. Looking through it for garbage again and again stops a request for a tenth of a second each time.
gc.collect()
gc.freeze()
