"""
The shapes of the open API, as its documentation shows them. Every text stands in both languages.

They describe what `catalog.api` answers; rows are built there, from the published sheets.
"""

from typing import Any

from django.utils.translation import gettext_noop as _
from rest_framework import serializers


class Text(serializers.Serializer[Any]):
    """A text in Spanish and English; English is empty where nobody has written it."""

    es = serializers.CharField()
    en = serializers.CharField(allow_blank=True)


class AgencyRef(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("Our stable short name."))
    name = Text()


class ProcedureRow(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("The number a citizen quotes to line 101."))
    slug = serializers.CharField()
    title = Text()
    summary = Text()
    agency = AgencyRef()
    life_events = serializers.ListField(child=serializers.CharField())
    themes = serializers.ListField(child=serializers.CharField())
    audience = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.CharField())
    has_form = serializers.BooleanField(help_text=_("Whether one can apply here."))
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    url = serializers.URLField(help_text=_("This procedure in full."))


class ProcedurePage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True, help_text=_("The next page; null on the last."))
    results = ProcedureRow(many=True)


class RequirementRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = Text()  # type: ignore[assignment]
    note = Text()
    provided_by = serializers.CharField(help_text=_("citizen, or state: the State has it already."))
    required = serializers.BooleanField()  # type: ignore[assignment]
    upload = serializers.BooleanField()
    valid_days = serializers.IntegerField(
        allow_null=True, help_text=_("At most so many days old; null where its age does not matter.")
    )
    document_type = serializers.CharField(
        allow_blank=True,
        help_text=_("Which document it is, in every sheet the same; empty where the sheet does not say."),
    )


class CostRow(serializers.Serializer[Any]):
    amount = serializers.FloatField(help_text=_("0: free."))
    currency = serializers.CharField(help_text=_("An ISO 4217 code, or UF, UTM."))
    condition = Text()


class Term(serializers.Serializer[Any]):
    business_days = serializers.IntegerField(allow_null=True)
    calendar_days = serializers.IntegerField(allow_null=True)
    text = Text()


class ValidFor(serializers.Serializer[Any]):
    unit = serializers.CharField(
        help_text=_(
            "days, months or years from its issue; no_end: it does not expire; by_law: to a date of the law."
        )
    )
    count = serializers.IntegerField(allow_null=True, help_text=_("How many; null where nothing is counted."))
    text = Text(help_text=_("The same in a sentence."))


class LegalBasisRow(serializers.Serializer[Any]):
    title = Text()
    url = serializers.CharField(allow_blank=True)


class ChannelRow(serializers.Serializer[Any]):
    channel = serializers.CharField()
    mode = serializers.CharField(help_text=_("How far one gets there: inform, start or complete."))
    text = Text()
    url = serializers.CharField(allow_blank=True)
    minutes = serializers.IntegerField(allow_null=True)


class ActLevels(serializers.Serializer[Any]):
    inform = serializers.IntegerField(help_text=_("To be told how it is done"))
    submit = serializers.IntegerField(help_text=_("To apply"))
    status = serializers.IntegerField(help_text=_("To be told how their case goes"))
    answer = serializers.IntegerField(help_text=_("To answer and hand in papers"))


class Levels(serializers.Serializer[Any]):
    """How surely a person must be known for each act on each channel, from 0 (nobody is asked who they are) to 600."""

    web = ActLevels()
    office = ActLevels()
    mobile = ActLevels()
    phone = ActLevels()


class StageRow(serializers.Serializer[Any]):
    agency = serializers.CharField()
    order = serializers.IntegerField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    term_business_days = serializers.IntegerField(allow_null=True)
    term_calendar_days = serializers.IntegerField(allow_null=True)


class VariantRow(serializers.Serializer[Any]):
    """The same procedure as some communes or one agency do it: only what differs there."""

    communes = serializers.ListField(
        child=serializers.CharField(), help_text=_("Official codes (CUT); empty where it is an agency.")
    )
    agency = serializers.CharField(allow_blank=True, help_text=_("Our code; empty where it is communes."))
    text = Text(help_text=_("What differs, as Markdown."))
    requirements = RequirementRow(many=True, help_text=_("Besides those of everybody."))
    costs = CostRow(many=True, help_text=_("Instead of those of everybody; empty: the same."))
    term = Term(help_text=_("Instead of that of everybody; all null and empty: the same."))
    url = serializers.CharField(allow_blank=True)


class Sections(serializers.Serializer[Any]):
    purpose = Text()
    who_may = Text()
    validity = Text()
    good_to_know = Text()


