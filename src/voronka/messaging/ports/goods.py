"""Goods as talks and letters show them: the parts that know them give them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voronka.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class GoodsCard:
    """Goods that an operator shows in a talk: by the public id of a variant.

    `url` is their page on the company's site, `picture` the public id of a stored file, "" where there is none.
    """

    variant: str
    name: str
    price: Decimal | None
    currency: str
    url: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class GoodsSource:
    """Where goods for talks come from: who may show some, what a typed text finds (without page and picture), one.

    `get` takes the talk's `visitor` too: his site is where their page is looked for.
    """

    may: "Callable[[Actor], bool]"
    find: Callable[[str], Sequence[GoodsCard]]
    get: Callable[[str, str], GoodsCard | None]


_goods: list[GoodsSource] = []


def offer_goods(source: GoodsSource) -> None:
    """Let operators show goods: the part that knows them says it once."""
    _goods[:] = [source]


def goods_source() -> GoodsSource | None:
    """Return where goods for talks come from, None where nobody has said."""
    return _goods[0] if _goods else None


@dataclass(frozen=True, slots=True)
class LetterGoods:
    """A thing on sale as a letter shows it; `picture` is the public id of its file, `price` written out."""

    name: str
    price: str = ""
    picture: str = ""


class Shelf(Protocol):
    """Who knows the goods."""

    def find(self, text: str, most: int) -> list[tuple[str, str]]:
        """Return public ids and names of what is on sale and answers to a text, best first."""

    def cards(self, public_ids: Sequence[str]) -> Mapping[str, LetterGoods]:
        """Return what may be shown of these goods now; what is no longer on sale is left out."""


_shelves: list[Shelf] = []


def register_shelf(shelf: Shelf) -> None:
    """Say who knows the goods."""
    _shelves[:] = [shelf]


def find_shelf() -> Shelf | None:
    """Return who knows the goods, None in an installation without a catalogue."""
    return _shelves[0] if _shelves else None


# Tells the goods that go with what a client bought last, the best first: public id and the page of the shop that shows
# them, "" where none is known. None of them where he bought nothing, or the actor may not see it.
Accessories = Callable[[int, "Actor | None"], Sequence[tuple[str, str]]]

_accessories: list[Accessories] = []


def register_accessories(tell: Accessories) -> None:
    """Say who tells letters what goes with what was bought."""
    _accessories[:] = [tell]


def accessories_of(client_id: int, actor: "Actor | None") -> Sequence[tuple[str, str]]:
    """Return the goods that go with what a client bought last, each with its page."""
    return _accessories[0](client_id, actor) if _accessories else ()
