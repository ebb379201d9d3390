"""Asking providers: how messages stand, what subscribers wrote, how much money is left. Outside of transactions."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts import services as employees
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import SmsAnswer, SmsBalance, SmsPart, SmsProvider
from voronka.messaging.permissions import SET_UP_SMS
from voronka.messaging.ports import Refused, Silent, sms_kinds
from voronka.messaging.rules.forecast import LOOKED_BACK, forecast
from voronka.messaging.services import sms_answers, sms_receiving
from voronka.messaging.services.sms_links import speak_with
from voronka.work import services as work

log = structlog.get_logger(__name__)

# When to ask again: most are delivered at once, phones that are off within three days.
AGAIN = tuple(
    timedelta(minutes=one) for one in (2, 5, 15, 60, 180, 360, 720, 1440, 1440)
)  # fmt: skip
BATCH = 100
BALANCE_HOLDS = timedelta(minutes=50)
LOW = "sms_money"
# A request to pay in is a task for a day, or for less when the money ends sooner.
TO_PAY, SHORTEST_TO_PAY = timedelta(days=1), timedelta(hours=2)


def companies_due(now: datetime) -> list[int]:
    """Return the companies with an SMS to be asked after, or a receipt that waits for its message."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM messaging_sms_due(%s)", [now])
        return [company for (company,) in cursor.fetchall()]


def ask_due(*, now: datetime) -> int:
    """Ask how the messages stand whose time has come; return how many were asked after."""
    by_provider: dict[int, list[SmsPart]] = defaultdict(list)
    for one in _taken(now):
        by_provider[one.provider_id].append(one)
    for parts in by_provider.values():
        with speak_with(parts[0].provider) as gateway:
            for part in parts:
                try:
                    told = gateway.status(part.message_id, part.number, part.message.address)
                except (Refused, Silent) as error:
                    log.info("a provider of SMS says nothing of a message", code=error.code)
                    continue
                if told is not None:
                    sms_receiving.take_state(part, told, now=now)
    return sum(map(len, by_provider.values()))


@transaction.atomic
def _taken(now: datetime) -> list[SmsPart]:
    """Take what is to be asked after; whatever breaks, it is asked after again at the next hour of the row."""
    due = SmsPart.objects.select_for_update(skip_locked=True, of=("self",)).filter(ask_at__lte=now)
    rows = list(due.select_related("provider", "message").order_by("ask_at", "id")[:BATCH])
    for one in rows:
        one.ask_at = now + AGAIN[one.asked] if one.asked < len(AGAIN) else None
        one.asked += 1
    SmsPart.objects.bulk_update(rows, ["ask_at", "asked"])
    return rows


@transaction.atomic
def ask_soon(provider_id: int, number: str, *, now: datetime) -> bool:
    """Have a message asked after at once, since its provider has a word of it; return whether it is known."""
    found = SmsPart.objects.filter(provider_id=provider_id, number=number, ask_at__isnull=False)
    return bool(number) and bool(found.update(ask_at=now))


def order_answers(company_id: int, provider_id: int) -> None:
    """Put off a look for answers at a provider; once, however often it is wanted meanwhile."""
    defer(
        "messaging.sms_answers", of_company=company_id, of_provider=provider_id, once=f"sms answers {provider_id}"
    )  # fmt: skip


def ask_answers(provider_id: int, *, now: datetime) -> int:
    """Ask a provider what subscribers wrote since the last time; return how much was new."""
    with transaction.atomic():
        provider = SmsProvider.objects.filter(pk=provider_id, is_on=True).first()
        numbers = SmsAnswer.objects.filter(provider_id=provider_id).order_by("-id").values_list("number", flat=True)
        known = [int(one) for one in numbers[:BATCH] if one.isascii() and one.isdecimal()]
    if provider is None or not sms_kinds()[provider.kind].tells_answers:
        return 0
    with speak_with(provider) as gateway:
        try:
            told = gateway.incoming(max(known, default=0))
        except (Refused, Silent) as error:
            log.info("a provider of SMS says nothing of answers", code=error.code)
            return 0
    new = 0
    for one in told:
        with transaction.atomic():
            new += sms_answers.take_answer(provider, one, now=now) is not None
    return new


def watch_balance(provider_id: int, *, now: datetime) -> bool:
    """Read what is left at a provider, if nobody has lately; tell those who set SMS up when it falls under the line.

    Return whether they were told.
    """
    with transaction.atomic():
        provider = SmsProvider.objects.filter(pk=provider_id, is_on=True).first()
        last = SmsBalance.objects.filter(provider_id=provider_id).order_by("-at", "-id").first()
    if provider is None or not sms_kinds()[provider.kind].tells_money:
        return False
    if last is not None and last.at > now - BALANCE_HOLDS:
        return False
    with speak_with(provider) as gateway:
        try:
            amount = gateway.balance()
        except (Refused, Silent) as error:
            log.info("a provider of SMS says nothing of money", code=error.code)
            return False
    if amount is None:
        return False
    with transaction.atomic():
        row = SmsBalance.objects.create(provider=provider, amount=amount.quantize(Decimal("0.01")), at=now)
        return _tell_if_low(provider, row, last)


def _tell_if_low(provider: SmsProvider, row: SmsBalance, last: SmsBalance | None) -> bool:
    """Tell once when the money goes under the line, not at every reading below it."""
    line = provider.low_money
    if line is None or row.amount >= line or (last is not None and last.amount < line):
        return False
    watchers = accounts.employees_who_may(SET_UP_SMS)
    told = employees.notify(
        employee_ids=watchers, code=LOW, subject_kind="sms_provider", subject_id=provider.pk, detail_id=row.pk,
        by=None, now=row.at,
    )  # fmt: skip
    _ask_to_top_up(provider, row)
    return bool(told)


def _ask_to_top_up(provider: SmsProvider, row: SmsBalance) -> None:
    """Set a task to pay in, for the one who does it; a person who has left the company is asked no more."""
    rules, payer = accounts.get_company_rules(), provider.top_up_by_id
    if provider.top_up is None or payer is None or not accounts.is_working(payer):
        return
    read = SmsBalance.objects.filter(provider=provider, at__gte=row.at - LOOKED_BACK).order_by("at", "id")
    known = forecast([(one.at, one.amount) for one in read], row.at)
    ends = known.ends_at if known is not None else None
    with translation.override(rules.language):
        left, wanted = (wording.money(one, "RUB", rules.language) for one in (row.amount, provider.top_up))
        why = _("%(left)s are left.") % {"left": left}
        if ends is not None:
            day = wording.short_day(ends.astimezone(ZoneInfo(rules.zone)).date(), rules.language)
            why += " " + _("At the pace of these days that lasts till %(day)s.") % {"day": day}
        title = _("Pay %(sum)s in for SMS: %(provider)s") % {"sum": wanted, "provider": provider.name}
        due_at = min(row.at + TO_PAY, max(ends or row.at + TO_PAY, row.at + SHORTEST_TO_PAY))
        draft = work.TaskDraft(title=title, employee_id=payer, due_at=due_at, why=why)
        work.set_task(actor=Actor.system(current_company_id(), origin="sms"), draft=draft, now=row.at)
