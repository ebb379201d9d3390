"""Clients are asked: written down when something happened, asked when their hour has come, once and not too often."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.care.events import SurveyAsked, SurveySkipped
from voronka.care.models import Invitation, Response, Survey, SurveyVersion
from voronka.care.queries.surveys import get_rules, version_of
from voronka.care.services.texts import Unwritten, write_email, write_text
from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.kit.rows import each
from voronka.kit.tenancy import current_company_id
from voronka.messaging import queries as messaging
from voronka.messaging.queries.rules import quiet_of
from voronka.messaging.services import letters
from voronka.messaging.services.letters import Origin
from voronka.orders import queries as orders
from voronka.people import queries as people

Channel = Literal["email", "sms"]
BATCH = 100
TOO_LATE = timedelta(days=7)  # of whom the system was off for: nobody is asked about an order of long ago
AGAIN = timedelta(minutes=10)  # who could not be asked is tried again
_SPACE = uuid.UUID("6f1b1d3c-6a0b-4a5e-9d0d-0d3c1f7b9a11")


@dataclass(frozen=True, slots=True)
class About:
    """What a client may be asked about: a thing of his, and who answers for it."""

    client_id: int
    kind: str
    id: int


# --- Written down ---------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(moment: str, about: About, *, at: datetime) -> int:
    """Write down that the surveys of a moment ask about this; told twice, it is one. Returns how many are new."""
    surveys = list(Survey.objects.filter(moment=moment, is_on=True))
    if not surveys or is_off():
        return 0
    known = set(
        Invitation.objects.filter(survey__in=surveys, subject_kind=about.kind, subject_id=about.id).values_list(
            "survey_id", flat=True
        )
    )
    rows = [
        Invitation(
            survey=one, client_id=about.client_id, subject_kind=about.kind, subject_id=about.id, made_at=at,
            due_at=at + timedelta(hours=one.delay_hours),
        )
        for one in surveys
        if one.pk not in known
    ]  # fmt: skip
    Invitation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def companies_due(now: datetime) -> list[int]:
    """Return the companies with somebody to ask."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM care_due(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


# --- Asked ----------------------------------------------------------------------------------------------------------


def ask_due(*, now: datetime) -> int:
    """Ask those of the current company whose hour has come, each in a transaction of his own; return how many."""
    with transaction.atomic():
        due = Invitation.objects.filter(state="waiting", due_at__lte=now).order_by("due_at", "id")
        ids = list(due.values_list("id", flat=True)[:BATCH])
    each(
        ids, lambda pk: _ask(pk, now), words="a client could not be asked", put_off=lambda pk, _why: _put_off(pk, now)
    )
    return len(ids)


