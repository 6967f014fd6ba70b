"""What procedures are about: life events (how people come to need them) and themes."""

from django.db import models
from django.utils.translation import get_language


class Topic(models.Model):
    """A named group of procedures."""

    code = models.SlugField(max_length=40, primary_key=True)
    title_es = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=50)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "es").startswith("en") else self.title_es


class LifeEvent(Topic):
    """Something that happens in a life: having a child, losing a job."""


class Theme(Topic):
    """A field of public service: health, housing."""
