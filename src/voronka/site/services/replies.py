"""What a visitor does in a widget: a code is given, a contact becomes a request, and he is known from then on.

An act is kept with its showing and answered again as it was: pressed twice, or sent again by a bad network, it gives
one code and makes one request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.counters import is_over
from voronka.kit.errors import Conflict, Invalid, NotFound, Refusal, TooMany
from voronka.kit.origin import counted_as
from voronka.kit.tenancy import current_company_id
from voronka.loyalty import queries as codes
from voronka.loyalty import services as loyalty
from voronka.people import services as people
from voronka.site import ports
from voronka.site.models import Showing, Site
from voronka.site.rules.origins import page_at
from voronka.site.rules.stage import may_be_answered, may_begin_anew, read_rules
from voronka.site.services.naming import bind, lock_visitor
from voronka.site.services.requests import WIDGET
from voronka.site.services.variants import note_seen

log = structlog.get_logger(__name__)
MOST_MESSAGE = 2_000
UNTIMED = timedelta(days=1)  # the least that a code holds of a widget with a timer, for who saw none
MOST_CODES = ((3_600, 30), (86_400, 100))  # seconds and codes of one address: many visitors may share it


@dataclass(frozen=True, slots=True)
class Reply:
    """What a visitor did in a widget; `answers` are as his page sent them."""

    showing: Showing
    asked: ports.OpenCall
    answers: Mapping[str, Any]

    @property
    def content(self) -> Mapping[str, Any]:
        """What the widget says."""
        return self.showing.content

    def text(self, name: str, most: int = 300) -> str:
        """Return a text of the answers, shortened; "" where it is none."""
        return _text(self.answers, name, most)


def _text(answers: Mapping[str, Any], name: str, most: int) -> str:
    value = answers.get(name)
    return value[:most].strip() if isinstance(value, str) else ""


# Does what a kind does; returns what the page is told and the showing keeps. Raises Refusal.
Doer = Callable[[Reply], dict[str, Any]]


@transaction.atomic
def act(*, asked: ports.OpenCall, visitor_id: int, public_id: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Do what a visitor did in a widget, once. Raises Conflict `late` after its deadline, Invalid.

    Raises NotFound for one that was never his, is switched off, or has lain in an open page for more than a day.
    """
    visitor = lock_visitor(visitor_id)
    rows = Showing.objects.select_related("widget", "visitor")
    row = rows.filter(visitor=visitor_id, public_id=public_id).first()
    if visitor is None or row is None:
        raise NotFound(_("This is shown no more."))
    if row.state == Showing.State.ACTED and not _goes_on(row):
        return dict(row.did.get("told", {}))
    if row.ends_at is not None and row.ends_at <= asked.now:
        raise Conflict(_("The time of this offer is over."), code="late")
    widget = row.widget
    if (
        not widget.is_on
        or widget.is_gone
        or not may_be_answered(row.shown_at or row.offered_at, row.ends_at, asked.now)
    ):
        raise NotFound(_("This is shown no more."))
    reply = Reply(row, asked, answers)
    told = _DOES.get(widget.kind, _give)(reply)
    row.did |= {"told": told}
    is_first = row.shown_at is None
    row.state, row.shown_at = Showing.State.ACTED, row.shown_at or asked.now
    row.acted_at = row.acted_at or asked.now
    row.save(update_fields=["did", "state", "acted_at", "shown_at", "code"])
    if is_first:
        note_seen(row, visitor, now=asked.now)
    return told


def had_before(reply: Reply) -> dict[str, Any] | None:
    """Return what this widget gave this visitor before, if its rules allow nothing new yet: he gets the same again.

    None where it may give anew. Raises Conflict `late` where what he had is over.
    """
    row = reply.showing
    rows = Showing.objects.filter(visitor=row.visitor_id, widget=row.widget_id, state=Showing.State.ACTED)
    last = rows.exclude(pk=row.pk).order_by("-id").first()
    if last is None or may_begin_anew(read_rules(row.widget.rules), last.offered_at, last.ends_at, reply.asked.now):
        return None
    if last.ends_at is not None and last.ends_at <= reply.asked.now:
        raise Conflict(_("The time of this offer is over."), code="late")
    row.code = last.code
    return dict(last.did.get("told", {}))


def _give(reply: Reply) -> dict[str, Any]:
    """Take the contact where one is asked for, and give what was promised for it."""
    # A code that a scenario gave along is another gift.
    had = had_before(reply) if reply.content.get("promo") and not reply.showing.code else None
    if had is not None:
        return had
    promo = reply.content.get("promo")
    if asks_contact(reply):
        if promo and not reply.showing.code and promo not in codes.holding([promo], at=reply.asked.now):
            return owe(reply)
        take_request(reply, wants_contact=not promo)
    return {"code": code_for(reply), "thanks": reply.content.get("thanks", "")}


def asks_contact(reply: Reply) -> bool:
    """Tell whether a widget takes a contact for what it gives."""
    return bool(reply.content.get("contact", "none") != "none")


def owe(reply: Reply) -> dict[str, Any]:
    """Take the contact though the promised promo is over: the request says so, for a colleague to make it good."""
    owed = _("The widget promised him a discount whose promo is over.")
    take_request(reply, wants_contact=True, message=f"{reply.text('message', MOST_MESSAGE)}\n{owed}".strip())
    return {"code": "", "thanks": _("The discount is over. We have your contact, and shall find another.")}


