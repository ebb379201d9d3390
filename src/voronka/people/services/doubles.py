"""Cards that look like one client, over the whole base: found in the background, kept current, settled by a person."""

import time
from collections import defaultdict
from collections.abc import Sequence
from math import inf

from django.db import transaction
from django.db.models import Q

from voronka.kit.actors import Actor
from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id
from voronka.people.models import Client, LikelyPair, MatchKey, NotDuplicates
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.rows import lock_clients
from voronka.people.rules.duplicates import Verdict, likeness
from voronka.people.services.imports.matching import find_ids, load_cards
from voronka.people.services.imports.signs import may_be_alike, person_of_card

CHUNK = 200
MOST_PER_CARD = 20  # a card with more likely doubles than this is not a person
# Fields by which cards are compared; a change elsewhere leaves the pairs as they are.
COMPARED = frozenset(
    ("name", "last_name", "first_name", "middle_name", "gender", "kind", "birthday", "city", "inn", "kpp", "contacts")
)


@transaction.atomic
def refresh_pairs(client_ids: Sequence[int]) -> int:
    """Find the likely doubles of these cards anew; return how many pairs there are. Cards that are gone have none."""
    ids = sorted(set(client_ids))
    keys: dict[int, set[str]] = defaultdict(set)
    for client_id, key in MatchKey.objects.filter(client_id__in=ids).values_list("client_id", "key"):
        keys[client_id].add(key)
    pairs = _alike(ids, keys)
    standing = lock_clients([card for pair in pairs for card in (pair.one_id, pair.other_id)])
    pairs = [pair for pair in pairs if pair.one_id in standing and pair.other_id in standing]
    LikelyPair.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).delete()
    LikelyPair.objects.bulk_create(pairs, ignore_conflicts=True)
    return len(pairs)


def _alike(ids: Sequence[int], keys: dict[int, set[str]]) -> list[LikelyPair]:
    company_id = current_company_id()
    sharing = find_ids(company_id, sorted(set().union(*keys.values()))) if keys else {}
    names = dict(Client.objects.filter(pk__in=ids).values_list("pk", "name_key"))
    wanted = {
        (min(client_id, other), max(client_id, other))
        for client_id, own in keys.items()
        for key in own
        for other, name_key in sharing.get(key, ())
        if other != client_id and client_id in names and may_be_alike(key, names[client_id], name_key or "")
    }
    wanted -= set(
        NotDuplicates.objects.filter(one_id__in={one for one, _other in wanted}).values_list("one_id", "other_id")
    )
    cards = load_cards(company_id, {card for pair in wanted for card in pair})
    found = []
    for one, other in sorted(wanted):
        if one in cards and other in cards:
            judged = likeness(person_of_card(cards[one]), person_of_card(cards[other]))
            if judged.verdict is not Verdict.DIFFERENT:
                found.append(LikelyPair(one_id=one, other_id=other, score=judged.score, signs=list(judged.signs)))
    return _fewest(found)


def _fewest(pairs: Sequence[LikelyPair]) -> list[LikelyPair]:
    """Leave out the least likely pairs of cards that look like everybody: an office's card, a placeholder's name."""
    counts: dict[int, int] = defaultdict(int)
    kept = []
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.one_id, pair.other_id)):
        if max(counts[pair.one_id], counts[pair.other_id]) < MOST_PER_CARD:
            counts[pair.one_id] += 1
            counts[pair.other_id] += 1
            kept.append(pair)
    return kept


def find_all_pairs(*, after: int = 0, seconds: float = inf) -> tuple[int, int | None]:
    """Find the likely doubles of every card whose id is above `after`, chunk by chunk, each in a transaction.

    Returns how many pairs there are and, where `seconds` ended it before the last card, the id to go on after. May be
    run again any time, and goes on where cards come and go meanwhile.
    """
    found, ends = 0, time.monotonic() + seconds
    while True:
        with transaction.atomic():
            ids = list(Client.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
            if not ids:
                return found, None
            found += refresh_pairs(ids)
            after = ids[-1]
        if time.monotonic() >= ends:
            return found, after


def order_search(*, actor: Actor) -> bool:
    """Let the whole base be searched in the background; tell whether no search was waiting already. Raises Denied."""
    actor.require(EDIT_CLIENTS)
    company_id = current_company_id()
    return defer("people.find_doubles", company_id=company_id, once=f"find_doubles {company_id}")
