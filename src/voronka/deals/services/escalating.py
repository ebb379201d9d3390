"""Escalation of new deals that nobody answers: first the head hears of it, then somebody else gets the deal.

Each step is taken once: the row of the wait is locked and read again before it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import AnswerWatch, Deal, PipelineMember
from voronka.deals.permissions import ASSIGN
from voronka.deals.rules.sharing import Decision, Hours, Rule, Way, decide
from voronka.deals.services.locking import calling_hours
from voronka.deals.services.opening import shared_events
from voronka.deals.services.passing import pass_deal
from voronka.deals.services.sharing import Case, Sharer, people_now
from voronka.deals.services.watching import GIVEN_ON, HEAD_TOLD, is_answered, next_due, settle
from voronka.kit.events import publish
from voronka.kit.rows import each
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.work import queries as work
from voronka.work import services as reminders

BATCH = 200
IN_HAND = timedelta(minutes=1)  # how long a step waits while somebody has the client in hand


def companies_late(now: datetime) -> list[int]:
    """Return the companies in which a new deal waits too long."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM deals_companies_late(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


def escalate_company(company_id: int, *, now: datetime) -> int:
    """Take the steps that are due in a company; return how many were taken. Safe with any number of workers."""
    with company_context(company_id, origin="answers"):
        with transaction.atomic():
            due = AnswerWatch.objects.filter(settled_at=None, due_at__lte=now, step__lt=GIVEN_ON)
            deals = dict(due.order_by("due_at", "id").values_list("id", "deal_id")[:BATCH])
        taken = tell_of_inbox(now=now)
        return taken + each(
            deals, lambda pk: escalate(pk, deals[pk], now=now), words="a wait for an answer could not be escalated"
        )


@transaction.atomic
def tell_of_inbox(*, now: datetime) -> int:
    """Tell the heads of requests that wait to be sorted for too long, each once; return how many were told of."""
    leads = people.untold(now=now)
    heads = heads_of(None) if leads else []
    for lead in leads:
        minutes = int((now - lead.at).total_seconds() // 60)
        key = f"{_key_of_lead(lead.pk)}late"
        reminders.notify_of_task("answer", heads, key=key, task_id=0, text=str(minutes), now=now)
    return len(leads)


@transaction.atomic
def forget_lead(lead_id: int) -> int:
    """Drop what the heads were told of a request that somebody has sorted; return how many had not dealt with it."""
    return reminders.drop_by_key(_key_of_lead(lead_id))


def _key_of_lead(lead_id: int) -> str:
    return f"inbox:{lead_id}:"


@transaction.atomic
def escalate(watch_id: int, deal_id: int, *, now: datetime) -> bool:
    """Take the next step of one wait; False where somebody was quicker, or it is over."""
    deal = (
        Deal.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("client", "pipeline", "company")
        .filter(pk=deal_id)
        .first()
    )
    if deal is None:
        return False  # somebody presses on it at this moment: the next sweep looks again
    watch = AnswerWatch.objects.select_for_update().filter(pk=watch_id, settled_at=None, due_at__lte=now).first()
    if watch is None or watch.step >= GIVEN_ON:
        return False
    if deal.state != Deal.State.OPEN or is_answered(deal, watch):
        how = AnswerWatch.Settled.CLOSED if deal.state != Deal.State.OPEN else AnswerWatch.Settled.ANSWERED
        settle(watch, how, now=now)
        return False
    if work.find_holder(deal.client_id, now=now) is not None:
        watch.due_at = now + IN_HAND
        watch.save(update_fields=["due_at"])
        return False
    if watch.step == 0:
        _tell_heads(deal, watch, now)
        watch.step = HEAD_TOLD
    else:
        _give_on(deal, watch, now)
        watch.step = GIVEN_ON
    watch.due_at = next_due(deal, calling_hours(deal), now)
    watch.save(update_fields=["step", "due_at"])
    publish(
        events.AnswerLate(
            deal_id=deal.pk, client_id=deal.client_id, step=watch.step, waited_minutes=waited_minutes(watch, now)
        ),
        at=now,
    )
    return True


def waited_minutes(watch: AnswerWatch, now: datetime) -> int:
    """Return how long a deal has waited since its client might be called."""
    return max(0, int((now - watch.starts_at).total_seconds() // 60))


def _tell_heads(deal: Deal, watch: AnswerWatch, now: datetime) -> None:
    _tell(deal, watch, HEAD_TOLD, heads_of(deal), now)


def _tell(deal: Deal, watch: AnswerWatch, step: int, to: Sequence[int], now: datetime) -> None:
    reminders.notify_of_task(
        "answer",
        to,
        key=f"answer:{watch.pk}:{step}",
        task_id=deal.open_task_id or 0,
        text=str(waited_minutes(watch, now)),
        now=now,
    )


def heads_of(deal: Deal | None) -> list[int]:
    """Return who hears of a late answer: the heads who give deals to people, else the owner; not who has the deal."""
    able = set(accounts.employees_who_may(ASSIGN)) - {deal.responsible_id if deal is not None else None}
    found = [(one.role.code, one.pk) for one in accounts.list_employees() if one.pk in able]
    heads = [pk for code, pk in found if code == "head"]
    return heads or [pk for code, pk in found if code == "owner"]


def _give_on(deal: Deal, watch: AnswerWatch, now: datetime) -> None:
    """Give the deal to the next free person of its pipeline's rules, else to the least busy one at work."""
    besides = [] if deal.responsible_id is None else [deal.responsible_id]
    sharer = Sharer.of(deal.pipeline_id, now=now, lock=True, besides=besides)
    decision = sharer.decide(Case(deal.client_id, deal.source, deal.sum))
    sharer.save()
    if decision.employee_id is None or not _is_at_work(sharer, decision):
        decision = _least_busy(deal, besides, now)
    if decision.employee_id is None:
        return
    pass_deal(deal, decision.employee_id, now=now)
    publish(*shared_events(deal, decision, why="escalation"), at=now)
    _tell(deal, watch, GIVEN_ON, [decision.employee_id], now)


def _is_at_work(sharer: Sharer, decision: Decision) -> bool:
    person = sharer.people.get(decision.employee_id or 0)
    return person is not None and person.is_working


def _least_busy(deal: Deal, besides: Sequence[int], now: datetime) -> Decision:
    members = list(PipelineMember.objects.filter(pipeline_id=deal.pipeline_id).values_list("employee_id", flat=True))
    around = people_now(now, besides)
    return decide([Rule(0, Way.LOAD, Hours.NOW)], around, members)
