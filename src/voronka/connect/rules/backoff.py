"""When a failed delivery is tried again: quickly at first, then over three days."""

from datetime import timedelta

# Waits after the first, second, ... failure; 75 hours in all.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2
# A webhook without one success for so long is paused by itself.
GIVE_UP = timedelta(hours=72)


def wait_after(failures: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many failures, None when the delivery is given up.

    `chance` from 0 to 1 lengthens the wait by up to a fifth, so that a thousand deliveries that failed together
    do not come back together.
    """
    if not 1 <= failures <= len(WAITS):
        return None
    return WAITS[failures - 1] * (1 + JITTER * chance)
