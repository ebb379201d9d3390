"""What the gate has to know, read for many messages at once by a bounded number of statements."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from voronka.kit.db.arrays import Array
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import BlockedAddress, ChannelRules, GateSettings
from voronka.messaging.ports import Readiness, find_channel
from voronka.messaging.queries.pumping import Meter, meter_of
from voronka.messaging.queries.rules import channel_rules, get_gate, quiet_of
from voronka.messaging.rules.gate import Cap, Facts, Quiet
from voronka.messaging.rules.states import WENT
from voronka.people import queries as people


@dataclass(frozen=True, slots=True)
class Asked:
    """A message as the gate is asked about it."""

    client_id: int | None
    address: str
    traffic: str
    cause_kind: str
    planned_for: datetime
    cost: Decimal = Decimal(0)


def address_key(channel: str, address: str) -> str:
    """Return the sign by which an address that is not written to is known; letters of any case are one address."""
    return hashlib.sha256(f"{channel}:{address.strip().casefold()}".encode()).hexdigest()


@dataclass(slots=True)
class Scene:
    """All that the gate knows about the messages of one channel. What was let go meanwhile is noted by `went`."""

    gate: GateSettings
    rules: ChannelRules
    readiness: Readiness
    zones: dict[int, str]
    consents: dict[int, bool]
    blocked: dict[str, str]
    sent: dict[int, list[tuple[datetime, str]]] = field(default_factory=dict)
    meter: Meter | None = None
    keys: dict[str, str] = field(default_factory=dict)
    quiet: Quiet = field(init=False)

    def __post_init__(self) -> None:
        """Know what is the same for all messages."""
        self.quiet = quiet_of(self.gate)

    def went(self, asked: Asked, at: datetime) -> None:
        """Note that a message goes now: an advertising one counts for its client's caps."""
        if asked.client_id is not None and asked.traffic == "advertising" and asked.cause_kind != "test":
            self.sent.setdefault(asked.client_id, []).append((at, self.rules.channel))
        if self.meter is not None:
            self.meter.goes(asked.address, asked.cost)

    def facts(self, asked: Asked) -> Facts:
        """Return what is known of one message. A test goes to the house's own people: only its address is judged."""
        is_test = asked.cause_kind == "test"
        is_service = is_test or asked.traffic == "service"
        is_quiet = not is_test and (asked.traffic == "advertising" or self.rules.is_quiet_for_service)
        return Facts(
            traffic="service" if is_service else "advertising",
            planned_for=asked.planned_for,
            zone=self.zones.get(asked.client_id or 0, "UTC"),
            has_client=is_test or asked.client_id in self.zones,
            has_address=bool(asked.address),
            blocked=self._blocked(asked.address),
            consent=self.consents.get(asked.client_id or 0),
            caps=() if is_service else self._caps(asked.client_id or 0),
            quiet=self.quiet if is_quiet else None,
            is_channel_on=self.rules.is_on,
            is_sending_on=self.gate.is_on,
            is_set_up=self.readiness.is_set_up and self._is_carried(asked.traffic),
            has_budget=self.readiness.has_budget,
            limit=self.meter.limit(asked.address, asked.cost, asked.planned_for) if self.meter is not None else "",
        )

    def _blocked(self, address: str) -> str:
        if not self.blocked:
            return ""
        return self.blocked.get(self.keys.get(address) or address_key(self.rules.channel, address), "")

    def _is_carried(self, traffic: str) -> bool:
        return self.readiness.carries is None or traffic in self.readiness.carries

    def _caps(self, client_id: int) -> list[Cap]:
        sent = self.sent.get(client_id, [])
        caps = [Cap(self.gate.most, self.gate.days, [at for at, _channel in sent])]
        if self.rules.most is not None:
            own = [at for at, channel in sent if channel == self.rules.channel]
            caps.append(Cap(self.rules.most, self.rules.days, own))
        return caps


def scene_of(channel: str, asked: Sequence[Asked], *, now: datetime, takes: bool = False) -> Scene:
    """Read what the gate has to know about messages of a channel: six statements, however many they are.

    SMS are measured against the limits as well; a sender that `takes` them is alone in that till its transaction ends.
    """
    clients = sorted({one.client_id for one in asked if one.client_id is not None})
    to_advertise = sorted({one.client_id for one in asked if one.client_id is not None and one.traffic != "service"})
    gate, rules = get_gate(), channel_rules(channel)
    found = find_channel(channel)
    keys = {one.address: address_key(channel, one.address) for one in asked}
    return Scene(
        gate=gate,
        rules=rules,
        readiness=found.readiness() if found is not None else Readiness(is_set_up=False),
        zones=people.zones_of(clients),
        consents=people.words_on_advertising(to_advertise, channel) if to_advertise else {},
        blocked=dict(
            BlockedAddress.objects.filter(channel=channel, key__any_of=Array(keys.values())).values_list(
                "key", "reason"
            )
        ),
        sent=_sent(to_advertise, max(gate.days, rules.days), now),
        keys=keys,
        meter=meter_of([one.address for one in asked], now=now, holds=takes) if channel == "sms" else None,
    )


# Asked of each client by himself: in a campaign the planner, to whom the table is as small as it was before, would read
# all that went to anybody in these days.
_SENT = """
SELECT asked.id, went.handed_at, went.channel FROM unnest(%s::bigint[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT handed_at, channel FROM messaging_message
    WHERE company_id = %s AND client_id = asked.id AND traffic = 'advertising' AND handed_at > %s
      AND state = ANY (%s) AND cause_kind <> 'test' ORDER BY handed_at OFFSET 0) went
"""


def _sent(clients: Sequence[int], days: int, now: datetime) -> dict[int, list[tuple[datetime, str]]]:
    """Return when and by which channel advertising went to the clients in the last days."""
    found: dict[int, list[tuple[datetime, str]]] = {}
    if clients:
        since = now - timedelta(days=days)
        with connection.cursor() as cursor:
            cursor.execute(_SENT, [Array(clients).literal, current_company_id(), since, list(WENT)])
            for client_id, at, channel in cursor.fetchall():
                found.setdefault(client_id, []).append((at, channel))
    return found
