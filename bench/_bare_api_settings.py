"""The product's settings with Django's stock middleware in front of the views: the ceiling of the agency API."""

from bench._bare_settings import *  # noqa: F403  # the same database, models and caches

ROOT_URLCONF = "bench._bare_api"
