"""Statuses, ways of delivery and of payment: those a company begins with, and its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.steps import BadStep, parse_steps
from voronka.kit.tenancy import current_company_id
from voronka.orders.events import OrderSettingsChanged
from voronka.orders.models import DeliveryMethod, Order, PaymentMethod, Status
from voronka.orders.permissions import SET_UP

REQUIRES = ("client_phone", "address", "promised", "reserved", "paid", "shipped")
TONES = ("grey", "blue", "amber", "green", "red", "violet")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDraft:
    """A status as it is wanted. `requires`, `roles`, `next` are codes; `steps` stored steps."""

    name: str
    phase: str
    code: str = ""
    tone: str = "grey"
    position: int = 0
    norm_minutes: int | None = None
    requires: Sequence[str] = ()
    roles: Sequence[str] = ()
    next: Sequence[str] = ()
    steps: Sequence[dict[str, Any]] = ()
    client_words: str = ""
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDraft:
    """A way of delivery as it is wanted; `intervals` are pairs of times: ("10:00", "14:00")."""

    name: str
    kind: str
    cost: Decimal = Decimal("0.00")
    free_from: Decimal | None = None
    days_min: int = 0
    days_max: int = 0
    intervals: Sequence[tuple[str, str]] = ()
    vat: str = "main"
    places: Sequence[int] = ()
    position: int = 0
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDraft:
    """A way of payment as it is wanted."""

    name: str
    kind: str
    wants_prepayment: bool = False
    position: int = 0
    is_on: bool = field(default=True)


@transaction.atomic
def ship_settings() -> None:
    """Give the company the statuses and ways that every shop begins with, unless it has any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orders.setup'), %s)", [current_company_id() % 2**31])
    if Status.objects.exists():
        return
    with translation.override(accounts.get_company_rules().language):
        Status.objects.bulk_create(
            [
                Status(
                    code=code, name=name, phase=phase, tone=tone, position=place, norm_minutes=norm, next=after,
                    requires=wants, client_words=words,
                )
                for place, (code, name, phase, tone, norm, after, wants, words) in enumerate(_statuses())
            ]
        )  # fmt: skip
        DeliveryMethod.objects.bulk_create(
            [
                DeliveryMethod(name=_("Pickup"), kind="pickup", position=0),
                DeliveryMethod(
                    name=_("Courier"), kind="courier", cost=Decimal("300.00"), free_from=Decimal("10000.00"),
                    days_min=1, days_max=2, intervals=[["10:00", "14:00"], ["14:00", "18:00"], ["18:00", "22:00"]],
                    position=1,
                ),
                DeliveryMethod(
                    name=_("Post"), kind="post", cost=Decimal("400.00"), days_min=4, days_max=10, position=2
                ),
                DeliveryMethod(
                    name=_("Carrier"), kind="carrier", cost=Decimal("600.00"), days_min=2, days_max=7, position=3
                ),
            ]
        )  # fmt: skip
        PaymentMethod.objects.bulk_create(
            [
                PaymentMethod(name=_("Online by card"), kind="online", wants_prepayment=True, position=0),
                PaymentMethod(name=_("By invoice"), kind="invoice", wants_prepayment=True, position=1),
                PaymentMethod(name=_("Cash on receipt"), kind="cash", position=2),
                PaymentMethod(name=_("By card on receipt"), kind="card", position=3),
            ]
        )


def _statuses() -> Sequence[tuple[str, str, str, str, int | None, list[str], list[str], str]]:
    return [
        ("new", pgettext("order", "New"), "new", "blue", 60, [], [], _("We have your order and will confirm it.")),
        ("agreed", pgettext("order", "Agreed"), "work", "blue", 4 * 60, [], ["client_phone"],
         _("Your order is confirmed.")),
        ("waiting_payment", _("Waiting for payment"), "work", "amber", 3 * _DAY, [], [],
         _("We are waiting for your payment.")),
        ("preparing", _("Being prepared"), "work", "violet", _DAY, [], [], _("We are putting your order together.")),
        ("ready", _("Ready"), "ready", "violet", 2 * _DAY, [], ["reserved"], _("Your order is ready.")),
        ("shipping", _("On its way"), "shipping", "violet", 5 * _DAY, [], [], _("Your order is on its way.")),
        ("handed_over", _("Handed over"), "shipping", "green", _DAY, [], ["shipped"], _("You have your order.")),
        ("closed", pgettext("order", "Closed"), "done", "green", None, [], ["shipped", "paid"],
         _("Thank you for your order.")),
        ("cancelled", pgettext("order", "Cancelled"), "cancelled", "red", None, [], [], _("The order is cancelled.")),
    ]  # fmt: skip


@transaction.atomic
def save_status(draft: StatusDraft, *, actor: Actor, public_id: str = "") -> Status:
    """Make a status, or change one; its code stays. Raises Denied, NotFound, Invalid; Conflict where it is needed."""
    actor.require(SET_UP)
    row = Status()
    if public_id:
        found = Status.objects.select_for_update().filter(public_id=public_id).first()
        if found is None:
            raise NotFound(_("There is no such status of orders."))
        row = found
    problems = _status_problems(draft, is_new=not public_id)
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    if public_id:
        _require_needed(row, draft)
    row.code = row.code or draft.code or _free_code()
    row.name, row.phase, row.tone, row.position = (
        " ".join(draft.name.split()),
        draft.phase,
        draft.tone,
        draft.position,
    )
    row.norm_minutes, row.requires, row.roles = draft.norm_minutes, list(draft.requires), list(draft.roles)
    row.next, row.steps, row.client_words = list(draft.next), list(draft.steps), draft.client_words.strip()[:200]
    row.is_on = draft.is_on
    row.save()
    publish(OrderSettingsChanged(setting_id=row.pk, kind="status"))
    return row


