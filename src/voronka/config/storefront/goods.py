"""What the shop sells, in its own words: read from `goods.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Category:
    """A page of the shop's catalogue."""

    slug: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant: the article by which the product knows it, and which size and tone it is, counted from 0."""

    code: str
    size: int
    tone: int


@dataclass(frozen=True, slots=True)
class Goods:
    """A product page. `sizes` with their prices as the catalogue is filled; `usual` is the size that is shown first."""

    slug: str
    code: str
    name: str
    category: str
    about: str
    lead: str
    markup: str
    picture: str
    size_name: str
    sizes: tuple[tuple[str, int], ...]
    usual: int
    tone_name: str
    tones: tuple[str, ...]
    pieces: int
    goes_with: tuple[str, ...]

    def choices(self) -> list[Choice]:
        """Return all variants, by size and tone."""
        places = [(size, tone) for size in range(len(self.sizes)) for tone in range(len(self.tones))]
        return [Choice(self.code_of(size, tone), size, tone) for size, tone in places]

    def code_of(self, size: int, tone: int) -> str:
        """Return the article of a variant."""
        return f"{self.code}-{size + 1}{tone + 1}"

    def options_of(self, choice: Choice) -> dict[str, str]:
        """Return what tells a variant apart, in words."""
        return {self.size_name: self.sizes[choice.size][0], self.tone_name: self.tones[choice.tone]}


@dataclass(frozen=True, slots=True)
class Range:
    """All that the shop sells."""

    categories: tuple[Category, ...]
    goods: tuple[Goods, ...]

    def find(self, slug: str) -> Goods | None:
        """Return the goods of an address."""
        return next((one for one in self.goods if one.slug == slug), None)

    def by_code(self) -> dict[str, tuple[Goods, Choice]]:
        """Return every variant by its article."""
        return {choice.code: (one, choice) for one in self.goods for choice in one.choices()}


@cache
def read_range() -> Range:
    """Return what is in `goods.toml`."""
    said = tomllib.loads(Path(__file__).with_name("goods.toml").read_text("utf-8"))
    return Range(tuple(Category(**one) for one in said["category"]), tuple(_goods(one) for one in said["goods"]))


def _goods(said: dict[str, Any]) -> Goods:  # of TOML
    sizes = tuple((str(size), int(price)) for size, price in said.pop("sizes"))
    tones, others = tuple(said.pop("tones")), tuple(said.pop("with"))
    return Goods(**said, sizes=sizes, tones=tones, goes_with=others)
