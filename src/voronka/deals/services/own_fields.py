"""Values of the deal's own fields: the one way they are written, by a person, a press or a program."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import IO

from django.db import transaction

from voronka.deals import events
from voronka.deals.models import Deal
from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.kit.files import store_file
from voronka.kit.limits import require_writes
from voronka.kit.subjects import Subject
from voronka.people import queries as people
from voronka.people import services as clients

MOST_MIB = 20


def put_fields(deal: Deal, values: Mapping[str, object]) -> dict[str, object]:
    """Put validated JSON values on a deal in memory, None empties a field; return what the changed ones held before."""
    before = {code: deal.fields.get(code) for code, value in values.items() if deal.fields.get(code) != value}
    if before:
        deal.fields = {code: value for code, value in {**deal.fields, **values}.items() if value is not None}
    return before


def field_codes(codes: Iterable[str]) -> list[str]:
    """Return the codes of own fields as events name them."""
    return [f"custom.{code}" for code in codes]


@transaction.atomic
def set_own_fields(
    *, deal: Deal, values: Mapping[str, object], now: datetime, over: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Set own fields of a locked deal to validated JSON values and return what the changed ones held before.

    With `over`, a field is set only while it still holds the value given there: what somebody changed since stays.
    The caller has asked for the right to change the deal.
    """
    if over is not None:
        values = {code: value for code, value in values.items() if deal.fields.get(code) == over.get(code)}
    before = put_fields(deal, values)
    if before:
        deal.save(update_fields=["fields"])
        fields = field_codes(before)
        publish(events.DealChanged(deal_id=deal.pk, client_id=deal.client_id, fields=fields), at=now)
    return before


def clean_fields(actor: Actor, given: Mapping[str, object], *, deal: Deal | None = None) -> dict[str, object]:
    """Return the values of own fields fit to keep, as a person or a program gave them; None for those to be emptied.

    Fields of the same value may be given back by one who may not change them. Raises Denied, and Invalid with
    `field_CODE` at the fields at fault; one that the actor does not see is not there for him.
    """
    known = people.fields_shown(actor, subject="deal") if given else []
    owner = Subject("deal", deal.pk) if deal is not None else None
    values = clients.clean_values(known, given, owner=owner)
    held = deal.fields if deal is not None else {}
    names = {f"deal.custom.{one.code}": one.name for one in known}
    changed = [f"deal.custom.{code}" for code, value in values.items() if value != held.get(code)]
    require_writes(actor, changed, name_of=lambda code: names.get(code, code))
    return values


def keep_file(*, actor: Actor, deal: Deal, source: IO[bytes], name: str, content_type: str, now: datetime) -> str:
    """Keep a file of a locked deal and return its public id: the value of a file field.

    The caller has asked for the right to change the deal. Raises Invalid for a file of more than 20 MB.
    """
    kept = store_file(
        source,
        name=name,
        subject_kind="deal",
        subject_id=deal.pk,
        added_by=actor.employee_id,
        now=now,
        content_type=content_type or "application/octet-stream",
        most_mib=MOST_MIB,
    )
    return str(kept.public_id)
