"""What the pages of SMS show."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from voronka.messaging.models.sms import SmsAnswer, SmsBalance, SmsProvider, SmsSender, SmsTry
from voronka.messaging.ports import sms_kinds
from voronka.messaging.rules import launch
from voronka.messaging.rules.forecast import LOOKED_BACK, Forecast, forecast

SHOWN_TRIES = 30
SHOWN_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class ProviderState:
    """A provider with what is known of its money; `is_low` says that it is under the line drawn for it."""

    row: SmsProvider
    kind_name: str
    tells_money: bool
    money: Forecast | None
    read_at: datetime | None
    is_low: bool
    senders: tuple[SmsSender, ...]
    carries: tuple[str, ...] = ()


def list_providers(now: datetime) -> list[ProviderState]:
    """Return the providers in the order in which they stand in for one another, by three statements."""
    rows = list(SmsProvider.objects.order_by("-is_on", "position", "id"))
    readings: dict[int, list[SmsBalance]] = defaultdict(list)
    for one in SmsBalance.objects.filter(at__gt=now - 2 * LOOKED_BACK).order_by("at", "id"):
        readings[one.provider_id].append(one)
    senders: dict[int, list[SmsSender]] = defaultdict(list)
    for sender in SmsSender.objects.order_by("name", "operator"):
        senders[sender.provider_id].append(sender)
    return [_state(row, readings[row.pk], senders[row.pk], now) for row in rows]


def _state(row: SmsProvider, read: list[SmsBalance], senders: list[SmsSender], now: datetime) -> ProviderState:
    kind = sms_kinds()[row.kind]
    money = forecast([(one.at, one.amount) for one in read], now)
    is_low = money is not None and row.low_money is not None and money.left < row.low_money
    read_at = read[-1].at if read else None
    kinds = (("service", row.for_service), ("advertising", row.for_advertising))
    carries = tuple(name for name, is_carried in kinds if is_carried)
    return ProviderState(row, str(kind.name), kind.tells_money, money, read_at, is_low, tuple(senders), carries)


def find_provider(public_id: str) -> SmsProvider | None:
    """Return a provider by its public id."""
    return SmsProvider.objects.select_related("top_up_by").filter(public_id=public_id).first()


def list_tries() -> list[SmsTry]:
    """Return the last messages that were sent to try."""
    return list(SmsTry.objects.select_related("provider", "employee").order_by("-id")[:SHOWN_TRIES])


def answers_by_id(ids: Sequence[int]) -> dict[int, SmsAnswer]:
    """Return answers of subscribers by id; unknown ids are left out."""
    return SmsAnswer.objects.in_bulk(ids)


def balances_by_id(ids: Sequence[int]) -> dict[int, SmsBalance]:
    """Return readings of balances by id, with their providers."""
    return SmsBalance.objects.select_related("provider").in_bulk(ids)


def list_answers(*, after: int | None = None) -> list[SmsAnswer]:
    """Return the newest answers of subscribers, one more than a page holds; those with an id under `after`."""
    rows = SmsAnswer.objects.select_related("provider")
    return list((rows if after is None else rows.filter(pk__lt=after)).order_by("-id")[: SHOWN_ANSWERS + 1])


def launch_points(now: datetime) -> list[launch.Point]:
    """Return the launch checklist as things stand."""
    providers = [_for_launch(one) for one in list_providers(now) if one.row.is_on]
    tries = [
        launch.Try(one.state, one.parts, one.alphabet, one.made_at)
        for one in SmsTry.objects.filter(made_at__gt=now - launch.FRESH).order_by("-id")[:500]
    ]
    return launch.check(providers, tries, now)


def _for_launch(one: ProviderState) -> launch.Provider:
    kind = sms_kinds()[one.row.kind]
    registered = [sender for sender in one.senders if sender.state == SmsSender.State.REGISTERED]
    return launch.Provider(
        is_real=kind.is_real,
        traffic=frozenset(one.carries),
        is_safe=kind.is_safe(one.row.settings),
        tells_money=one.tells_money,
        has_limit=one.row.low_money is not None,
        money_read_at=one.read_at,
        senders=frozenset((sender.name, sender.traffic) for sender in registered),
    )
