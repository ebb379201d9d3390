"""Who a visitor is: by his shop's word, which is proven, or by what he says of himself, which is only said.

What is only said shows colleagues who it may be; nothing personal is given to the browser for it. Another person on
the same browser is another visitor from then on and inherits nothing, whatever the browser forgot to tell.
"""

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from voronka.care import services as care
from voronka.kit.events import publish
from voronka.people import queries as people
from voronka.people import services as people_services
from voronka.site.events import VisitorNamed
from voronka.site.models import Site, Visit, VisitEvent, Visitor

LAST_KINDS = ("page", "product", "basket")


@dataclass(frozen=True, slots=True)
class Named:
    """Whom somebody named: `mark` of the words, the client if one is meant for sure, whether the shop signed it."""

    mark: str
    client_id: int | None
    is_proven: bool


def proof_of(secret: str, client: str) -> str:
    """Return what the shop's server signs a client's id with: HMAC-SHA256 by the site's secret, hexadecimal."""
    return hmac.new(secret.encode(), client.encode(), sha256).hexdigest()


def who_is(site: Site, said: Mapping[str, Any]) -> Named:
    """Return whom an `identify` names. Without proof only a contact counts, and only one that a single card has."""
    client, proof = str(said.get("client", "")), str(said.get("proof", ""))
    first = client or str(said.get("email", "")) or str(said.get("phone", ""))
    mark = proof_of(site.secret, first.strip().lower()) if first.strip() else ""
    if client and proof and hmac.compare_digest(proof_of(site.secret, client).encode(), proof.lower().encode()):
        found = people.find_by_code(client)
        if found is not None:
            return Named(mark, found, is_proven=True)
    return Named(mark, client_of(str(said.get("phone", "")), str(said.get("email", ""))), is_proven=False)


def client_of(phone: str, email: str) -> int | None:
    """Return the client whom contacts name: each that is known must be of one card, and of the same."""
    found = set[int]()
    for kind, value in people_services.read_contacts([phone], [email]):
        holders = people.clients_of_phone(value) if kind == "phone" else people.clients_of_email(value)
        found |= set(holders)
    return found.pop() if len(found) == 1 else None


def lock_visitor(visitor_id: int, client_id: int | None = None) -> Visitor | None:
    """Lock a visitor, after the client if one is given, and read him; None where he is gone.

    All who lock a client and his visitors do it in this order, those who join cards too; contacts of which a request
    is made come before both (people.services.hold_contacts).
    """
    if client_id is not None:
        people.lock_clients([client_id])
    return Visitor.objects.select_for_update(of=("self",), no_key=True).filter(pk=visitor_id).first()


def is_another(visitor: Visitor, named: Named) -> bool:
    """Tell whether a visitor names somebody else than he was."""
    if visitor.client_id is not None and named.client_id is not None:
        return visitor.client_id != named.client_id
    return bool(visitor.identity and named.mark and visitor.identity != named.mark)


@transaction.atomic
def bind(visitor_id: int, client_id: int, is_proven: bool, now: datetime) -> int | None:
    """Note that a visitor is a client; return the id of the visitor who is that now.

    Where the visitor was known as somebody else, the browser is given to a new visitor, whose id is returned. None
    where the visitor or the client is gone.
    """
    visitor = lock_visitor(visitor_id, client_id)
    if visitor is None or client_id not in people.client_rows([client_id]):
        return None
    if visitor.client_id not in (None, client_id):
        visitor = part(visitor, now=now)
    know(visitor, client_id, is_proven=is_proven, now=now)
    return visitor.pk


def know(visitor: Visitor, client_id: int, *, is_proven: bool, now: datetime, mark: str = "") -> None:
    """Write down which client a locked visitor is, and have his last visit judged anew.

    `is_proven` says that the shop has signed it; once proven for a client it stays so. `mark` is kept as what he was
    named by.
    """
    is_new = visitor.client_id != client_id
    news = is_new or (is_proven and not visitor.is_proven)
    visitor.is_proven = is_proven if is_new else visitor.is_proven or is_proven
    visitor.client_id, visitor.identity = client_id, mark or visitor.identity
    visitor.named_at = now if is_new else visitor.named_at
    visitor.save(update_fields=["client", "is_proven", "identity", "named_at"])
    if news and visitor.is_proven:
        care.know_visitor(visitor.pk, client_id, now=now)
    if news:
        publish(VisitorNamed(visitor_id=visitor.pk, client_id=client_id, is_proven=is_proven), at=now)
    if is_new:
        newest = Visit.objects.filter(visitor=visitor).order_by("-begun_at").values("id")[:1]
        Visit.objects.filter(pk__in=newest).update(judge_at=now, read_to=0)


def part(visitor: Visitor, *, now: datetime, visit: Visit | None = None, first: VisitEvent | None = None) -> Visitor:
    """Make a new visitor of a browser in which somebody else is from now on; return him. The old one is locked.

    With `visit` the events of it from `first` on become a first visit of the new visitor.

    The old visitor keeps what he did, under a key that no browser sends; what he wrote before is known as his.
    """
    key, visitor.key = visitor.key, uuid.uuid4()
    if visitor.was_key is None:  # parted once more, he has had no browser since: what he had is what he had
        visitor.was_key, visitor.parted_at = key, now if first is None else first.at
    visitor.save(update_fields=["key", "was_key", "parted_at"])
    found = Visitor.objects.create(
        site_id=visitor.site_id, key=key, first_at=now, is_bot=visitor.is_bot, device=visitor.device or visitor.pk,
        unvisited_since=now if visit is None or first is None else None,
    )  # fmt: skip
    if visit is not None and first is not None:
        mine = Visit.objects.create(
            visitor=found, number=1, begun_at=first.at, last_at=visit.last_at, head=visit.head, judge_at=now
        )
        VisitEvent.objects.filter(visit=visit, id__gte=first.pk).update(visit=mine)
        _hand_link(visitor, found)
        for one in (visit, mine):
            _recount(one)
    return found


def _hand_link(visitor: Visitor, found: Visitor) -> None:
    """Move the referral code to the new visitor, where only a page of his visit bore it."""
    if not visitor.referral_code:
        return
    said = VisitEvent.objects.filter(kind="page", about__ref=visitor.referral_code)
    if said.filter(visit__visitor=visitor).exists() or not said.filter(visit__visitor=found).exists():
        return
    found.referral_code, found.referral_at = visitor.referral_code, visitor.referral_at
    visitor.referral_code, visitor.referral_at = "", None
    for one in (visitor, found):
        one.save(update_fields=["referral_code", "referral_at"])


def _recount(visit: Visit) -> None:
    """Tell a visit's figures anew from what is left in it."""
    rows = list(VisitEvent.objects.filter(visit=visit).order_by("at", "id"))
    last = {one.kind: one for one in rows}
    visit.events, visit.pages = len(rows), sum(one.kind == "page" for one in rows)
    visit.last_at = max((one.at for one in rows), default=visit.begun_at)
    for kind in LAST_KINDS:
        setattr(visit, kind, last[kind].about if kind in last else None)
    visit.basket_at = last["basket"].at if "basket" in last else None
    visit.bought_at = last["purchase"].at if "purchase" in last else None
    visit.save(update_fields=["events", "pages", "last_at", *LAST_KINDS, "basket_at", "bought_at"])
