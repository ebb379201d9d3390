"""The wait of a new deal for its first answer: when it began to count, and when the next step is due."""

from datetime import datetime, timedelta

from voronka.accounts import queries as accounts
from voronka.deals.models import AnswerWatch, Deal, Press
from voronka.work import queries as work
from voronka.work import services as reminders
from voronka.work.queries import CallingHours

HEAD_TOLD, GIVEN_ON = 1, 2


def start_watch(deal: Deal, hours: CallingHours, *, asked_at: datetime, now: datetime) -> None:
    """Watch a deal that somebody waits in; the clock goes only while he may be called and the company works."""
    company = work.schedule_of(None, accounts.get_company_rules().zone)
    starts_at = work.next_shared_moment(hours, company, now)
    due_at = work.after_shared_minutes(hours, company, starts_at, deal.pipeline.answer_minutes)
    AnswerWatch.objects.create(deal=deal, asked_at=asked_at, starts_at=starts_at, due_at=due_at)


def put_off(deal: Deal, hours: CallingHours, at: datetime) -> None:
    """Let the open wait of a deal count from the hour that its client has named: nobody is late before it."""
    watch = AnswerWatch.objects.select_for_update().filter(deal=deal, settled_at=None).first()
    if watch is None:
        return
    company = work.schedule_of(None, accounts.get_company_rules().zone)
    watch.starts_at = work.next_shared_moment(hours, company, at)
    watch.due_at = work.after_shared_minutes(hours, company, watch.starts_at, deal.pipeline.answer_minutes)
    watch.save(update_fields=["starts_at", "due_at"])
    reminders.drop_by_key(f"answer:{watch.pk}:")


def next_due(deal: Deal, hours: CallingHours, now: datetime) -> datetime:
    """Return when the next step falls due, counted from now."""
    company = work.schedule_of(None, accounts.get_company_rules().zone)
    return work.after_shared_minutes(hours, company, now, deal.pipeline.answer_minutes)


def is_answered(deal: Deal, watch: AnswerWatch) -> bool:
    """Tell whether a press on the deal stands since its client asked."""
    return Press.objects.filter(deal=deal, at__gte=watch.asked_at - timedelta(minutes=1), undone_at=None).exists()


def settle(watch: AnswerWatch, how: AnswerWatch.Settled, *, now: datetime) -> None:
    """End a wait; what was told to people of it is dropped."""
    watch.settled, watch.settled_at = how, now
    watch.save(update_fields=["settled", "settled_at"])
    reminders.drop_by_key(f"answer:{watch.pk}:")


def settle_deal(deal_id: int, *, now: datetime) -> bool:
    """End the wait of a deal that somebody has worked on, or that was closed; nothing where none is open."""
    watch = AnswerWatch.objects.select_for_update().filter(deal_id=deal_id, settled_at=None).first()
    if watch is None:
        return False
    deal = Deal.objects.get(pk=deal_id)
    if is_answered(deal, watch):
        settle(watch, AnswerWatch.Settled.ANSWERED, now=now)
    elif deal.state != Deal.State.OPEN:
        settle(watch, AnswerWatch.Settled.CLOSED, now=now)
    return watch.settled_at is not None


def wait_again(deal_id: int) -> bool:
    """Let a deal wait again whose only answer was taken back."""
    deal = Deal.objects.filter(pk=deal_id, state=Deal.State.OPEN).first()
    if deal is None or AnswerWatch.objects.filter(deal_id=deal_id, settled_at=None).exists():
        return False
    watch = AnswerWatch.objects.select_for_update().filter(deal_id=deal_id).order_by("-id").first()
    if watch is None or is_answered(deal, watch):
        return False
    watch.settled, watch.settled_at = "", None
    watch.save(update_fields=["settled", "settled_at"])
    return True
