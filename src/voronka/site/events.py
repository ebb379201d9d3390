"""What happens to sites and on them, as others may hear it.

Of what visitors do only that enters the log which something may follow from: visitors who are known as clients.
"""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSaved(Event):
    """A site was connected, or its settings changed."""

    subject: ClassVar = ("site", "site_id")
    site_id: int
    is_new: bool
    is_on: bool
