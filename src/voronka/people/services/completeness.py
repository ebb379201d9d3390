"""What makes a card complete, set by the company; and the one missing field, filled in place."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.people.events import CompletenessSetUp
from voronka.people.models import Client, FieldWeight
from voronka.people.permissions import EDIT_CLIENTS, MANAGE_FIELDS
from voronka.people.queries.clients import get_client_for
from voronka.people.queries.fullness import list_weights
from voronka.people.queries.rows import list_custom_fields
from voronka.people.rules.completeness import CUSTOM, MOST_WEIGHT
from voronka.people.rules.limits import CONTACTS
from voronka.people.services.cleaning import Problems, fit
from voronka.people.services.clients import draft_of, update_client
from voronka.people.services.shapes import ContactDraft

QUESTION_LIMIT = 200


@transaction.atomic
def set_weights(*, actor: Actor, weights: Mapping[str, tuple[int, str]]) -> list[str]:
    """Set weights (0 to 100) and questions of fields by code; return the codes that differ now.

    An empty question is the shipped one. Raises Denied, Invalid with the places at fault.
    """
    actor.require(MANAGE_FIELDS)
    known = list_weights(list_custom_fields())
    problems = Problems()
    changed = {}
    for code, (weight, question) in weights.items():
        if code not in known:
            raise Invalid(_("There is no such field."), fields={code: _("There is no such field.")})
        if not 0 <= weight <= MOST_WEIGHT:
            problems.add(f"weight-{code}", _("A number from 0 to 100."))
        tidy = fit(f"question-{code}", question, QUESTION_LIMIT, problems)
        if known[code] != (weight, tidy):
            changed[code] = (weight, tidy)
    problems.settle()
    for code, (weight, question) in sorted(changed.items()):
        FieldWeight.objects.update_or_create(code=code, defaults={"weight": weight, "question": question})
    if changed:
        publish(CompletenessSetUp(company_id=current_company_id(), fields=sorted(changed)))
    return sorted(changed)


@transaction.atomic
def fill_field(*, actor: Actor, client_id: int, code: str, value: str, now: datetime) -> list[str]:
    """Fill in one empty field of a card by its code; one that somebody has filled meanwhile stays as it is.

    Return the codes that differ now. Raises Denied, NotFound, Invalid.
    """
    client = get_client_for(actor, EDIT_CLIENTS, client_id=client_id, lock=True)
    if not value.strip():
        raise Invalid(_("Write the answer first."), fields={"value": _("Write the answer first.")})
    changes = _changes(client, code, value)
    if not changes:
        return []
    return update_client(actor=actor, client_id=client.pk, changes=changes, version=client.version, now=now)


def _changes(client: Client, code: str, value: str) -> dict[str, object]:
    draft = draft_of(client)
    if code in CONTACTS:
        if any(one.kind == code for one in draft.contacts):
            return {}
        return {"contacts": (*draft.contacts, ContactDraft(kind=code, value=value))}
    if code.startswith(CUSTOM):
        name = code.removeprefix(CUSTOM)
        return {} if client.fields.get(name) not in (None, "", []) else {"fields": {name: value}}
    if code == "name":
        return {} if client.first_name and client.last_name else {"name": value}
    column = {"first_source": "source"}.get(code, code)
    if column not in {"source", "birthday", "city", "address", "position", "inn"}:
        raise Invalid(_("There is no such field."), fields={"value": _("There is no such field.")})
    return {} if getattr(draft, column) else {column: value}
