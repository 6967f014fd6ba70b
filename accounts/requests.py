"""The request as our views see it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.actors import Actor


class ActorRequest(HttpRequest):
    """A request that has passed `accounts.middleware` and django-htmx."""

    actor: Actor
    htmx: HtmxDetails
