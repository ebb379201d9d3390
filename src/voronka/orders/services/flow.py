"""Orders go from status to status: by hand with what the status asks, and by themselves as goods go."""

import uuid
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound, Refusal
from voronka.kit.steps import BadStep, Effect, Step, StepContext, parse_steps, run_steps, working
from voronka.kit.subjects import Subject
from voronka.orders.models import Order, OrderLine, Status
from voronka.orders.permissions import CHANGE
from voronka.orders.services.cancelling import cancel_locked, end_work
from voronka.orders.services.changing import promised
from voronka.orders.services.locking import holder_of, lock_order
from voronka.orders.services.passing import pass_to
from voronka.orders.services.placing import token_of
from voronka.people import queries as people
from voronka.stock import services as stock

C = TypeVar("C")
# The statuses whose steps run right now: a chain that leads back to one of them would never end.
_on_the_way: ContextVar[frozenset[int]] = ContextVar("orders_on_the_way", default=frozenset())


@dataclass(slots=True)
class OrderOpener:
    """Opens what an order offers to steps (ports.HasOrder)."""

    order: Order

    def order_public_id(self) -> str:
        """Return the public id of the order."""
        return str(self.order.public_id)

    def capability(self, wanted: type[C]) -> C:
        """Return itself where it is of the wanted kind. Raises LookupError."""
        if isinstance(self, wanted):
            return self
        raise LookupError(f"an order offers no {wanted.__name__}")


@again
@transaction.atomic
def set_status(
    public_id: str,
    code: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    answers: Mapping[str, Any] | None = None,
    cause: str = "",
    press: uuid.UUID | None = None,
) -> tuple[Order, list[Effect]]:
    """Bring an order to a status and run its steps in the same transaction; return it and what the steps did.

    `cause` says why in words; `press` is the press that brings it there, whose undo calls letters back. There already:
    nothing happens. Raises Denied, NotFound, Conflict (another version, a way that is not there), Invalid naming what
    the status asks and the order lacks.
    """
    order = lock_order(actor, public_id, CHANGE, version=version)
    status = Status.objects.filter(code=code, is_on=True).first()
    if status is None:
        raise NotFound(_("There is no such status of orders."))
    if order.status_id == status.pk:
        return order, []
    _require_way(order, status, actor)
    if status.pk in _on_the_way.get():
        raise Conflict(
            _("The steps of statuses lead in a circle: mend them in the settings of orders."), code="circle"
        )
    if status.phase == Status.Phase.CANCELLED:
        cancel_locked(order, status, cause or str((answers or {}).get("cause", "")), actor=actor, now=now)
    else:
        _require_ready(order, status)
        if status.phase == Status.Phase.DONE:
            # Nothing leaves a closed order any more: what it held would be held for ever.
            end_work(order, now)
            stock.release(holder_of(order), actor=Actor.system(actor.company_id), now=now)
        pass_to(order, status, actor=actor, now=now, cause=cause)
    effects = _run(order, status, actor=actor, now=now, answers=answers or {}, press=press)
    return order, effects


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of many orders: those that came to the status, and why others did not, by public id."""

    done: Sequence[str]
    refused: Mapping[str, str] = field(default_factory=dict)


def set_status_of_many(public_ids: Sequence[str], code: str, *, actor: Actor, now: datetime, cause: str = "") -> Bulk:
    """Bring many orders to a status, each in a transaction of its own: one that cannot does not stop the others."""
    done, refused = [], {}
    for public_id in dict.fromkeys(public_ids):
        try:
            set_status(public_id, code, actor=actor, now=now, cause=cause)
            done.append(public_id)
        except Refusal as refusal:
            refused[public_id] = refusal.message
    return Bulk(done, refused)


def ways_of(order: Order, actor: Actor) -> list[Status]:
    """Return the statuses that an actor may bring an order to from where it is."""
    if order.phase == "cancelled":
        return []
    roles = _role_of(actor)
    found = Status.objects.filter(is_on=True).exclude(pk=order.status_id).order_by("position", "id")
    return [
        one
        for one in found
        if (not order.status.next or one.code in order.status.next)
        and (not one.roles or roles is None or roles in one.roles)
    ]


def _role_of(actor: Actor) -> str | None:
    """Return the code of the actor's role, None for those whom no role stops: the system, the owner."""
    if actor.employee_id is None:
        return None
    found = next((one for one in accounts.list_employees() if one.pk == actor.employee_id), None)
    return None if found is None or found.role.code == "owner" else found.role.code


