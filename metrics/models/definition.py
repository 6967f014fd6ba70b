"""What each indicator means, in words anybody can check; a changed meaning is a new version."""

from django.db import models
from django.utils.translation import get_language


class IndicatorDefinition(models.Model):
    """One wording of an indicator. `formula` is plain text, `population` says which rows are counted."""

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    title_es = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    definition_es = models.TextField()
    definition_en = models.TextField()
    formula = models.TextField()
    population_es = models.TextField()
    population_en = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(name="definition_once", fields=["code", "version"])]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def title(self) -> str:
        return self.title_en if _english() else self.title_es

    @property
    def definition(self) -> str:
        return self.definition_en if _english() else self.definition_es

    @property
    def population(self) -> str:
        return self.population_en if _english() else self.population_es


def _english() -> bool:
    return (get_language() or "es").startswith("en")
