"""The two people of a call as rules see them. work's CallWindow and Schedule are such."""

from datetime import datetime
from typing import Protocol


class CallHours(Protocol):
    """When the client may be called."""

    def is_open(self, at: datetime) -> bool:
        """Tell whether calls are allowed at the moment."""
        ...

    def next_open(self, at: datetime) -> datetime:
        """Return the first moment, `at` or later, when calls are allowed."""
        ...


class WorkHours(Protocol):
    """When the caller is at work."""

    def is_working(self, at: datetime) -> bool:
        """Tell whether the moment is working time."""
        ...

    def next_working_moment(self, at: datetime) -> datetime | None:
        """Return the first working moment, `at` or later, None when there is none ahead."""
        ...
