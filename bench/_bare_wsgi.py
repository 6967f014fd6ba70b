"""Serves bench._bare_intake, whose models need Django set up first."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