def _free_code() -> str:
    taken = set(Status.objects.values_list("code", flat=True))
    return next(code for number in range(1, 10_000) if (code := f"own_{number}") not in taken)


def _status_problems(draft: StatusDraft, *, is_new: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    if not draft.name.strip() or len(draft.name) > 80:
        found["name"] = _("A name is needed, of at most %(most)d signs.") % {"most": 80}
    if draft.phase not in Status.Phase.values:
        found["phase"] = _("Choose one of the list.")
    if draft.tone not in TONES:
        found["tone"] = _("Choose one of the list.")
    if set(draft.requires) - set(REQUIRES):
        found["requires"] = _("Choose one of the list.")
    if set(draft.roles) - {one.code for one in accounts.list_roles()}:
        found["roles"] = _("Choose one of the list.")
    known = set(Status.objects.values_list("code", flat=True)) | {draft.code}
    if set(draft.next) - known:
        found["next"] = _("Choose one of the list.")
    if draft.norm_minutes is not None and not 0 < draft.norm_minutes <= 365 * _DAY:
        found["norm_minutes"] = _("From a minute to a year.")
    if is_new and draft.code and not _CODE.match(draft.code):
        found["code"] = _("Small latin letters, digits and “_”.")
    elif is_new and draft.code and Status.objects.filter(code=draft.code).exists():
        found["code"] = _("There is a status with this code already.")
    try:
        parse_steps(draft.steps)
    except BadStep as error:
        found["steps"] = _("Step %(n)d is not right: look at its settings.") % {"n": error.number + 1}
    return found


def _require_needed(row: Status, draft: StatusDraft) -> None:
    """Refuse to switch off or turn the last status of a phase without which orders cannot begin or end."""
    gone = not draft.is_on or draft.phase != row.phase
    if gone and row.phase in ("new", "cancelled", "done"):
        others = Status.objects.filter(phase=row.phase, is_on=True).exclude(pk=row.pk)
        if not others.exists():
            raise Conflict(_("Orders need a status of this meaning: add another one first."), code="last_of_phase")
    if draft.phase != row.phase and Order.objects.filter(status=row).exists():
        raise Conflict(_("Orders stand in this status: its meaning stays."), code="status_in_use")


@transaction.atomic
def save_delivery(draft: DeliveryDraft, *, actor: Actor, public_id: str = "") -> DeliveryMethod:
    """Make a way of delivery, or change one. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    row: DeliveryMethod = _own(DeliveryMethod, public_id)
    problems = _named(DeliveryMethod, draft.name, row.pk)
    if draft.kind not in DeliveryMethod.Kind.values:
        problems["kind"] = _("Choose one of the list.")
    for name, amount in (("cost", draft.cost), ("free_from", draft.free_from)):
        if amount is not None and (not amount.is_finite() or not 0 <= amount < 10**13):
            problems[name] = _("This sum cannot be.")
    if not 0 <= draft.days_min <= draft.days_max <= 365:
        problems["days_max"] = _("Not fewer days than the fewest, at most a year.")
    if any(not _is_interval(one) for one in draft.intervals) or len(draft.intervals) > 24:
        problems["intervals"] = _("An interval is two times of a day: 10:00-14:00.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    row.name, row.kind, row.cost, row.free_from = (
        " ".join(draft.name.split()),
        draft.kind,
        draft.cost,
        draft.free_from,
    )
    row.days_min, row.days_max, row.intervals = draft.days_min, draft.days_max, [list(one) for one in draft.intervals]
    row.vat, row.places, row.position, row.is_on = draft.vat, list(draft.places), draft.position, draft.is_on
    row.save()
    publish(OrderSettingsChanged(setting_id=row.pk, kind="delivery"))
    return row


@transaction.atomic
def save_payment(draft: PaymentDraft, *, actor: Actor, public_id: str = "") -> PaymentMethod:
    """Make a way of payment, or change one. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    row: PaymentMethod = _own(PaymentMethod, public_id)
    problems = _named(PaymentMethod, draft.name, row.pk)
    if draft.kind not in PaymentMethod.Kind.values:
        problems["kind"] = _("Choose one of the list.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    row.name, row.kind, row.wants_prepayment = " ".join(draft.name.split()), draft.kind, draft.wants_prepayment
    row.position, row.is_on = draft.position, draft.is_on
    row.save()
    publish(OrderSettingsChanged(setting_id=row.pk, kind="payment"))
    return row


def _own(model: Any, public_id: str) -> Any:  # one of the two kinds of methods
    if not public_id:
        return model()
    found = model.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such way."))
    return found


def _named(model: Any, name: str, pk: int | None) -> dict[str, str]:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 80:
        return {"name": _("A name is needed, of at most %(most)d signs.") % {"most": 80}}
    if model.objects.filter(name=tidy).exclude(pk=pk).exists():
        return {"name": _("There is one of this name already.")}
    return {}


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")


def _is_interval(pair: Sequence[str]) -> bool:
    return len(pair) == 2 and all(_TIME.match(one) for one in pair) and pair[0] < pair[1]
