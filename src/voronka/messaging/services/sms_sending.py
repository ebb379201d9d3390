"""SMS as a channel: providers stand in for one another in their order, and each says what it did with a message.

What a provider surely has not sent goes to the next one; what he may have sent goes to nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import structlog
from django.db import transaction

from voronka.messaging.models import SmsProvider, SmsSender
from voronka.messaging.ports import Handed, Outgoing, Readiness, sms_kinds
from voronka.messaging.rules.sms import count
from voronka.messaging.services import sms_receiving
from voronka.messaging.services.sms_links import speak_with

log = structlog.get_logger(__name__)

CHUNK = 50
SANDBOX_SENDER = "Voronka"
# The rest was refused or stopped: what was taken is paid for.
PARTIAL = "partial"
# Refused for good by one provider and yet surely not sent: another one may have a way.
_ELSEWHERE = frozenset({"no_route"})


@dataclass(frozen=True, slots=True)
class Way:
    """A provider with the name that messages of a kind bear there."""

    provider: SmsProvider
    sender: str


def list_ways() -> dict[str, list[Way]]:
    """Return the ways of each kind of messages, in the order in which they stand in for one another."""
    rows = list(SmsProvider.objects.filter(is_on=True).order_by("position", "id"))
    names: dict[tuple[int, str], str] = {}
    registered = list(SmsSender.objects.filter(state=SmsSender.State.REGISTERED).order_by("-operator", "id"))
    for one in (*registered, *sorted((each for each in registered if each.operator == "all"), key=_newest_first)):
        names[one.provider_id, one.traffic] = one.name
    found: dict[str, list[Way]] = {"service": [], "advertising": []}
    kinds = sms_kinds()
    for row in (one for one in rows if one.kind in kinds):
        for traffic, is_carried in (("service", row.for_service), ("advertising", row.for_advertising)):
            sender = names.get((row.pk, traffic), "" if kinds[row.kind].is_real else SANDBOX_SENDER)
            if is_carried and sender:
                found[traffic].append(Way(row, sender))
    return found


def _newest_first(sender: SmsSender) -> int:
    return -sender.pk


def readiness() -> Readiness:
    """Tell which kinds of messages have a provider with a registered name."""
    carries = frozenset(traffic for traffic, ways in list_ways().items() if ways)
    return Readiness(is_set_up=bool(carries), carries=carries)


class Sms:
    """The channel."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over, those of each kind by its own ways."""
        with transaction.atomic():
            ways = list_ways()
        for traffic in sorted({one.traffic for one in batch}):
            yield from self._by_ways([one for one in batch if one.traffic == traffic], ways.get(traffic, []))

    def _by_ways(self, batch: Sequence[Outgoing], ways: Sequence[Way]) -> Iterator[Handed]:
        left = {one.message_id: one for one in batch}
        told = {one: Handed(one, "retry", code="provider_down") for one in left}
        for way in ways:
            for late in [one for one in left.values() if one.is_late()]:
                del left[late.message_id]
                yield late.night()
            if not left:
                return
            open_ids = set(left)
            sent = [replace(one, sender=way.sender) for one in left.values()]
            try:
                with speak_with(way.provider) as gateway:
                    for burst in gateway.bursts(sent):
                        answers = {one.message_id: one for one in reversed(burst) if one.message_id in open_ids}
                        noted = [self._noted(way, one, left[pk]) for pk, one in answers.items()]
                        self._keep(way, noted)
                        open_ids.difference_update(answers)  # only now: what breaks before is unknown, not unsent
                        for answer in noted:
                            told[answer.message_id] = answer
                            if not _goes_on(answer):
                                del left[answer.message_id]
                                yield answer
            except Exception as error:  # noqa: BLE001 - what it did with the unanswered ones is not known
                log.warning("a provider of SMS broke", kind=way.provider.kind, reason=type(error).__name__)
            # What it did not answer for is unknown: the sender says so, and no other provider gets it.
            for one in open_ids:
                left.pop(one, None)
        yield from (told[one] for one in left)

    def _noted(self, way: Way, answer: Handed, message: Outgoing) -> Handed:
        """Complete an answer."""
        parts = answer.parts or len(count(message.text).parts)
        cost = answer.cost
        if cost is None and way.provider.price is not None and answer.state in ("accepted", "unknown"):
            paid = max(len(answer.part_ids), 1) if answer.code == PARTIAL else parts
            cost = (way.provider.price * paid).quantize(Decimal("0.0001"))
        return replace(answer, provider=way.provider.public_id, parts=parts, cost=cost)

    def _keep(self, way: Way, answers: Sequence[Handed]) -> None:
        """Keep by which numbers the messages may be told of."""
        gone = [one for one in answers if one.state in ("accepted", "unknown")]
        if gone:
            sms_receiving.keep_parts(way.provider, gone, now=self._clock())


def _goes_on(answer: Handed) -> bool:
    """Tell whether another provider may try: surely nothing has left, and nobody minds another way."""
    return answer.state == "retry" or (answer.state == "rejected" and answer.code in _ELSEWHERE)