def code_for(reply: Reply, promo: str = "") -> str:
    """Return the promo code of a showing, made now where there is none; it holds until the showing's deadline.

    "" where the widget gives no code. Raises TooMany for too many codes of one address, Conflict `no_code` where the
    promo is over.
    """
    row = reply.showing
    promo = promo or reply.content.get("promo", "")
    if not row.code and promo:
        if not may_get(reply.asked.address, now=reply.asked.now):
            raise TooMany(_("Too many gifts for one place. Come again later."))
        actor = Actor.system(current_company_id(), origin="widget")
        try:
            row.code = loyalty.give_code(actor=actor, public_id=promo, until=_till(reply), now=reply.asked.now).code
        except Refusal as refusal:
            raise Conflict(
                _("The discount is over. Write to us, and we shall find another."), code="no_code"
            ) from refusal
    return row.code


def _till(reply: Reply) -> datetime | None:
    """Return till when a code holds, None for as long as its promo does."""
    row, minutes = reply.showing, reply.content.get("minutes") or 0
    if row.ends_at is not None or reply.asked.is_followed or not minutes:
        return row.ends_at
    return reply.asked.now + max(timedelta(minutes=minutes), UNTIMED)


def may_get(address: str, *, now: datetime) -> bool:
    """Count one more code for a network address; False where it has had too many: keys of browsers are forged."""
    if not address or not is_over(f"site codes {current_company_id()} {counted_as(address)}", MOST_CODES, now=now):
        return True
    log.warning("one address asks for too many codes")
    return False


def take_request(
    reply: Reply, *, wants_contact: bool, message: str = "", extra: Mapping[str, object] | None = None
) -> people.Received:
    """Make a request of a contact typed into a widget, with the words by which its owner agreed. Raises Invalid."""
    touch = touch_of(reply, wants_contact=wants_contact, message=message, extra=extra)
    actor = Actor.system(current_company_id(), origin="widget")
    received = people.receive(actor=actor, touch=touch, now=reply.asked.now, address=reply.asked.address)
    note_request(reply, received)
    return received


def touch_of(
    reply: Reply, *, wants_contact: bool, message: str = "", extra: Mapping[str, object] | None = None
) -> people.TouchData:
    """Return what was typed into a widget, with the words of consent. Raises Invalid without a contact or consent."""
    row, content, site = reply.showing, reply.content, Site.objects.get(pk=reply.asked.site_id)
    phones, emails = contacts_of(reply)
    _require_consent(reply)
    return people.TouchData(
        channel="form",
        name=reply.text("name"),
        phones=phones,
        emails=emails,
        message=(message or reply.text("message", MOST_MESSAGE))[:MOST_MESSAGE],
        browser_zone=reply.asked.zone[:64],
        page=page_at(site.origins[0], row.page)[:1000] if site.origins else "",
        extra={
            "site": site.name, "widget": row.widget.name,
            **({"consent": content["consent"]} if content.get("consent") else {}), **(extra or {}),
        },
        consents=(people.ConsentDraft(purpose="personal_data", text_version=consent_version(row)),),
        signs=tuple(people.signs_of(reply.text("name"), message or reply.text("message", MOST_MESSAGE), emails)),
        request_id=f"{WIDGET}{row.public_id}",
        wants_contact=wants_contact,
    )  # fmt: skip


def note_request(reply: Reply, received: people.Received) -> None:
    """Keep with the showing what became of a contact, and know the visitor by it."""
    row = reply.showing
    if received.done is not None:
        row.did |= {"client": received.done.client_id, "touch": received.done.touch_id}
        if reply.asked.is_followed:
            bind(row.visitor_id, received.done.client_id, is_proven=False, now=reply.asked.now)
    elif received.lead is not None:
        row.did |= {"lead": received.lead.pk}


def consent_version(row: Showing) -> str:
    """Name the text that somebody agreed to: the widget, its version, its variant. The request keeps the words."""
    return f"widget {row.widget.public_id} v{row.widget.version} {row.arm}".rstrip()


def hold_typed(answers: Mapping[str, Any]) -> None:
    """Lock the contacts that were typed; to be called before the visitor is locked, as by the judging of visits."""
    phone, email = _typed(answers)
    people.hold_contacts([phone], [email])


def _typed(answers: Mapping[str, Any]) -> tuple[str, str]:
    """Return the phone and the e-mail that were typed, "" for none."""
    phone, email, typed = _text(answers, "phone", 40), _text(answers, "email", 254), _text(answers, "contact", 254)
    if typed and not (phone or email):
        return ("", typed) if "@" in typed else (typed, "")
    return phone, email


def contacts_of(reply: Reply) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the phone and the e-mail that were typed. Raises Invalid where there is none of those wanted."""
    wanted, (phone, email) = reply.content.get("contact", "either"), _typed(reply.answers)
    known = {kind for kind, _value in people.read_contacts([phone], [email])}
    if wanted == "phone" and "phone" not in known:
        raise Invalid(_("Write a phone."), fields={"contact": _("Write a phone.")})
    if wanted == "email" and "email" not in known:
        raise Invalid(_("Write an e-mail."), fields={"contact": _("Write an e-mail.")})
    if not known:
        words = _("Write a phone or an e-mail.")
        raise Invalid(words, fields={"contact": words})
    return ((phone,) if "phone" in known else (), (email,) if "email" in known else ())


def _require_consent(reply: Reply) -> None:
    if reply.answers.get("consent") is not True:
        words = _("Without your consent we may not keep your data.")
        raise Invalid(words, fields={"consent": words})


_DOES: dict[str, Doer] = {}


_STEPS = set[str]()


def register_doer(kind: str, does: Doer, *, in_steps: bool = False) -> None:
    """Register what is done when a visitor acts in a widget of a kind.

    A kind that goes `in_steps` is called for each act until it answers `done`; any other only once for a showing.
    """
    _DOES[kind] = does
    if in_steps:
        _STEPS.add(kind)


def _goes_on(row: Showing) -> bool:
    return row.widget.kind in _STEPS and not row.did.get("told", {}).get("done")
