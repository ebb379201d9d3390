"""Changes of cards, as the history keeps them."""

from dataclasses import dataclass
from datetime import datetime

from voronka.accounts import queries as accounts
from voronka.kit.models import Change, EventRow
from voronka.people.events import ClientChanged
from voronka.people.models import Client

TABLE = "people_client"
_INNER = {"name_key", "sort_key", "version", "company_id", "id", "public_id"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a card before and after one change; `who` is empty for the system."""

    at: datetime
    who: str
    field: str
    before: object
    after: object


def fields_changed_since(client_id: int, version: int) -> set[str]:
    """Return the codes of the fields that were changed after the card's `version` was read."""
    events = EventRow.objects.filter(client_id=client_id, name=ClientChanged.name()).order_by("-id")
    changed: set[str] = set()
    for payload in events.values_list("payload", flat=True)[:500]:
        if 0 < payload.get("version", 0) <= version:
            break
        if payload.get("version", 0):
            changed |= set(payload["fields"])
    return changed


def list_changes(client: Client, *, limit: int = 200) -> list[FieldChange]:
    """Return the changes of a card's columns, newest first, each with the value it led to."""
    rows = list(Change.objects.filter(table=TABLE, row_id=client.pk).order_by("-id")[:limit])
    people = accounts.employee_names([(row.actor or {}).get("employee") or 0 for row in rows])
    now = {name: getattr(client, name) for name in _columns()}
    found = []
    for row in rows:
        who = people.get((row.actor or {}).get("employee") or 0, "")
        for name, value in sorted(row.before.items()):
            if name not in _INNER and name in now:
                found.append(FieldChange(row.at, who, name.removesuffix("_id"), value, now[name]))
            if name in now:
                now[name] = value
    return found


def _columns() -> list[str]:
    return [field.attname for field in Client._meta.concrete_fields]
