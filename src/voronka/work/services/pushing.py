"""Telling an employee's devices: which he has given, what is written down for them, and the hand-over of one notice."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts.queries.notices import tell_one
from voronka.accounts.services import sign_ins
from voronka.kit import outbox, webpush
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.tenancy import current_company_id
from voronka.work import queries
from voronka.work.models import PushDevice, Reminder
from voronka.work.queries.reminders import habit_of, standing, tell
from voronka.work.queries.words import row
from voronka.work.rules.reminders import may_push

CHANNEL = "push"
# A device that was off hears of it for so long; afterwards it stands in the list of what was missed.
LASTS = timedelta(hours=4)
MOST_DEVICES = 10
LONGEST_ADDRESS = 1_000
WHAT, MORE = 120, 300


@dataclass(frozen=True, slots=True)
class Given:
    """What a browser gives to be told through: its subscription, and how it names itself."""

    endpoint: str
    point: str
    secret: str
    agent: str = ""


# -- devices ------------------------------------------------------------------------------------------------------


def list_devices(actor: Actor) -> list[PushDevice]:
    """Return the devices of the actor's that are told, the newest first."""
    return list(PushDevice.objects.filter(employee_id=actor.person_id).order_by("-id"))


@transaction.atomic
def add_device(*, actor: Actor, given: Given, sign_in: str, now: datetime) -> PushDevice:
    """Tell a device of the actor's from now on, as long as this sign-in stands. Repeated, it renews the keys.

    Raises Invalid for what no browser gives. Of more than ten devices the oldest is forgotten.
    """
    _check(given)
    told = {
        "endpoint": given.endpoint,
        "point": given.point,
        "secret": given.secret,
        "sign_in": sign_in,
        "agent": given.agent[:200],
    }
    device, _made = PushDevice.objects.update_or_create(
        employee_id=actor.person_id,
        sign=hashlib.sha256(given.endpoint.encode()).hexdigest(),
        defaults=told,
        create_defaults={**told, "made_at": now},
    )
    kept = PushDevice.objects.filter(employee_id=actor.person_id).order_by("-id").values_list("id", flat=True)
    PushDevice.objects.filter(pk__in=list(kept[MOST_DEVICES:])).delete()
    return device


def _check(given: Given) -> None:
    is_open = given.endpoint.startswith("http://") and settings.ALLOW_PRIVATE_WEBHOOKS
    try:
        if len(given.endpoint) > LONGEST_ADDRESS or not (given.endpoint.startswith("https://") or is_open):
            raise webpush.Unusable("address")
        webpush.read_subscription(given.endpoint, given.point, given.secret)
    except webpush.Unusable as error:
        message = _("This browser gave no address to be told at. Update it, or use another.")
        raise Invalid(message, fields={"endpoint": message}) from error


@transaction.atomic
def drop_device(*, actor: Actor, public_id: str) -> None:
    """Tell a device no more. Raises NotFound."""
    found = PushDevice.objects.filter(employee_id=actor.person_id, public_id=public_id)
    if not public_id.isalnum() or not found.delete()[0]:
        raise NotFound(_("There is no such device."))


# -- what is told -------------------------------------------------------------------------------------------------


@transaction.atomic
def push(employee_id: int, of: str, row_id: int, *, kind: str, now: datetime) -> int:
    """Write down that an employee's devices are to be told of a reminder or a notice; return how many are.

    `of` is reminder, notice or try. Out of his working hours only what is timed goes, unless he wants all.
    """
    devices = list(PushDevice.objects.filter(employee_id=employee_id).values_list("id", flat=True))
    if not devices:
        return 0
    person = next((one for one in accounts.list_employees() if one.pk == employee_id), None)
    if person is None:
        return 0
    schedule = queries.schedule_of(employee_id, person.zone)
    if of != "try" and not may_push(kind, now, schedule, is_always=habit_of(employee_id).push_always):
        return 0
    for device in devices:
        payload = {"device": device, "of": of, "row": row_id}
        outbox.post(CHANNEL, payload, subject=("employee", employee_id), send_after=now)
    return len(devices)


def try_devices(*, actor: Actor, now: datetime) -> int:
    """Write a word to all of the actor's devices, to see that it comes; return how many there are."""
    return push(actor.person_id, "try", 0, kind="own", now=now)


def hand_over(device_id: int, of: str, row_id: int, *, posted_at: datetime, now: datetime) -> None:
    """Tell one device, outside of any transaction; nothing is told that was dealt with meanwhile or has grown old.

    A device whose sign-in has ended, or that its push service knows no more, is forgotten. Raises webpush.Later, and
    ValueError when the service can never take it.
    """
    with transaction.atomic():
        device = PushDevice.objects.filter(pk=device_id).first()
        if device is None or now - posted_at > LASTS:
            return
        if device.sign_in not in sign_ins.standing_marks(device.employee_id):
            device.delete()
            return
        text = _text(device.employee_id, of, row_id)
        to = webpush.read_subscription(device.endpoint, device.point, device.secret)
    if text is None:
        return
    try:
        webpush.send(
            to,
            json.dumps(text, ensure_ascii=False).encode(),
            topic=text["tag"][:32],
            seconds=int(LASTS.total_seconds()),
            urgent=of != "notice",
            now=now,
            allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
        )
    except webpush.Gone:
        PushDevice.objects.filter(pk=device_id).delete()
    else:
        PushDevice.objects.filter(pk=device_id).update(told_at=now)


def _text(employee_id: int, of: str, row_id: int) -> dict[str, str] | None:
    """Return what the device shows, in the person's language and by his rights; None when there is nothing to tell."""
    person = next((one for one in accounts.list_employees() if one.pk == employee_id), None)
    if person is None:
        return None
    language = person.user.language
    actor = accounts.find_actor(current_company_id(), employee_id, language=language, origin="push")
    if actor is None:
        return None
    with translation.override(language):
        if of == "try":
            return _said(
                _("Voronka"), _("Reminders will come to this device like this."), reverse("work:reminders"), "try"
            )
        if of == "notice":
            shown = tell_one(actor, row_id)
            return _said(shown.told.what, shown.told.more, shown.told.url, shown.notice.public_id) if shown else None
        found = standing(employee_id).select_related("task", "mate").filter(pk=row_id).first()
        return _of_reminder(actor, found) if found is not None else None


def _of_reminder(actor: Actor, reminder: Reminder) -> dict[str, str]:
    shown = row(tell(actor, [reminder])[0], actor, reminder.due_at)
    return _said(str(shown["what"]), str(shown["more"]), str(shown["url"]), reminder.public_id)


def _said(what: str, more: str, url: str, tag: str) -> dict[str, str]:
    return {"title": what[:WHAT], "body": more[:MORE], "url": url or reverse("work:reminders"), "tag": tag}
