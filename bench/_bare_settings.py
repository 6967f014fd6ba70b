"""The product's settings with Django's stock middleware in front of the view: the ceiling of filing an application."""

from config.settings import *  # noqa: F403  # the same database, models and caches

ROOT_URLCONF = "bench._bare_intake"
# What `startproject` puts in front of every view; and what allauth's app insists on.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
