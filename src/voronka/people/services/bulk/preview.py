"""A bulk change before it is made: how many, some of them before and after, who is left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voronka.accounts import queries as accounts
from voronka.kit import stakes
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.people.models import BulkRun
from voronka.people.queries.clients import visible
from voronka.people.queries.shown import name_shown
from voronka.people.services.bulk.actions import BIN, WHO, Action, already, apply_action, right_of, value_words
from voronka.people.services.bulk.choosing import chosen
from voronka.people.services.imports.matching import load_cards

SAMPLES, HELD_LOOK = 10, 200
NOT_YOURS, SAME, HELD = "not_yours", "same", "held"


@dataclass(frozen=True, slots=True)
class Sample:
    """One card of the preview: its name, what it holds, what it will hold; `why` it would be left out."""

    name: str
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """How many cards were chosen, how many will change, how many are left out by the code of the reason, samples.

    `may_be_held` tells that some of the changed ones may yet turn out to be held (have open deals).
    """

    total: int
    will_change: int
    left: Mapping[str, int]
    samples: Sequence[Sample]
    may_be_held: bool = False


def preview(actor: Actor, run: BulkRun, action: Action) -> Preview:
    """Return what the action would do to the chosen cards. Nothing is written. Raises Invalid."""
    found = chosen(actor, run)
    mine = found.filter(visible(actor, right_of(action)))
    total, reached, same = found.count(), mine.count(), mine.filter(already(action)).count()
    left = {NOT_YOURS: total - reached, SAME: same}
    # As the run will meet them: by id, without those that hold the value already.
    ids = list(
        mine.exclude(pk__in=mine.filter(already(action)).values("pk"))
        .order_by("id")[:HELD_LOOK]
        .values_list("pk", flat=True)
    )
    samples, held = _samples(actor, action, ids)
    return Preview(
        total, reached - same, {code: count for code, count in left.items() if count}, samples, may_be_held=held
    )


def _samples(actor: Actor, action: Action, ids: Sequence[int]) -> tuple[list[Sample], bool]:
    if action.code == BIN:
        return _bin_samples(actor, ids)
    cards = load_cards(current_company_id(), ids[:SAMPLES])
    zone = accounts.get_company_rules().zone
    pairs = []
    for card in cards.values():
        change = apply_action(action, card, company_zone=zone)
        pairs.append((card, change.before.get(action.key), change.written.get(action.key)))
    people = [int(str(one)) for _card, *both in pairs for one in both if one] if action.key == WHO else []
    names = accounts.employee_names(sorted(set(people)))
    return [
        Sample(
            name_shown(actor, str(card.values["name"])),
            value_words(action, before, names),
            value_words(action, after, names),
        )
        for card, before, after in pairs
    ], False


def _bin_samples(actor: Actor, ids: Sequence[int]) -> tuple[list[Sample], bool]:
    held: dict[int, str] = {}
    for stake in stakes.stakes_in("client"):
        held |= stake.hold(ids)
    first = sorted(ids[:SAMPLES], key=lambda one: one not in held)
    cards = load_cards(current_company_id(), first)
    rows = [cards[one] for one in first if one in cards]
    return [
        Sample(name_shown(actor, str(card.values["name"])), "", "", held.get(card.id, "")) for card in rows
    ], bool(held)
