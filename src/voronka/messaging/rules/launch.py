"""Whether SMS are ready to go to clients: each point of the launch checklist, by what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["done", "todo", "warn"]
FRESH = timedelta(days=30)
READ_WITHIN = timedelta(days=1)
Traffic = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provider:
    """What is known of a provider that is switched on. `is_safe` says that nobody can read what goes to it."""

    is_real: bool
    traffic: frozenset[str]
    is_safe: bool
    tells_money: bool
    has_limit: bool
    money_read_at: datetime | None
    senders: frozenset[tuple[str, str]]  # name and traffic, registered


@dataclass(frozen=True, slots=True)
class Try:
    """What is known of a message sent to try: its state now, its parts and alphabet."""

    state: str
    parts: int
    alphabet: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the checklist; `why` is a code of what is missing."""

    code: str
    state: State
    why: str = ""


def check(providers: list[Provider], tries: list[Try], now: datetime) -> list[Point]:
    """Return the points in the order in which they are best done."""
    real = [one for one in providers if one.is_real]
    fresh = [one for one in tries if now - one.at <= FRESH]
    return [
        _point("provider", real, "none" if not providers else "sandbox"),
        _traffic(real),
        _sender(real),
        _point("characters", [one for one in fresh if one.state == "delivered" and one.parts > 1
                              and one.alphabet == "ucs2"], "long"),
        _point("receipts", [one for one in fresh if one.state == "delivered"],
               "waiting" if any(one.state == "accepted" for one in fresh) else "none"),
        _point("errors", [one for one in fresh if one.state in ("rejected", "failed")], "none"),
        _balance(real, now),
        _security(real),
    ]  # fmt: skip


def _point(code: str, found: "list[Provider] | list[Try]", why: str) -> Point:
    return Point(code, "done") if found else Point(code, "todo", why)


def _traffic(real: list[Provider]) -> Point:
    """Advertising and service messages have a way each, and no name serves both."""
    kinds = frozenset[str]().union(*(one.traffic for one in real))
    if "service" not in kinds:
        return Point("traffic", "todo", "service")
    names = {kind: {name for one in real for name, traffic in one.senders if traffic == kind} for kind in kinds}
    if "advertising" in kinds and names["advertising"] & names["service"]:
        return Point("traffic", "warn", "shared")
    return Point("traffic", "done")


def _sender(real: list[Provider]) -> Point:
    """Every kind of messages that a provider carries has a registered name there."""
    if not real:
        return Point("sender", "todo", "none")
    missing = any({traffic for _name, traffic in one.senders} < one.traffic for one in real)
    return Point("sender", "todo", "unregistered") if missing else Point("sender", "done")


def _balance(real: list[Provider], now: datetime) -> Point:
    if not real:
        return Point("balance", "todo", "none")
    if not all(one.has_limit for one in real if one.tells_money):
        return Point("balance", "todo", "limit")
    if any(one.tells_money and (one.money_read_at is None or now - one.money_read_at > READ_WITHIN) for one in real):
        return Point("balance", "todo", "unread")
    return Point("balance", "done") if all(one.tells_money for one in real) else Point("balance", "warn", "by_hand")


def _security(real: list[Provider]) -> Point:
    if not real:
        return Point("security", "todo", "none")
    return Point("security", "done") if all(one.is_safe for one in real) else Point("security", "warn", "open")
