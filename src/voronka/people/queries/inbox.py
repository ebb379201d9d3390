"""The inbox as the actor may see it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.people.models import Blocked, InboxChannel, InboxLead
from voronka.people.permissions import SORT_LEADS
from voronka.people.queries.shown import hides_any, name_shown

PAGE = 50
COUNT_LIMIT = 100


def list_leads(actor: Actor, *, state: str = "waiting", after: str = "") -> tuple[Sequence[InboxLead], bool]:
    """Return a page of leads, the oldest waiting first (others newest first), and whether there are more.

    Raises Denied.
    """
    rows = search_leads(actor, state=state)
    waiting = state == InboxLead.State.WAITING
    if after:
        at = rows.filter(public_id=after).values_list("id", flat=True).first()
        if at is not None:
            rows = rows.filter(pk__gt=at) if waiting else rows.filter(pk__lt=at)
    found = list(rows.order_by("id" if waiting else "-id")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def search_leads(actor: Actor, *, state: str) -> QuerySet[InboxLead]:
    """Return the leads of a state in no order. Raises Denied."""
    actor.require(SORT_LEADS)
    return InboxLead.objects.filter(state=state)


def walk_leads(actor: Actor, *, state: str, chunk: int = 500) -> Iterator[InboxLead]:
    """Yield all leads of a state in the order of their list, in chunks. Raises Denied."""
    waiting, last = state == InboxLead.State.WAITING, None
    while True:
        rows = search_leads(actor, state=state).select_related("decided_by").order_by("id" if waiting else "-id")
        if last is not None:
            rows = rows.filter(pk__gt=last) if waiting else rows.filter(pk__lt=last)
        found = list(rows[:chunk])
        yield from found
        if len(found) < chunk:
            return
        last = found[-1].pk


def find_lead(actor: Actor, public_id: str) -> InboxLead:
    """Return a request of the inbox, decided or not, by public id. Raises Denied, NotFound."""
    actor.require(SORT_LEADS)
    found = InboxLead.objects.select_related("client", "decided_by").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def sent_shown(actor: Actor, lead: InboxLead) -> Mapping[str, object]:
    """Return what came, without what the actor may not see: what nobody knows may hold a phone as well."""
    sent = dict(lead.sent)
    if not actor.limits:
        return sent
    sent["name"] = name_shown(actor, str(sent.get("name", "")))
    shut = {
        "phones": "client.phone",
        "emails": "client.email",
        "city": "client.city",
        "source": "client.source",
        "medium": "client.source",
        "campaign": "client.source",
        "term": "client.source",
        "content": "client.source",
        "referrer": "client.source",
        "page": "client.source",
        "external_id": "client.external_id",
    }
    for name, code in shut.items():
        if not actor.sees(code):
            sent.pop(name, None)
    if hides_any(actor):
        for name in ("extra", "message", "fields"):
            sent.pop(name, None)
    return sent


def lead_name(actor: Actor, lead: InboxLead) -> str:
    """Return what a lead is called: its name, else its first contact that the actor may see."""
    sent = sent_shown(actor, lead)
    contacts = [*_texts(sent.get("phones")), *_texts(sent.get("emails"))]
    return str(sent.get("name") or "") or next(iter(contacts), "") or _("Without a name")


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def count_waiting_leads(actor: Actor) -> int:
    """Return how many leads wait, a hundred at most; none for one who does not sort them."""
    if not actor.may(SORT_LEADS):
        return 0
    return InboxLead.objects.filter(state=InboxLead.State.WAITING)[:COUNT_LIMIT].count()


def list_blocked(actor: Actor) -> Sequence[Blocked]:
    """Return the blocked senders that the actor may see, the latest first; two hundred at most. Raises Denied."""
    actor.require(SORT_LEADS)
    rows = Blocked.objects.select_related("author").order_by("-id")[:200]
    shut = {kind for kind in ("phone", "email") if not actor.sees(f"client.{kind}")}
    return [one for one in rows if one.kind not in shut]


def sorted_channels() -> set[str]:
    """Return the channels whose leads all wait to be sorted."""
    return set(InboxChannel.objects.filter(is_sorted=True, source="").values_list("channel", flat=True))


def sorted_sources() -> Sequence[str]:
    """Return the sources whose leads all wait to be sorted, in the order of the alphabet."""
    rows = InboxChannel.objects.filter(channel="", is_sorted=True)
    return list(rows.order_by("source").values_list("source", flat=True))


def is_late(lead: InboxLead, now: datetime) -> bool:
    """Tell whether a waiting lead waits too long."""
    return lead.state == InboxLead.State.WAITING and lead.due_at <= now