class Eligibility(serializers.Serializer[Any]):
    rules = serializers.JSONField(
        help_text=_("A tree of “all”, “any”, “not” and facts, as the documentation lists them.")
    )
    words = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text=_("The same rules as people read them, in each language."),
    )


class ProcedureInFull(ProcedureRow):
    applicant = serializers.CharField(help_text=_("person, organisation or household"))
    completeness = serializers.CharField()
    keywords = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    synonyms = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    related = serializers.ListField(
        child=serializers.CharField(), help_text=_("Codes of procedures people ask for beside it.")
    )
    sections = Sections(help_text=_("Markdown: paragraphs, lists, bold and links."))
    valid_for = ValidFor(
        allow_null=True, help_text=_("How long what one gets is valid; null where it is not stated.")
    )
    requirements = RequirementRow(many=True)
    costs = CostRow(many=True)
    term = Term()
    legal_basis = LegalBasisRow(many=True)
    eligibility = Eligibility(
        allow_null=True,
        help_text=_("Who may get it, as rules; null where the sheet says it in its text alone."),
    )
    levels = Levels(
        help_text=_(
            "The identity level, 0 to 600, that each act needs on each channel, as it holds: also where the sheet leaves it to the house."
        )
    )
    ways = ChannelRow(many=True)
    variants = VariantRow(many=True, help_text=_("Where it is done otherwise."))
    stages = StageRow(many=True)
    form = serializers.JSONField(
        allow_null=True, help_text=_("The form's JSON Schema 2020-12 and its questions; null without one.")
    )
    sources = serializers.ListField(child=serializers.DictField())
    page = serializers.URLField(allow_blank=True, help_text=_("The page people read."))
    imported_from = serializers.CharField(allow_blank=True)
    is_synthetic = serializers.BooleanField(help_text=_("Invented, for demonstrations."))


class AgencyRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    official_code = serializers.CharField(allow_blank=True)
    acronym = serializers.CharField(allow_blank=True)
    name = Text()
    home_url = serializers.CharField(allow_blank=True)
    procedures = serializers.IntegerField(help_text=_("How many are published."))


class AgencyPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = AgencyRow(many=True)


class TopicRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = Text()
    procedures = serializers.IntegerField(help_text=_("How many are published."))


class TopicList(serializers.Serializer[Any]):
    results = TopicRow(many=True)


class BundlePartRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    slug = serializers.CharField()
    title = Text()
    is_offered = serializers.BooleanField(help_text=_("Whether it can be applied for with the others now."))


class BundleRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = Text()
    summary = Text()
    life_event = serializers.CharField(allow_blank=True)
    procedures = BundlePartRow(many=True, help_text=_("In the order in which they are asked."))
    published_at = serializers.DateTimeField()
    page = serializers.URLField(allow_blank=True, help_text=_("The page people read."))


class BundleList(serializers.Serializer[Any]):
    results = BundleRow(many=True)


class CommuneRef(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("The official code (CUT)."))
    name = serializers.CharField()
    region = serializers.CharField(help_text=_("The region's official code."))


class OfficeRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(help_text=_("office or mobile"))
    commune = CommuneRef()
    address = serializers.CharField()
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    time_zone = serializers.CharField(help_text=_("Opening hours are told on this zone's clock."))
    is_synthetic = serializers.BooleanField(help_text=_("Invented, for demonstrations."))
    url = serializers.URLField()


class OfficePage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = OfficeRow(many=True)


class Stretch(serializers.Serializer[Any]):
    weekday = serializers.IntegerField(help_text=_("1 Monday to 7 Sunday"))
    opens = serializers.TimeField()
    closes = serializers.TimeField()


class StopRow(Stretch):
    commune = CommuneRef()
    week_of_month = serializers.IntegerField(help_text=_("1 to 5"))
    place = Text()


class OfficeInFull(OfficeRow):
    desks = serializers.IntegerField()
    opened_on = serializers.DateField()
    hours = Stretch(many=True)
    stops = StopRow(many=True, help_text=_("Where a mobile office stands, month after month."))


class CommuneRow(CommuneRef):
    province = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    population_2015 = serializers.IntegerField(help_text=_("Estimate."))
    population_2024 = serializers.IntegerField(help_text=_("Census."))
    is_rural = serializers.BooleanField()
    time_zone = serializers.CharField()
    offices = serializers.IntegerField(help_text=_("Offices of the network in it."))


class CommunePage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = CommuneRow(many=True)


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457, application/problem+json)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]
