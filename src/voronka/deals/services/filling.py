"""Filling in a field that a stage demands, beside the deal in hand and without a press."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal
from voronka.deals.permissions import PRESS
from voronka.deals.rules.limits import field_of_ask
from voronka.deals.rules.required import SUM, ask_key, own_code
from voronka.deals.services.answers import typed_answers
from voronka.deals.services.drafts import require_free_sum
from voronka.deals.services.locking import locked_deal, team_of
from voronka.deals.services.own_fields import clean_fields, keep_file, set_own_fields
from voronka.deals.services.required import as_kept, ask_of, find_field, held
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.steps import Ask
from voronka.people import queries as clients
from voronka.people import services as people


def field_ask(*, actor: Actor, deal: Deal, code: str) -> Ask:
    """Return the question that takes the value of a field beside an open deal; of kind file for a file of the deal.

    Raises NotFound for a field that is gone or hidden, Denied without the right, Conflict for a closed deal.
    """
    field = field_of_ask(ask_key(code))
    ask = ask_of(code) or _file_ask(code)
    if ask is None or not actor.sees(field):
        raise NotFound(_("There is no such field."))
    _require_fillable(actor, deal)
    if not actor.writes(field):
        raise Denied(_("Your role may not change the field “%(name)s”.") % {"name": ask.label})
    return ask


def _require_fillable(actor: Actor, deal: Deal) -> None:
    actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    if deal.state != Deal.State.OPEN:
        raise Conflict(_("The deal is closed already. Open the next client."), code="deal_closed")


def _file_ask(code: str) -> Ask | None:
    """Return the question that takes a file of the deal's own; those of the client are kept on his card."""
    found = find_field(code) if own_code(code) else None
    return Ask(ask_key(code), "file", found.name, hint=_("at most 20 MB")) if found is not None else None


def as_seen(value: object, kind: str) -> str:
    """Return the value of a field as a form sends back what its reader saw, and as it is typed anew."""
    match kind, value:
        case _, None:
            return ""
        case "person", int():
            return accounts.public_ids_of_employees([value]).get(value, "")
        case _, list():
            return "\n".join(map(str, value))
        case _, bool():
            return "yes" if value else "no"
    return str(value)


@transaction.atomic
def fill_in(*, actor: Actor, deal_public_id: str, code: str, text: str, seen: str | None, now: datetime) -> Deal:
    """Write one field: `deal.sum`, an own field of the deal (`deal.custom.CODE`), or one of the client by code.

    An empty text empties it. `seen` is the value that the person saw (as_seen): when somebody changed it since,
    Conflict tells. Raises NotFound, Denied, Invalid with the problem at `value`.
    """
    deal, ask = _in_hand(actor, deal_public_id, code, seen)
    if ask.kind == "file" and text.strip():
        raise _wrong(_("Choose the file."))
    optional = Ask(ask.key, ask.kind, ask.label, required=False, options=ask.options)
    zone = str(ZoneInfo(deal.client.zone))
    typed, problems = typed_answers([optional], {ask.key: text}, now=now, client_zone=zone, my_zone=str(actor.zone))
    if problems:
        raise _wrong(problems[ask.key])
    value = typed[ask.key]
    if own_code(code):
        set_own_fields(deal=deal, values={own_code(code): as_kept(value)}, now=now)
    elif code != SUM:
        people.set_custom_fields(actor=actor, client_id=deal.client_id, values={code: as_kept(value)}, now=now)
    elif value != deal.sum:
        require_free_sum(deal, value, "value")
        deal.sum = value
        deal.save(update_fields=["sum"])
        publish(events.DealChanged(deal_id=deal.pk, client_id=deal.client_id, fields=["sum"]), at=now)
    return deal


@transaction.atomic
def fill_file(
    *,
    actor: Actor,
    deal_public_id: str,
    code: str,
    source: IO[bytes] | None,
    name: str,
    content_type: str,
    seen: str | None,
    now: datetime,
) -> Deal:
    """Keep a file in an own field of the deal in place of what it held.

    Raises NotFound, Denied, Conflict as `fill_in`, Invalid where no file came, a too big one, or one for another field.
    """
    deal, ask = _in_hand(actor, deal_public_id, code, seen)
    if ask.kind != "file":
        raise _wrong(_("This field does not hold a file."))
    if source is None:
        raise _wrong(_("Choose the file."))
    try:
        kept = keep_file(actor=actor, deal=deal, source=source, name=name, content_type=content_type, now=now)
    except Invalid as big:
        raise _wrong(big.message) from big
    set_own_fields(deal=deal, values={own_code(code): kept}, now=now)
    return deal


@transaction.atomic
def change_deal(*, actor: Actor, deal_public_id: str, fields: Mapping[str, object], now: datetime) -> Deal:
    """Change own fields of an open deal by their codes, None empties one: as a program sends them.

    Raises NotFound, Denied, Conflict for a closed deal, Invalid with `field_CODE` at the fields at fault.
    """
    deal = locked_deal(deal_public_id)
    _require_fillable(actor, deal)
    set_own_fields(deal=deal, values=clean_fields(actor, fields, deal=deal), now=now)
    return deal


def _in_hand(actor: Actor, public_id: str, code: str, seen: str | None) -> tuple[Deal, Ask]:
    """Lock the deal and its client, and return it with the question of a field that nobody changed since `seen`."""
    deal = locked_deal(public_id)
    ask = field_ask(actor=actor, deal=deal, code=code)
    clients.lock_client(deal.client_id)
    deal.client = clients.get_client_row(deal.client_id)
    was = as_seen(held(deal, code), ask.kind)
    if seen is not None and seen.replace("\r\n", "\n") != was:
        now_is = _("a file") if ask.kind == "file" and was else was or "—"
        message = _("Somebody has changed this meanwhile; now it is: %(value)s") % {"value": now_is}
        raise Conflict(message, code="changed_meanwhile", fields={"value": message})
    return deal, ask


def _wrong(message: str) -> Invalid:
    return Invalid(message, fields={"value": message})
