"""The dry run of the editor: what an outcome would do to a chosen client, told and not done."""

from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.deals.services import trying
from voronka.deals.views.asks import shown_effects
from voronka.deals.views.editor_pieces import Here, address
from voronka.kit import wording
from voronka.kit.errors import NotFound, Refusal
from voronka.kit.steps import Effect
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import Client


def dry_piece(here: Here, asked: QueryDict) -> dict[str, object]:
    """Return the foot of the editor: the chosen client and miss count, and what would happen."""
    query, misses = asked.get("q", "").strip()[:200], here.misses
    client, found = _client(here, here.client, query)
    piece: dict[str, object] = {
        "client": client,
        "misses": misses,
        "q": query,
        "found": [(one.name, address(here, client=one.public_id)) for one in found],
        "nobody": bool(query) and client is None and not found,
        "now": wording.clock(here.now, here.actor.zone.key),
        "rows": [],
        "why": "",
    }
    if client is None or here.outcome is None:
        return piece
    try:
        effects = trying.try_outcome(
            actor=here.actor, stage=here.draft.stage, outcome=here.outcome, client=client, misses=misses, now=here.now
        )
    except Refusal as refusal:
        return piece | {"why": " ".join([refusal.message, *refusal.fields.values()])}
    rows = [_row(one, here, client) for one in shown_effects(effects, here.actor)]
    return piece | {"rows": rows, "zone": client.zone}


def _client(here: Here, public_id: str, query: str) -> "tuple[Client | None, list[Client]]":
    if query:
        found = people.find_clients(here.actor, query, most=6)
        return (found[0], []) if len(found) == 1 else (None, found)
    if not public_id:
        return None, []
    try:
        return people.get_client(here.actor, public_id), []
    except NotFound:
        return None, []


def _row(effect: Effect, here: Here, client: "Client") -> dict[str, object]:
    """Return one effect: when by my clock, what, and when by the client's clock where the clocks differ."""
    at = effect.at or here.now
    mine, theirs = wording.clock(at, here.actor.zone.key), wording.clock(at, client.zone)
    both = ""
    if effect.at is not None and mine != theirs and theirs not in effect.words:
        both = wording.two_clocks(at, client.zone, here.actor.zone.key, here.now, here.actor.language)
    return {
        "time": wording.clock(here.now, here.actor.zone.key) if effect.happens else "",
        "text": effect.words,
        "both": both,
        "skip": not effect.happens,
        "skip_word": _("will not happen"),
    }
