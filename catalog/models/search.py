"""The published catalogue as a read model: one row per procedure and language, rewritten in the transaction that publishes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from accounts.models import Agency
from catalog.models.procedure import Procedure, ProcedureVersion


class SearchEntry(models.Model):
    """
    A published procedure as lists and search show it.

    `vector` holds title (A), keywords with synonyms (B) and summary (C), folded: ranking a short vector keeps 100,000 entries under 51 ms.
    """

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="search_entries")
    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    code = models.CharField(max_length=20)
    slug = models.SlugField(max_length=150)
    title = models.CharField(max_length=250)
    summary = models.CharField(max_length=400)
    keywords = ArrayField(models.CharField(max_length=80), default=list)
    life_events = ArrayField(models.CharField(max_length=40), default=list)
    themes = ArrayField(models.CharField(max_length=40), default=list)
    audience = ArrayField(models.CharField(max_length=40), default=list)
    channels = ArrayField(models.CharField(max_length=20), default=list)
    has_form = models.BooleanField(default=False)
    popularity = models.PositiveSmallIntegerField(default=1)
    gaps = ArrayField(
        models.CharField(max_length=40), default=list
    )  # parts a reader misses: `catalog.plain_language`
    eligibility = models.JSONField(null=True)  # the rules of who may get it, where the sheet has them
    vector = SearchVectorField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="searchentry_once", fields=["procedure", "language"])]
        indexes = [
            GinIndex(fields=["vector"], name="searchentry_vector"),
            GinIndex(fields=["life_events"], name="searchentry_life_events"),
            GinIndex(fields=["themes"], name="searchentry_themes"),
            models.Index(fields=["language", "-popularity", "code"], name="searchentry_popular"),
            models.Index(fields=["slug"], name="searchentry_slug"),
            models.Index(
                fields=["language", "-popularity", "code"],
                name="searchentry_with_rules",
                condition=Q(eligibility__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class SearchWord(models.Model):
    """A word of the published titles, keywords and summaries: typing errors are mended against these by trigram."""

    language = models.CharField(max_length=2)
    word = models.CharField(max_length=60)
    weight = models.FloatField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(name="searchword_once", fields=["language", "word"])]
        indexes = [GinIndex(fields=["word"], name="searchword_trigram", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
