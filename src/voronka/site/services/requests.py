"""Forms of the site as requests: what was typed into them comes to the inbox as any lead does, once."""

import uuid
from datetime import datetime, timedelta

import structlog

from voronka.kit.actors import Actor
from voronka.kit.counters import is_over
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import current_company_id
from voronka.people import queries
from voronka.people import services as people
from voronka.site.models import Showing, Site, Visit, VisitEvent
from voronka.site.rules.origins import page_at
from voronka.site.services import naming

log = structlog.get_logger(__name__)

TWICE = timedelta(minutes=10)  # the same form with the same contacts within this time is one press
MOST_OF_VISIT = 5
MOST_OF_SITE = ((3_600, 300),)  # beyond it somebody forges them: they stay among what visits told
SAYS = ("phone", "email")
SIGN, WIDGET = "site-", "widget-"  # of the ids of requests that are forms of a site, or came by its widgets
_ORDERS = uuid.UUID("6f0f6ad4-6a5b-4c39-9c2e-0f9a4c0d6a51")


def take_forms(site: Site, visit: Visit, forms: list[VisitEvent], *, now: datetime) -> int | None:
    """Make requests of the forms of a visit that name a contact; return the client of the last one that is on a card.

    Nobody is taken to have agreed to anything: the page tells of no marks. A form comes once by its event, however
    often it is looked at.
    """
    client_id = None
    earlier = list(VisitEvent.objects.filter(visit=visit, kind="form", id__lte=forms[-1].pk).order_by("id"))
    told = [one for one in earlier if any(one.about.get(name) for name in SAYS)]
    for nr, one in enumerate(told):
        if one not in forms or nr >= MOST_OF_VISIT or any(_is_same(one, other) for other in told[:nr]):
            continue
        if is_over(f"site forms {site.pk}", MOST_OF_SITE, now=now):
            log.warning("too many forms of a site", site=site.public_id)
            break
        client_id = _take(site, visit, one, now) or client_id
    return client_id


def know_sender(touch_id: int, client_id: int, *, now: datetime) -> None:
    """Note that the visitor who sent a request is the client whose card it has come to, unless he is known already."""
    sign = queries.request_of(touch_id)
    if not sign.startswith(SIGN):
        return
    try:
        key = uuid.UUID(hex=sign.removeprefix(SIGN))
    except ValueError:
        return
    found = VisitEvent.objects.filter(key=key, visit__visitor__client__isnull=True)
    visitor_id = found.values_list("visit__visitor_id", flat=True).first()
    if visitor_id is not None:
        naming.bind(visitor_id, client_id, is_proven=False, now=now)


def made_card(visitor_id: int, client_id: int) -> bool:
    """Tell whether a client's card was made of what this visitor sent: a form, a widget, an order in a widget.

    If not, he has only named the contact of somebody's card, and may be anybody.
    """
    sign = queries.maker_of(client_id)
    if sign.startswith(SIGN):
        try:
            key = uuid.UUID(hex=sign.removeprefix(SIGN))
        except ValueError:
            return False
        return VisitEvent.objects.filter(key=key, visit__visitor=visitor_id).exists()
    shown = Showing.objects.filter(visitor=visitor_id)
    if sign.startswith(WIDGET):
        return shown.filter(public_id=sign.removeprefix(WIDGET)).exists()
    ordered = shown.filter(did__client=client_id, did__has_key="order").values_list("public_id", flat=True)
    return bool(sign) and any(sign == str(order_id_of(one)) for one in ordered)


def order_id_of(showing: str) -> uuid.UUID:
    """Return the operation id of the order that is placed in a showing."""
    return uuid.uuid5(_ORDERS, showing)


def _is_same(one: VisitEvent, other: VisitEvent) -> bool:
    names = ("name", *SAYS)
    return one.at - other.at <= TWICE and [one.about.get(name) for name in names] == [
        other.about.get(name) for name in names
    ]


def _take(site: Site, visit: Visit, form: VisitEvent, now: datetime) -> int | None:
    said, utm = form.about, visit.head.get("utm", {})
    phone, email, name = (str(said.get(one, "")) for one in ("phone", "email", "person"))
    known = {kind for kind, _value in people.read_contacts([phone], [email])}
    if not known:
        return None  # a search field, half a number: nobody could answer
    touch = people.TouchData(
        channel="form",
        name=name,
        phones=(phone,) if "phone" in known else (),
        emails=(email,) if "email" in known else (),
        browser_zone=visit.head.get("zone", ""),
        referrer=visit.head.get("from", ""),
        page=page_at(site.origins[0], str(said.get("url", "")))[:1000] if site.origins else "",
        extra={"site": site.name, **({"form": said["name"]} if said.get("name") else {})},
        signs=tuple(people.signs_of(name, "", [email])),
        source=str(utm.get("source", "")),
        medium=str(utm.get("medium", "")),
        campaign=str(utm.get("campaign", "")),
        term=str(utm.get("term", "")),
        content=str(utm.get("content", "")),
        request_id=f"{SIGN}{form.key.hex}",
    )
    try:
        received = people.receive(actor=Actor.system(current_company_id(), origin="site"), touch=touch, now=now)
    except Invalid as refusal:
        log.info("a form of a site is no request", site=site.public_id, fields=sorted(refusal.fields))
        return None
    return received.done.client_id if received.done is not None else None
