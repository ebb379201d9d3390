"""Prices over time: what a new period does to those that are there. Plain values, half-open periods."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """A price from `since` until `until` (not included, None: until further notice); `id` is the row that keeps it."""

    amount: Decimal
    since: datetime
    until: datetime | None = None
    id: int | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether the price holds at a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to rows: `cut` get another beginning or end, `dropped` go, `added` are new."""

    cut: Sequence[Span] = ()
    dropped: Sequence[Span] = ()
    added: Sequence[Span] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is to be done."""
        return bool(self.cut or self.dropped or self.added)


def place(spans: Sequence[Span], amount: Decimal, since: datetime, until: datetime | None = None) -> Change:
    """Return what puts a price into its period.

    Without `until` it holds until the next price that is planned already, or until further notice. With it, what held
    before comes back afterwards. A price that holds at `since` already and as long changes nothing.
    """
    if until is None:
        until = min((one.since for one in spans if one.since > since), default=None)
    now = next((one for one in spans if one.holds(since)), None)
    if now is not None and now.amount == amount and _reaches(now.until, until):
        return Change()
    return _carved(spans, Span(amount, since, until))


def clear(spans: Sequence[Span], since: datetime, until: datetime | None = None) -> Change:
    """Return what leaves a period without a price."""
    return _carved(spans, None, since, until)


def _reaches(end: datetime | None, until: datetime | None) -> bool:
    return end is None or (until is not None and end >= until)


def _carved(
    spans: Sequence[Span], new: Span | None, since: datetime | None = None, until: datetime | None = None
) -> Change:
    if new is not None:
        since, until = new.since, new.until
    cut, dropped, added = [], [], [new] if new is not None else []
    for one in spans:
        if (until is not None and one.since >= until) or (one.until is not None and since and one.until <= since):
            continue
        before = since is not None and one.since < since
        after = until is not None and (one.until is None or one.until > until)
        if before:
            cut.append(replace(one, until=since))
            if after and until is not None:
                added.append(Span(one.amount, until, one.until))
        elif after and until is not None:
            cut.append(replace(one, since=until))
        else:
            dropped.append(one)
    return Change(cut, dropped, added)
