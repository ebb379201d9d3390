"""Operations on cards of one client: likely doubles, joining, parting again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.api.problems import MergeStandsAbove
from voronka.connect.queries.walking import BadPlace, read_page_by
from voronka.connect.rules import scopes
from voronka.connect.schemas import merging as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.people import services
from voronka.people.queries.doubles import cards_to_change, doubles_from, search_pairs
from voronka.people.queries.merging import get_merge as find_merge

if TYPE_CHECKING:
    from voronka.people.models import Client as ClientRow

doubles = Router(tags=["merging"])
merges = Router(tags=["merging"])
BOTH = "both"


@operation(
    doubles,
    "GET",
    "",
    scope=scopes.CLIENTS_MERGE,
    answer=docs.DoubleList,
    right="people.edit_clients",
    summary=gettext_lazy("List pairs of cards that may be of one client, the likeliest first"),
)
def list_doubles(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.DoubleList:
    """Return a page of pairs that the actor may both change."""
    actor, key = request.auth.actor, {"doubles": ""}
    try:
        pairs, after = read_page_by(search_pairs(actor), F("score"), place_of(cursor, key), limit, down=True)
    except BadPlace as error:
        raise bad_cursor() from error
    outer = Outer.load(actor)
    items = [docs.double_out(one, outer) for one in doubles_from(actor, pairs)]
    return docs.DoubleList(items=items, next=cursor_of(after, key))


@operation(
    doubles,
    "POST",
    "/different",
    scope=scopes.CLIENTS_MERGE,
    status=204,
    summary=gettext_lazy("Remember that two cards are of different people"),
)
def mark_different(request: ApiRequest, sent: docs.DifferentGiven) -> Reply:
    """Remember that two cards are of different people: they are no longer listed as likely doubles."""
    actor = request.auth.actor
    cards = _cards(actor, sent.clients, "clients")
    if len(cards) == 2:
        services.mark_different(actor=actor, one_id=cards[0].pk, other_id=cards[1].pk)
    return Reply(None)


def _cards(actor: Actor, public_ids: Sequence[str], place: str) -> "list[ClientRow]":
    """Return the cards named, each once, joined ones as the card they belong to. Raises Invalid at the place."""
    try:
        return cards_to_change(actor, public_ids, most=services.MOST_CARDS + 1)
    except NotFound as missing:
        raise Invalid(missing.message, fields={place: missing.message}) from missing


@operation(
    merges,
    "POST",
    "",
    scope=scopes.CLIENTS_MERGE,
    answer=docs.Merge,
    status=201,
    summary=gettext_lazy("Join two to ten cards of one client: everything stays, on one card"),
)
def merge_clients(request: ApiRequest, sent: docs.MergeGiven) -> Reply:
    """Join cards to the one that stays. What is not chosen is chosen by the rules; it can be taken back exactly."""
    actor = request.auth.actor
    (survivor,) = _cards(actor, [sent.survivor], "survivor")
    others = _cards(actor, sent.others, "others")
    ids = {sent.survivor: survivor.pk} | {one.public_id: one.pk for one in [survivor, *others]}
    chosen: dict[str, int | str] = {
        code: BOTH if card == BOTH else ids.get(card, 0) for code, card in sent.choices.items()
    }
    try:
        run = services.merge_clients(
            actor=actor,
            survivor_id=survivor.pk,
            other_ids=[one.pk for one in others],
            chosen=chosen,
            seen={ids[card]: version for card, version in sent.versions.items() if card in ids},
            now=request.auth.now,
        )
    except Invalid as wrong:
        places = {f"choices.{code}": words for code, words in wrong.fields.items()}
        raise Invalid(wrong.message, code=wrong.code, fields=places or {"others": wrong.message}) from wrong
    told = _told(actor, run.public_id)
    return Reply(told, headers={"Location": f"/api/v1/merges/{told.id}"})


def _told(actor: Actor, public_id: str) -> docs.Merge:
    return docs.merge_out(find_merge(actor, public_id), Outer.load(actor))


@operation(
    merges,
    "GET",
    "/{merge}",
    scope=scopes.CLIENTS_MERGE,
    answer=docs.Merge,
    summary=gettext_lazy("Show how cards were joined"),
)
def get_merge(request: ApiRequest, merge: IdInPath) -> docs.Merge:
    """Return a joining and the card as it is now."""
    return _told(request.auth.actor, merge)


@operation(
    merges,
    "POST",
    "/{merge}/undo",
    scope=scopes.CLIENTS_MERGE,
    answer=docs.Merge,
    summary=gettext_lazy("Part joined cards again: each is what it was"),
)
def undo_merge(request: ApiRequest, merge: IdInPath) -> docs.Merge:
    """Part the cards again. Refused while another was joined to the card later: `newer` is taken back first."""
    actor = request.auth.actor
    try:
        services.undo_merge(actor=actor, public_id=merge, now=request.auth.now)
    except services.NewerMerge as stands:
        raise MergeStandsAbove(stands.message, more={"newer": stands.newer.public_id}) from stands
    return _told(actor, merge)
