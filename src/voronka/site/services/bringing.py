"""Friends who came by a client's link: who they are is known here, what follows from it is the programme's."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BigIntegerField, F
from django.db.models.functions import Coalesce

from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.loyalty.queries.referrals import get_terms, link_owner
from voronka.loyalty.services import referring
from voronka.people import queries as people
from voronka.site.models import Visitor
from voronka.site.services import naming, requests


@transaction.atomic
def refer(visitor_id: int, *, now: datetime) -> None:
    """Tell the referral programme, once, that a visitor who came by a client's link is known as a client.

    Nothing is told where he came longer ago than the terms allow.

    Whoever names himself by the contact of a card that was not made of what he sent himself may be anybody: a person is
    to judge, unless the shop has signed it. Both clients are locked before the visitor, in one order: two who have
    brought each other would wait for each other otherwise.
    """
    seen = Visitor.objects.filter(pk=visitor_id).exclude(referral_code="").first()
    if seen is None or seen.client_id is None:
        return
    people.lock_clients([one for one in (seen.client_id, link_owner(seen.referral_code)) if one is not None])
    visitor = naming.lock_visitor(visitor_id)
    if visitor is None or visitor.client_id is None:
        return
    code, came_at, client_id = visitor.referral_code, visitor.referral_at, visitor.client_id
    if not code or came_at is None:
        return
    visitor.referral_code = ""
    visitor.save(update_fields=["referral_code"])
    if now - came_at > timedelta(days=get_terms().touch_days):
        return
    is_sure = visitor.is_proven or requests.made_card(visitor.pk, client_id)
    touch = referring.Touch(code, came_at, "site", () if is_sure else ("unproven",))
    actor = Actor.system(current_company_id(), origin="site")
    referring.try_refer(actor=actor, touch=touch, friend_id=client_id, now=now)


def share_browser(one: int, other: int) -> set[str]:
    """Return {"device"} where two clients were known in one browser, else an empty set (loyalty.ports.alike)."""
    rows = Visitor.objects.filter(client_id__in=[one, other]).annotate(
        first=Coalesce(F("device"), F("pk"), output_field=BigIntegerField())
    )
    held: dict[int, set[tuple[int, int]]] = {one: set(), other: set()}
    for client_id, site_id, first in rows.values_list("client_id", "site_id", "first"):
        held[client_id].add((site_id, first))
    return {"device"} if one != other and held[one] & held[other] else set()
