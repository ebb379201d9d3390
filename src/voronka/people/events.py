"""What happens to clients, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientCreated(Event):
    """A card was made, at the first touch from `channel` (hand, form, import, api)."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientChanged(Event):
    """Fields of the card were changed; `fields` are their codes, the values are in the history.

    `version` is the card's after the change, 0 where the change did not concern its form.
    """

    subject: ClassVar = ("client", "client_id")
    client_id: int
    fields: list[str]
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientsMerged(Event):
    """Cards were joined to this one by hand; `merged` are the public ids that they had, which lead to it now."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    merge_id: int
    merged: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeUndone(Event):
    """Cards were parted from this one again, as they had been; `parted` are their public ids."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    merge_id: int
    parted: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientParted(Event):
    """A card that had been joined to another stands by itself again."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    merge_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadReceived(Event):
    """Somebody asked for contact through `channel`: a deal with a first step is due.

    `by_hand`: an employee has sorted it out of the inbox and seen to the deal himself.
    """

    subject: ClassVar = ("client", "client_id")
    client_id: int
    touch_id: int
    channel: str
    is_new_client: bool
    by_hand: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadWaits(Event):
    """Something came by a channel and waits in the inbox to be sorted; `signs` say that it looks like spam."""

    subject: ClassVar = ("inbox_lead", "lead_id")
    lead_id: int
    channel: str
    signs: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadSorted(Event):
    """What waited in the inbox was sorted: accepted, attached, spam, or put back (waiting)."""

    subject: ClassVar = ("inbox_lead", "lead_id")
    lead_id: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderBlocked(Event):
    """Nothing is taken from a sender any more, or again (`blocked` False); `kind` is phone, email or address."""

    subject: ClassVar = ("blocked", "blocked_id")
    blocked_id: int
    kind: str
    blocked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteAdded(Event):
    """An employee wrote a note on the card."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    note_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRecorded(Event):
    """A consent was given or withdrawn."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    purpose: str
    channel: str
    given: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportFinished(Event):
    """A file of clients has been loaded; figures of its rows."""

    subject: ClassVar = ("import_run", "run_id")
    run_id: int
    made: int
    updated: int
    rejected: int
    asked: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportUndone(Event):
    """A loading was taken back; `kept` cards stayed because they had been worked with since."""

    subject: ClassVar = ("import_run", "run_id")
    run_id: int
    removed: int
    restored: int
    kept: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletenessSetUp(Event):
    """What makes a card complete was set anew; `fields` are the codes whose weight or question differs."""

    subject: ClassVar = ("company", "company_id")
    company_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientBinned(Event):
    """A card was put into the recycle bin: nobody finds it until it is restored."""

    subject: ClassVar = ("client", "client_id")
    client_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientRestored(Event):
    """A card was taken out of the recycle bin with everything that went there along."""

    subject: ClassVar = ("client", "client_id")
    client_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientErased(Event):
    """A card lay in the bin for thirty days and names nobody any more."""

    subject: ClassVar = ("client", "client_id")
    client_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkFinished(Event):
    """Many cards were changed at once by `action`; `left` were left out."""

    subject: ClassVar = ("bulk_run", "bulk_id")
    bulk_id: int
    action: str
    changed: int
    left: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkUndone(Event):
    """A change of many cards was taken back; `kept` cards had been changed again since."""

    subject: ClassVar = ("bulk_run", "bulk_id")
    bulk_id: int
    restored: int
    kept: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldsSetUp(Event):
    """A custom field was added, changed or moved."""

    subject: ClassVar = ("custom_field", "field_id")
    field_id: int
    change: str
