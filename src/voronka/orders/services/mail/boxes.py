"""The mailboxes to which clients write orders: made, changed, taken away."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.kit import outgoing
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.outgoing import addresses
from voronka.orders.events import OrderSettingsChanged
from voronka.orders.models import MailboxState, OrderMailbox
from voronka.orders.permissions import SET_UP
from voronka.people.services.cleaning import Problems, fit

MOST_BOXES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxDraft:
    """A mailbox as it is wanted; an empty password leaves the one that is kept."""

    host: str
    login: str
    port: int = 993
    password: str = ""
    folder: str = "INBOX"
    minutes: int = 5
    places_itself: bool = False
    answers: bool = False
    is_on: bool = True


def list_boxes(actor: Actor) -> list[MailboxState]:
    """Return the mailboxes with what came of their last look, the oldest first. Raises Denied."""
    actor.require(SET_UP)
    return list(MailboxState.objects.select_related("mailbox").order_by("mailbox_id"))


def get_box(actor: Actor, public_id: str, *, lock: bool = False) -> OrderMailbox:
    """Return a mailbox. Raises Denied, NotFound."""
    actor.require(SET_UP)
    rows = OrderMailbox.objects.select_for_update() if lock else OrderMailbox.objects.all()
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such mailbox."))
    return found


@transaction.atomic
def save_box(*, actor: Actor, draft: BoxDraft, now: datetime, public_id: str = "") -> OrderMailbox:
    """Make a mailbox, or change one; it is looked into at once. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    row = get_box(actor, public_id, lock=True) if public_id else OrderMailbox()
    problems = Problems()
    if not public_id and OrderMailbox.objects.count() >= MOST_BOXES:
        problems.add("host", _("At most %(most)d of them.") % {"most": MOST_BOXES})
    was = (row.host, row.login, row.folder)
    _take(row, draft, problems)
    problems.settle()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        message = _("This mailbox is set up already.")
        raise Invalid(message, fields={"login": message}) from None
    state, _made = MailboxState.objects.get_or_create(mailbox=row)
    if was != (row.host, row.login, row.folder):
        state.last_uid = state.validity = 0
    state.next_at = now if row.is_on else None
    state.save(update_fields=["next_at", "last_uid", "validity"])
    publish(OrderSettingsChanged(setting_id=row.pk, kind="mailbox"), at=now)
    return row


def _take(row: OrderMailbox, draft: BoxDraft, problems: Problems) -> None:
    moved = row.pk is not None and row.host != draft.host.strip()
    for name, most in (("host", 255), ("login", 200), ("folder", 100)):
        setattr(row, name, fit(name, getattr(draft, name), most, problems))
    row.folder = row.folder or "INBOX"
    row.port, row.minutes = draft.port, draft.minutes
    row.places_itself, row.answers, row.is_on = draft.places_itself, draft.answers, draft.is_on
    if not row.folder.isascii() or '"' in row.folder or "\\" in row.folder:
        problems.add("folder", _("Write the name of the folder as the server has it, in Latin letters."))
    if not 1 <= row.minutes <= 1440:
        problems.add("minutes", _("From 1 to 1440 minutes."))
    # A password goes to the server that it was typed for, and to no other.
    row.password = draft.password or (None if moved else row.password)
    if not row.login or not row.password or not row.password.isprintable():
        problems.add("password", _("Write the login and the password of the mailbox."))
    try:
        addresses.judge_host(
            row.host, row.port, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS, resolver=lambda host, port: ["1.1.1.1"]
        )
    except outgoing.OutgoingRefused as refused:
        problems.add("host", outgoing.explain(refused))


@transaction.atomic
def delete_box(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Take a mailbox away; its letters and orders stay. Raises Denied, NotFound."""
    row = get_box(actor, public_id, lock=True)
    publish(OrderSettingsChanged(setting_id=row.pk, kind="mailbox"), at=now)
    row.delete()