def _require_way(order: Order, status: Status, actor: Actor) -> None:
    if order.phase == "cancelled":
        raise Conflict(_("Order № %(number)d is cancelled.") % {"number": order.number}, code="order_cancelled")
    if order.status.next and status.code not in order.status.next:
        raise Conflict(
            _("From “%(was)s” an order does not go to “%(status)s”.")
            % {"was": order.status.name, "status": status.name},
            code="no_way",
        )
    role = _role_of(actor) if status.roles else None
    if role is not None and role not in status.roles:
        raise Denied(_("Your role may not bring orders to “%(status)s”.") % {"status": status.name})


def _require_ready(order: Order, status: Status) -> None:
    """Raise Invalid that names all that the status asks for and the order lacks."""
    lacking = {code: words for code in status.requires if (words := _lacks(order, code))}
    if lacking:
        message = _("“%(status)s”: %(what)s") % {"status": status.name, "what": " ".join(lacking.values())}
        raise Invalid(message, code="not_ready", fields=lacking)


def _lacks(order: Order, code: str) -> str:
    match code:
        case "client_phone":
            has = order.recipient_phone or people.main_phone(order.client_id)
            return "" if has else _("a phone is needed.")
        case "address":
            return "" if order.address else _("an address is needed.")
        case "promised":
            return "" if order.promised_at else _("a promised date is needed.")
        case "paid":
            return "" if order.paid >= order.owed else _("it is not paid in full.")
        case "reserved":
            return "" if not _unreserved(order) else _("not all goods are reserved.")
        case "shipped":
            return "" if not _left(order) else _("not all goods have left.")
    return ""


def _unreserved(order: Order) -> bool:
    held = promised(order)
    rows = OrderLine.objects.filter(order=order, is_goods=True)
    return any(one.quantity - one.shipped > held.get(one.position, 0) for one in rows)


def _left(order: Order) -> bool:
    return any(one.shipped < one.quantity for one in OrderLine.objects.filter(order=order, is_goods=True))


def context_of(
    order: Order, *, actor: Actor, now: datetime, answers: Mapping[str, Any], cause: uuid.UUID, dry: bool = False
) -> StepContext:
    """Return what steps know of an order while they run."""
    return StepContext(
        subject=Subject("order", order.pk), client_id=order.client_id, actor=actor, now=now, cause=cause,
        draft=OrderOpener(order), answers=answers, dry=dry,
        facts=facts_of(order),
    )  # fmt: skip


def facts_of(order: Order) -> Mapping[str, str]:
    """Return what letters and other texts may say of an order."""
    return {
        "title": _("Order № %(number)d") % {"number": order.number}, "number": str(order.number),
        "sum": str(order.total), "to_pay": str(max(order.owed - order.paid, Decimal(0))),
        "status": order.status.name, "status_words": order.status.client_words, "token": token_of(order),
    }  # fmt: skip


def steps_of(status: Status, actor: Actor) -> list[Step]:
    """Return the steps that a status runs. Raises Conflict where one of them is broken."""
    try:
        return working(parse_steps(status.steps), actor)
    except BadStep as error:
        raise Conflict(
            _("A step of “%(status)s” is broken: mend it in the settings of orders.") % {"status": status.name},
            code="bad_step",
        ) from error


def _run(
    order: Order, status: Status, *, actor: Actor, now: datetime, answers: Mapping[str, Any], press: uuid.UUID | None
) -> list[Effect]:
    steps = steps_of(status, actor) if status.steps else []
    if not steps:
        return []
    token = _on_the_way.set(_on_the_way.get() | {status.pk})
    try:
        cause = press or uuid.uuid4()
        effects = run_steps(steps, context_of(order, actor=actor, now=now, answers=answers, cause=cause))
    finally:
        _on_the_way.reset(token)
    order.refresh_from_db()
    return effects
