"""What a client may do with his order, and how far it is, as his own page tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

STEPS = ("new", "work", "shipping", "done")
_STEP_OF = {"new": 0, "work": 1, "ready": 1, "shipping": 2, "done": 3}


@dataclass(frozen=True, slots=True)
class Piece:
    """A line as its client may give it back: how many he has (`left` in all returns that stand)."""

    position: int
    shipped: Decimal
    asked_back: Decimal

    @property
    def left(self) -> Decimal:
        """How many he may still give back."""
        return max(Decimal(0), self.shipped - self.asked_back)


def may_cancel(phase: str, shipped: Sequence[Decimal], *, is_leaving: bool) -> bool:
    """Tell whether a client may cancel by himself: nothing has left or stands packed at the door."""
    return phase in ("new", "work", "ready") and not is_leaving and not any(shipped)


def may_change(phase: str, shipped: Sequence[Decimal], *, is_picked: bool) -> bool:
    """Tell whether a client may change his order by himself: nobody has begun to put it together."""
    return phase in ("new", "work") and not is_picked and not any(shipped)


def may_return(pieces: Sequence[Piece], delivered_at: datetime | None, days: int, *, now: datetime) -> bool:
    """Tell whether a client may ask for a return: he has the goods, and the days are not over."""
    if delivered_at is None or now >= delivered_at + timedelta(days=days):
        return False
    return any(one.left > 0 for one in pieces)


def may_rate(phase: str, delivered_at: datetime | None) -> bool:
    """Tell whether a client may say what he thinks: he has got his goods."""
    return delivered_at is not None or phase == "done"


def step_now(phase: str, delivered_at: datetime | None) -> int:
    """Return the number of the step an order stands in, 4 where all are past; -1 for a cancelled one."""
    if phase == "cancelled":
        return -1
    return 4 if phase == "done" or delivered_at is not None else _STEP_OF[phase]


def step_of(phase: str) -> int | None:
    """Return the step that a phase belongs to, None for cancelled."""
    return _STEP_OF.get(phase)


def masked_phone(shown: str) -> str:
    """Return a phone with its middle hidden: `+7 391 •••-••-01`. Only figures before the last two and after four go."""
    figures = [place for place, sign in enumerate(shown) if sign.isdigit()]
    hidden = set(figures[4:-2]) if len(figures) > 6 else set(figures[:-2])
    return "".join("•" if place in hidden else sign for place, sign in enumerate(shown))


def short_person(name: str) -> str:
    """Return a person's name without the surname in full: `Анна П.`, a single name as it is.

    Names stand as people write them: surname first (`Петрова Анна Ивановна`) where there are two words or more.
    """
    words = name.split()
    if len(words) < 2:
        return name.strip()[:40]
    return f"{words[1][:30]} {words[0][0]}."
