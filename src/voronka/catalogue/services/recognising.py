"""What people call goods in their own letters, recognised: by codes, by the very name, by likeness of names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from voronka.catalogue.models import Barcode, Variant
from voronka.catalogue.queries.cards import search_ids
from voronka.catalogue.rules import barcodes
from voronka.catalogue.rules.matching import Matcher, Said, tell
from voronka.catalogue.services.lists.finding import read_shelf

SHOWN = 5
MOST_NAMED = 300


@dataclass(frozen=True, slots=True)
class Named:
    """Goods as somebody named them: words, and codes that stand for them (articles, makers' articles, barcodes)."""

    name: str
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """What goods a name means: `variant_id` where that is sure, by `how` (code, barcode, maker, name, alike).

    `candidates` are the likeliest, the best first, the sure one among them.
    """

    variant_id: int | None
    how: str
    candidates: Sequence[int]


def recognise(named: Sequence[Named]) -> list[Recognised]:
    """Return for each name the goods it means. Reads the whole catalogue only where codes and very names do not do.

    Statements stand in a transaction of their own; comparing is done outside of it.
    """
    asked = list(named)[:MOST_NAMED]
    with transaction.atomic():
        by_code = _by_codes(asked)
        by_name = _by_names([one.name for one in asked])
        found = [_exact(one, by_code, by_name) for one in asked]
        open_ones = [at for at, one in enumerate(found) if one is None]
        shelf = read_shelf() if open_ones else None
        typed = {at: search_ids(asked[at].name, most=SHOWN) for at in open_ones}
    if shelf is not None:
        ours = {int(one.key): one.name for one in shelf.goods}
        matches = Matcher(shelf.goods).match([asked[at].name for at in open_ones])
        for at, match in zip(open_ones, matches, strict=True):
            told = sorted({pk for code in asked[at].codes for pk, _how in by_code.get(_key(code), ())})
            near = [*told, *(int(one.key) for one in match.candidates if one.score > 0), *typed[at]]
            # Codes that name different goods: whoever wrote them has to say which he meant.
            first = ours.get(near[0], "") if match.is_sure and near and not told else ""
            sure = near[0] if first and _say_the_same(asked[at].name, first) else None
            found[at] = Recognised(sure, "alike" if sure else "", tuple(dict.fromkeys(near))[:SHOWN])
    return [one or Recognised(None, "", ()) for one in found]


def recognise_exactly(named: Sequence[Named]) -> list[int | None]:
    """Return the goods that codes or very names tell for sure: three statements, however many are named."""
    asked = list(named)[:MOST_NAMED]
    by_code, by_name = _by_codes(asked), _by_names([one.name for one in asked])
    found = [_exact(one, by_code, by_name) for one in asked]
    return [None if one is None else one.variant_id for one in found] + [None] * (len(named) - len(asked))


def _say_the_same(theirs: str, ours: str) -> bool:
    """Tell whether neither name has a word or a size that the other does not: a soft chair is not just a chair.

    A price list names what its supplier sells; who writes a letter may want what we do not have.
    """
    told = tell(theirs, ours)
    return not told.against and all(piece.said is not Said.DIFFERENT for piece in (*told.theirs, *told.ours))


def _key(code: str) -> str:
    return code.strip().casefold()


def _by_codes(named: Sequence[Named]) -> Mapping[str, Sequence[tuple[int, str]]]:
    """Return by code in small letters the goods it names, and whether it is their article, the maker's or a barcode."""
    said = {_key(code): code.strip() for one in named for code in one.codes if code.strip()}
    if not said:
        return {}
    written = {form for code in said.values() for form in (code, code.upper(), code.lower())}
    found: dict[str, list[tuple[int, str]]] = {}
    rows = Variant.objects.filter(Q(code__in=written) | Q(maker_code__in=written)).order_by("id")
    for pk, code, maker in rows.values_list("id", "code", "maker_code"):
        for kind, one in (("code", code), ("maker", maker)):
            if one and _key(one) in said:
                found.setdefault(_key(one), []).append((pk, kind))
    keys = {barcodes.key_of(code): low for low, code in said.items()}
    for key, pk in Barcode.objects.filter(key__in=set(keys)).values_list("key", "variant_id"):
        found.setdefault(keys[key], []).append((pk, "barcode"))
    return found


def _by_names(names: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Return by key of sorting the goods that are called just so."""
    keys = {_name_key(one) for one in names if one.strip()}
    found: dict[str, list[int]] = {}
    for pk, key in Variant.objects.filter(sort_key__in=keys).order_by("id").values_list("id", "sort_key"):
        found.setdefault(key, []).append(pk)
    return found


def _name_key(name: str) -> str:
    return " ".join(name.split()).upper().replace("Ё", "Е")


def _exact(
    one: Named, by_code: Mapping[str, Sequence[tuple[int, str]]], by_name: Mapping[str, Sequence[int]]
) -> Recognised | None:
    """Return what codes and the very name say; None where they say nothing, or not the same."""
    called = by_name.get(_name_key(one.name), ())
    told = [pair for code in one.codes for pair in by_code.get(_key(code), ())]
    # An article of the company goes before a maker's number that happens to be written the same way.
    own = [pair for pair in told if pair[1] == "code"] or told
    ids = {pk for pk, _how in own}
    if len(ids) == 1:
        pk, how = own[0]
        return Recognised(pk, how, (pk,))
    if ids:
        return None
    return Recognised(called[0], "name", (called[0],)) if len(called) == 1 else None
