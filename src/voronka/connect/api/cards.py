"""A client's card as operations answer it, and its version: what a caller read is what he changes."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply
from voronka.connect.api.problems import NeedsPrecondition, StaleCopy
from voronka.connect.schemas import clients as docs
from voronka.connect.schemas.outer import Outer
from voronka.kit.actors import Actor
from voronka.people import queries as people
from voronka.people.services import CardChanged

if TYPE_CHECKING:
    from voronka.people.models import Client as ClientRow

_MATCH = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]+)?"')


def card_reply(actor: Actor, row: "ClientRow", status: int | None = None) -> Reply:
    """Return a card with its tag as an answer."""
    card = _card_out(actor, row)
    return Reply(card, status, _tag(row, card.model_dump_json()))


def _tag(row: "ClientRow", body: str) -> dict[str, str]:
    """Return the tag of a card: its version, by which it is changed, and what else its answer shows."""
    return {"ETag": f'"{row.version}-{hashlib.sha256(body.encode()).hexdigest()[:12]}"'}


def _card_out(actor: Actor, row: "ClientRow") -> docs.ClientCard:
    outer = Outer.load(actor)
    contacts = people.list_contacts(actor, [row.pk])[row.pk]
    return docs.ClientCard(
        **docs.client_values(row, contacts, outer),
        addresses=[docs.address_out(one) for one in people.addresses_of(actor, row)],
        persons=docs.workplaces_out(people.list_contact_persons(row.pk, actor), "person"),
        workplaces=docs.workplaces_out(people.list_workplaces(row.pk, actor), "organisation"),
    )


def version_of(request: ApiRequest, given: int | None) -> int:
    """Return the version that the caller has read: of If-Match, else `given`. Raises NeedsPrecondition, StaleCopy."""
    header = request.headers.get("If-Match", "")
    if header:
        match = _MATCH.fullmatch(header.strip())
        if match is None:
            raise StaleCopy(_("If-Match has to hold the ETag of the card as you read it."))
        return int(match[1])
    if given is None:
        raise NeedsPrecondition(_("Send the card's ETag in If-Match, or its version."))
    return given


def version_if_sent(request: ApiRequest, given: int | None = None) -> int | None:
    """Return the version that the caller says he has read, None where he says nothing. Raises StaleCopy."""
    return version_of(request, given) if given is not None or request.headers.get("If-Match") else None


@contextmanager
def stale_copies(request: ApiRequest) -> Iterator[None]:
    """Turn "somebody has changed the card since" into the refusal of If-Match, where the caller sent one."""
    try:
        yield
    except CardChanged as changed:
        if not request.headers.get("If-Match"):
            raise
        more = {"changed": sorted(changed.changed), "version": changed.version}
        raise StaleCopy(changed.message, more=more) from changed