@transaction.atomic
def _put_off(pk: int, now: datetime) -> None:
    """Try an invitation again in a while; it is given up a week after its hour."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related("survey").filter(pk=pk).first()
    if row is None or row.state != Invitation.State.WAITING:
        return
    if now - row.made_at - timedelta(hours=row.survey.delay_hours) > TOO_LATE:
        _skip(row, "late", now)
        return
    row.due_at = now + AGAIN
    row.save(update_fields=["due_at"])


@transaction.atomic
def _ask(pk: int, now: datetime) -> None:
    found = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).select_related("survey")
    row = found.filter(pk=pk, state="waiting", due_at__lte=now).first()
    if row is None:
        return
    if row.client_id is None or row.client_id not in people.lock_clients([row.client_id]):
        _skip(row, "no_client", now)
        return
    if code := _why_not(row, now):
        _skip(row, code, now)
        return
    night = _night_ends(row.client_id, now)
    if night is not None:
        row.due_at = night
        row.save(update_fields=["due_at"])
        return
    _write(row, now)


def is_off() -> bool:
    """Tell whether the company has switched surveys off."""
    return "surveys" in accounts.list_modules_off()


def _why_not(row: Invitation, now: datetime) -> str:
    """Return why a client is not asked, empty where he is."""
    if not row.survey.is_on or is_off():
        return "off"
    if now - row.due_at > TOO_LATE:
        return "late"
    if row.subject_kind == "order":
        order = orders.asked_about(row.subject_id)
        if order is None:
            return "no_client"
        if row.survey.moment == "delivered" and order.phase == "cancelled":
            return "cancelled"
        if order.is_rated:
            return "rated"
        same = Invitation.objects.filter(subject_kind="order", subject_id=row.subject_id, channel="site")
        if same.exclude(pk=row.pk).exists():
            return "on_site"
    since = now - timedelta(days=get_rules().again_days)
    asked = Invitation.objects.filter(client=row.client_id, state="asked", asked_at__gt=since)
    return "recently" if asked.exclude(pk=row.pk).exists() else ""


def _night_ends(client_id: int, now: datetime) -> datetime | None:
    """Return when the client's night is over: a survey may wait for the morning whatever the channel's rules are."""
    quiet, zone = quiet_of(messaging.get_gate()), people.zones_of([client_id]).get(client_id, "UTC")
    return quiet.ends_at(now, zone) if quiet is not None and quiet.holds(now, zone) else None


def _channels(row: Invitation, now: datetime) -> tuple[list[Channel], str]:
    """Return the channels that may carry the survey, the best first, and why the first of them may not."""
    wanted: list[Channel] = [
        *(["email"] if row.survey.by_email else []), *(["sms"] if row.survey.by_sms else [])  # type: ignore[list-item]
    ]  # fmt: skip
    open_now: list[Channel] = []
    later: list[Channel] = []
    why = "no_channel"
    for one in wanted:
        verdict = messaging.judge(row.client_id or 0, one, now=now, traffic="service")
        if verdict.kind == "refuse":
            why = verdict.code if why == "no_channel" else why
        else:
            (open_now if verdict.kind == "go" else later).append(one)
    return [*open_now, *later], why


def _write(row: Invitation, now: datetime) -> None:
    row.version = version_of(row.survey)
    row.manager_id = manager_of(row)
    channels, why = _channels(row, now)
    for one in channels:
        try:
            message_id, why = _send(row, row.version, one, now)
        except Unwritten:
            _skip(row, "bad_text", now)
            return
        if message_id is not None:
            row.state, row.channel, row.message_id, row.asked_at = "asked", one, message_id, now
            row.save(update_fields=["state", "channel", "message_id", "asked_at", "version", "manager"])
            publish(told_asked(row), at=now)
            return
    _skip(row, why, now)


def _send(row: Invitation, version: SurveyVersion, channel: Channel, now: datetime) -> tuple[int | None, str]:
    """Plan the letter or the SMS; return its id, or None and why the gate refused it."""
    client_id = row.client_id or 0
    actor = Actor.system(current_company_id(), origin="survey")
    origin = Origin("survey", row.pk, uuid.uuid5(_SPACE, f"{row.public_id}:{channel}"))
    if channel == "email":
        text = write_email(row.survey, version, row, actor)
        made = letters.write_letter(
            actor=actor, client_id=client_id, text=text, origin=origin, now=now, traffic="service", wait_seconds=0
        )
    else:
        words = write_text(row.survey, row, actor)
        made = letters.write_sms(
            actor=actor, client_id=client_id, text=words, origin=origin, now=now, traffic="service", wait_seconds=0
        )
    return (None, made.code) if made.state == "refused" else (made.pk, "")


def manager_of(row: Invitation) -> int | None:
    """Return who answers for the client now, else for the order; those who have left answer for nothing."""
    client = people.client_rows([row.client_id or 0]).get(row.client_id or 0)
    order = orders.asked_about(row.subject_id) if row.subject_kind == "order" else None
    for one in (client.responsible_id if client else None, order.responsible_id if order else None):
        if one is not None and accounts.is_working(one):
            return one
    return None


def told_asked(row: Invitation) -> SurveyAsked:
    """Return what the log is told of one who is asked."""
    return SurveyAsked(invitation_id=row.pk, survey_id=row.survey_id, client_id=row.client_id, channel=row.channel)


def _skip(row: Invitation, code: str, now: datetime) -> None:
    row.state, row.code, row.version = "skipped", code[:40], None
    row.save(update_fields=["state", "code", "version", "manager"])
    if row.client_id is not None and code not in ("no_client", "off"):
        publish(
            SurveySkipped(invitation_id=row.pk, survey_id=row.survey_id, client_id=row.client_id, code=row.code),
            at=now,
        )


@transaction.atomic
def ask_otherwise(message_ids: Sequence[int], *, now: datetime) -> bool:
    """Ask by SMS whom a letter did not reach; told twice, it is one SMS. Returns whether one was planned."""
    found = Invitation.objects.select_for_update(of=("self",)).select_related("survey", "version")
    row = found.filter(message_id__in=message_ids, state="asked", channel="email").first()
    if row is None or row.version is None or not row.survey.by_sms or row.client_id is None:
        return False
    if not row.survey.is_on or is_off():
        return False
    if Response.objects.filter(invitation=row).exists() or row.client_id not in people.lock_clients([row.client_id]):
        return False
    try:
        message_id, _why = _send(row, row.version, "sms", now)
    except Unwritten:
        return False
    if message_id is None:
        return False
    row.channel, row.message_id = "sms", message_id
    row.save(update_fields=["channel", "message_id"])
    publish(told_asked(row), at=now)
    return True


@transaction.atomic
def note_opened(message_id: int, *, at: datetime) -> None:
    """Note that a person opened the letter of a survey, the first time."""
    Invitation.objects.filter(message_id=message_id, opened_at=None).update(opened_at=at)


# --- On the page where one leaves -----------------------------------------------------------------------------------


@transaction.atomic
def invite_left(message_id: int, client_id: int, *, now: datetime, writes: bool) -> Invitation | None:
    """Return the invitation to say why one left, asked on the very page; made when `writes`, once a letter.

    None where no such survey is on, he answered already, or was asked the same not long ago.
    """
    survey = Survey.objects.filter(moment="left", is_on=True).order_by("id").first()
    if survey is None or is_off() or client_id not in people.lock_clients([client_id]):
        return None
    rows = Invitation.objects.select_related("version").filter(survey=survey)
    row = rows.filter(subject_kind="message", subject_id=message_id).first()
    if row is None:
        since = now - timedelta(days=get_rules().again_days)
        if not writes or rows.filter(client_id=client_id, asked_at__gt=since).exists():
            return None
        row = Invitation(
            survey=survey, version=version_of(survey), client_id=client_id, subject_kind="message",
            subject_id=message_id, state="asked", channel="page", due_at=now, asked_at=now, opened_at=now, made_at=now,
        )  # fmt: skip
        row.manager_id = manager_of(row)
        row.save(force_insert=True)
        publish(told_asked(row), at=now)
    return None if Response.objects.filter(invitation=row).exists() else row
