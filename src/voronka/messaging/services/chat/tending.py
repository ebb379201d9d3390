"""What is done about a visitor who waits, once his line is written: a time to answer, an operator, notices.

Called by listeners, so that the visitor's own request stays short; decides by the rows it finds.
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts.services import notices
from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import ChatOperator, DepartmentMember, Talk, TalkLine
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries.chat import get_chat, hours_now
from voronka.messaging.queries.talks import IN_FOR, operator_ids
from voronka.messaging.rules.waiting import due_after, next_in_turn, working_seconds
from voronka.messaging.services.chat.lines import add_line, lock_talk
from voronka.work import queries as work

NEW, SAID, LATE = "talk_new", "talk_said", "talk_late"


@transaction.atomic
def tend(talk_id: int, *, number: int, now: datetime) -> None:
    """Look after a talk whose visitor has said line `number`, or which has just come to other hands."""
    talk = lock_talk(pk=talk_id)
    if talk is None or talk.waits_since is None or talk.state == "closed" or talk.blocked_at is not None:
        return
    settings, schedule = get_chat(), work.schedule_of(None, accounts.get_company_rules().zone)
    if talk.due_at is None:
        minutes = settings.next_minutes if talk.answered_at else settings.first_minutes
        talk.due_at = due_after(schedule.stretches(talk.waits_since), talk.waits_since, minutes)
    talk.asked_at = talk.asked_at or talk.waits_since
    talk.save(update_fields=["due_at", "asked_at"])
    if talk.owner_id is None and not talk.with_bot and settings.most_talks:
        _give(talk, settings.most_talks, now)
    _tell(talk, now)


def _give(talk: Talk, most: int, now: datetime) -> None:
    """Give a talk to the operator whose turn it is; where none is in, or all have enough, it stays nobody's."""
    people = people_of(talk.department_id)
    present = ChatOperator.objects.filter(is_in=True, seen_at__gt=now - IN_FOR, employee_id__in=people)
    ids = list(present.values_list("employee_id", flat=True))
    held = {
        one["owner_id"]: (one["n"], one["last"])
        for one in Talk.objects.filter(owner_id__in=ids)
        .values("owner_id")
        .annotate(n=Count("id", filter=Q(state="open")), last=Max("given_at"))
    }
    chosen = next_in_turn([(one, *held.get(one, (0, None))) for one in sorted(ids)], most)
    if chosen is None:
        return
    talk.owner_id, talk.given_at = chosen, now
    talk.save(update_fields=["owner", "given_at"])
    name = accounts.employee_names([chosen]).get(chosen, "")
    add_line(talk, by="event", code="given", text=name, now=now)


def people_of(department_id: int | None) -> list[int]:
    """Return the operators of a department; all of them where it has none, or none is named."""
    every = operator_ids()
    if department_id is None:
        return every
    members = set(DepartmentMember.objects.filter(department_id=department_id).values_list("employee_id", flat=True))
    return [one for one in every if one in members] or every


def _tell(talk: Talk, now: datetime) -> None:
    """Tell of one wait once: the owner, else those who are in, else all who serve it; out of hours by a letter too."""
    first = TalkLine.objects.filter(talk=talk, by="visitor", at__gte=talk.waits_since).order_by("number").first()
    if first is None:
        return
    if talk.owner_id is not None:
        reached, code = [talk.owner_id], SAID
    else:
        people, code = people_of(talk.department_id), NEW
        present = ChatOperator.objects.filter(is_in=True, seen_at__gt=now - IN_FOR, employee_id__in=people)
        reached = list(present.values_list("employee_id", flat=True)) or people
    told = notices.notify(
        employee_ids=reached, code=code, subject_kind="talk", subject_id=talk.pk, detail_id=first.number,
        by=None, now=now,
    )  # fmt: skip
    if told and not talk.with_bot and not hours_now(now).is_open:
        for one in reached:
            defer(
                "messaging.talk_letter", of_company=current_company_id(), talk_id=talk.pk, employee_id=one,
                once=f"talk letter {current_company_id()} {talk.pk} {one}",
            )  # fmt: skip


def send_letter(*, talk_id: int, employee_id: int, site: str) -> bool:
    """Write to one operator that a visitor waits; what he wrote stays in the product. Runs inside the company."""
    with transaction.atomic():
        talk = Talk.objects.filter(pk=talk_id).exclude(waits_since=None).first()
        whom = accounts.address_of(employee_id) if talk is not None else None
        company = accounts.get_company_rules().name
    if talk is None or whom is None:
        return False
    address, language = whom
    with translation.override(language):
        subject = _("Somebody waits for an answer in the chat of %(company)s") % {"company": company}
        body = _("He wrote when nobody was at work. Open the talk to answer:")
    send_mail(" ".join(subject.split()), f"{body}\n{site}/talk/{talk.public_id}/?tab=all\n", None, [address])
    return True


@transaction.atomic
def count_first(talk_id: int) -> None:
    """Keep how much working time the first answer of a person took."""
    talk = lock_talk(pk=talk_id)
    if talk is None or talk.answered_at is None or talk.first_seconds is not None:
        return
    asked = talk.asked_at or talk.begun_at
    schedule = work.schedule_of(None, accounts.get_company_rules().zone)
    talk.first_seconds = working_seconds(schedule.stretches(asked), asked, talk.answered_at)
    talk.asked_at = asked
    talk.save(update_fields=["first_seconds", "asked_at"])


def companies_late(now: datetime) -> list[int]:
    """Return the companies with a talk whose time to be answered is over and nobody was told."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM messaging_talks_late(%s)", [now])
        return [company for (company,) in cursor.fetchall()]


@transaction.atomic
def warn_late(*, now: datetime, most: int = 100) -> int:
    """Tell of talks whose time is over, once each: whoever has them, and those who set the chat up. Return how many."""
    late = Talk.objects.select_for_update(skip_locked=True).filter(due_at__lte=now, warned_at=None)
    rows = list(late.order_by("due_at")[:most])
    heads = watchers() if rows else []
    for talk in rows:
        talk.warned_at = now
        talk.save(update_fields=["warned_at"])
        own = [talk.owner_id] if talk.owner_id is not None else []
        notices.notify(
            employee_ids=[*own, *heads], code=LATE, subject_kind="talk", subject_id=talk.pk,
            detail_id=talk.last_number, by=None, now=now,
        )  # fmt: skip
        add_line(talk, by="event", code="late", now=now)
    return len(rows)


def watchers() -> Sequence[int]:
    """Return those who look after the chat as a whole."""
    return accounts.employees_who_may(SET_UP_CHAT)
