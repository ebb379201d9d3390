"""Providers of SMS and names of senders: added, changed, put away; their balances read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.messaging.models.sms import MOST_SECRET, SmsBalance, SmsProvider, SmsSender
from voronka.messaging.permissions import SET_UP_SMS
from voronka.messaging.ports import Gateway, Keys, Kind, Refused, Setting, Silent, Take, sms_kinds
from voronka.messaging.services.sms_faults import FAULTS

OPERATORS = ("all", "mts", "megafon", "beeline", "t2", "yota", "other")
TRAFFIC = ("service", "advertising")
LONGEST_SENDER = 11
MOST_MONEY = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class SmsProviderDraft:
    """An account as it is typed; an empty `secret` leaves the one that is kept."""

    kind: str
    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    position: int = 0
    for_service: bool = True
    for_advertising: bool = False
    is_on: bool = True
    price: Decimal | None = None
    low_money: Decimal | None = None
    top_up: Decimal | None = None
    top_up_by: str = ""  # the public id of an employee


@transaction.atomic
def save_sms_provider(
    *, actor: Actor, draft: SmsProviderDraft, public_id: str | None = None, now: datetime
) -> SmsProvider:
    """Add an account or change one; its kind stays what it was. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP_SMS)
    row = SmsProvider(kind=draft.kind, made_at=now) if public_id is None else _locked(public_id)
    kind = sms_kinds().get(row.kind)
    if kind is None:
        raise Invalid(
            _("Not saved: mend the marked places."), fields={"kind": _("There is no such provider of SMS.")}
        )
    problems: dict[str, str] = {}
    row.name = " ".join(draft.name.split())[:100] or str(kind.name)[:100]
    row.settings = {one.name: _setting(one, draft.settings.get(one.name, ""), problems) for one in kind.settings}
    # An encrypted column keeps no empty text: a kind without a secret has a dash.
    row.secret = draft.secret.strip() or row.secret or ("" if kind.secret else "-")
    if kind.secret and (not row.secret or len(row.secret) > MOST_SECRET or not row.secret.isascii()):
        problems["secret"] = _("It is needed, in Latin letters, digits and signs.")
    for name, money in (("price", draft.price), ("low_money", draft.low_money), ("top_up", draft.top_up)):
        if money is not None and not 0 <= money < (10**6 if name == "price" else MOST_MONEY):
            problems[name] = _("A sum from 0 is expected here.")
    payer = _payer(draft, problems)
    if not (draft.for_service or draft.for_advertising):
        problems["for_service"] = _("Say which messages go through it.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row.position, row.is_on = min(max(draft.position, 0), 99), draft.is_on
    row.for_service, row.for_advertising = draft.for_service, draft.for_advertising
    row.price, row.low_money = draft.price, draft.low_money
    row.top_up, row.top_up_by_id = (draft.top_up, payer) if payer is not None else (None, None)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("Another provider has this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    return row


def _payer(draft: SmsProviderDraft, problems: dict[str, str]) -> int | None:
    """Return who is asked to pay in; what is missing for it is noted at its place."""
    if draft.top_up is None and not draft.top_up_by:
        return None
    found = next((one for one in accounts.list_employees() if one.public_id == draft.top_up_by), None)
    if found is None:
        problems["top_up_by"] = _("Choose who is asked to pay it in.")
    if not draft.top_up:
        problems["top_up"] = _("Say how much is to be paid in.")
    if draft.low_money is None:
        problems["low_money"] = _("Say at what rest the request is made.")
    return found.pk if found is not None else None


def _locked(public_id: str) -> SmsProvider:
    found = SmsProvider.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such provider of SMS."))
    return found


def _setting(one: Setting, typed: str, problems: dict[str, str]) -> str:
    """Return a setting as it is kept; what is wrong with it is noted at its name."""
    value = typed.strip()[:200] or one.default
    if one.choices and value not in {code for code, _name in one.choices}:
        problems[one.name] = _("Choose one of these.")
    elif one.most:
        is_number = value.isascii() and value.isdecimal() and len(value) < 7
        if not is_number or not one.least <= int(value) <= one.most:
            problems[one.name] = _("A number from %(least)s to %(most)s.") % {"least": one.least, "most": one.most}
    elif one.is_needed and not value:
        problems[one.name] = _("It is needed.")
    elif not value.isascii() or not value.isprintable():
        problems[one.name] = _("Only Latin letters, digits and signs.")
    return value


def kind_of(row: SmsProvider) -> Kind:
    """Return the kind of a provider."""
    return sms_kinds()[row.kind]


def open_gateway(row: SmsProvider, take: Take) -> Gateway:
    """Return the way to speak with a provider; what comes by itself goes to `take`."""
    return kind_of(row).open(Keys(row.settings, row.secret, tuple(settings.ALLOW_PRIVATE_WEBHOOKS)), take)


@dataclass(frozen=True, slots=True)
class SenderDraft:
    """A name of a sender as it is typed."""

    name: str
    operator: str = "all"
    traffic: str = "service"
    state: str = "draft"
    asked_on: date | None = None
    note: str = ""


@transaction.atomic
def save_sender(*, actor: Actor, provider_id: str, draft: SenderDraft, public_id: str | None = None) -> SmsSender:
    """Add a name or say how far it is. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP_SMS)
    provider = _locked(provider_id)
    row = SmsSender(provider=provider)
    if public_id is not None:
        known = SmsSender.objects.select_for_update().filter(provider=provider, public_id=public_id).first()
        if known is None:
            raise NotFound(_("There is no such sender."))
        row = known
    problems = {}
    name = draft.name.strip()
    longest = 15 if name.isdecimal() else LONGEST_SENDER
    if not name or len(name) > longest or not name.isascii() or not name.isprintable():
        problems["sender"] = _("Up to 11 Latin letters, digits and signs, or a number of up to 15 digits.")
    for code, value, known_values in (
        ("operator", draft.operator, OPERATORS), ("traffic", draft.traffic, TRAFFIC),
        ("state", draft.state, tuple(SmsSender.State.values)),
    ):  # fmt: skip
        if value not in known_values:
            problems[code] = _("Choose one of these.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row.name, row.operator, row.traffic, row.state = name, draft.operator, draft.traffic, draft.state
    row.asked_on, row.note = draft.asked_on, draft.note.strip()[:500]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("This name stands there already.")
        raise Invalid(taken, fields={"sender": taken}) from None
    return row


@transaction.atomic
def drop_sender(*, actor: Actor, provider_id: str, public_id: str) -> None:
    """Take a name away."""
    actor.require(SET_UP_SMS)
    gone, _kinds = SmsSender.objects.filter(provider__public_id=provider_id, public_id=public_id).delete()
    if not gone:
        raise NotFound(_("There is no such sender."))


def read_balance(*, actor: Actor, public_id: str, now: datetime) -> SmsBalance:
    """Ask a provider for the money left and keep it. The provider is asked between two transactions.

    Raises Denied, NotFound, Refusal in words of the catalogue.
    """
    with transaction.atomic():
        actor.require(SET_UP_SMS)
        row = SmsProvider.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such provider of SMS."))
    gateway = open_gateway(row, lambda _told: None)
    try:
        amount = gateway.balance()
    except (Refused, Silent) as error:
        fault = FAULTS[error.code]
        raise Refusal(f"{fault.name}. {fault.cure}", code=error.code) from error
    finally:
        gateway.close()
    if amount is None:
        raise Refusal(_("This provider does not tell the balance: look into his cabinet."), code="no_balance")
    with transaction.atomic():
        return SmsBalance.objects.create(provider=row, amount=amount.quantize(Decimal("0.01")), at=now)
