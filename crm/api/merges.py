"""Which records of people in an agency's cases were found to be one person, or two again: old id → new id, and back."""

from dataclasses import asdict

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from accounts.models import Role, Scope
from catalog.api.documented import CURSOR, PAGE_SIZE
from catalog.api.paging import page_size
from crm import actions, serializers
from crm.api import pages, rows
from crm.api.described import reads
from crm.api.door import Door
from crm.queries.merges import merges_told

MERGES = "merges"


class Merges(Door):
    """Merges and their undoing."""

    scope = Scope.READ
    known = ("cursor", "page_size")

    @reads(
        "agency_merges_list",
        _(
            "Records of people in the agency's cases that were found to be one person, or two again, the longest ago first"
        ),
        serializers.MergePage,
        (CURSOR[0], OpenApiTypes.STR, CURSOR[1]),
        (PAGE_SIZE[0], OpenApiTypes.INT, PAGE_SIZE[1]),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """List them; one that is taken back comes again at the end. The log keeps whose they are."""
        asked = request._request
        after = pages.after(asked, MERGES)
        told, page = merges_told(
            self.actor.agency_ids(Role.OFFICER), place=after[0] if after else "", size=page_size(request)
        )
        following = pages.next_address(asked, MERGES, [page.after]) if page.after else None
        actions.log_access("list", by=self.actor, shown=[pk for one in told for pk in (one.old, one.new)])
        return rows.page([asdict(one) for one in told], following)
