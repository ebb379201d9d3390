"""Cities of the demo clients, with telephone numbers that belong there and to nobody.

Numbers lie in real ranges of the numbering plan, so that their zones are found as those of real clients; all of them
end in 00-NN, by which they are known as invented.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from voronka.config.demo.words import CITIES
from voronka.people.rules.registers import MOBILE_BASE, cities, mobile_regions
from voronka.people.rules.zones import zone_of_phone

_BLOCK = 10_000
_A_BLOCK = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A city, its region by code and its zone."""

    city: str
    region: str
    zone: str


@cache
def places() -> tuple[tuple[Place, ...], tuple[int, ...]]:
    """Return the places and their weights."""
    known = {one.name: one for one in reversed(cities())}
    found = [(Place(name, known[name].region, known[name].zone), share) for name, share in CITIES]
    return tuple(place for place, _share in found), tuple(share for _place, share in found)


@cache
def _blocks() -> dict[str, list[int]]:
    """Return, by region, the ten-thousands of mobile numbers that were given out there, or there and next door."""
    found: dict[str, list[int]] = defaultdict(list)
    zones = {place.region: place.zone for place in places()[0]}
    for start in range(MOBILE_BASE, MOBILE_BASE + 100_000 * _BLOCK, _BLOCK):
        owners = mobile_regions(start)
        if not 1 <= len(owners) <= 2 or mobile_regions(start + _A_BLOCK) != owners:
            continue
        guess = zone_of_phone(f"+7{start}")
        for region in owners:
            if zones.get(region) == guess.zone:
                found[region].append(start)
    return found


class Numbers:
    """Hands out telephone numbers, none twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[int] = set()

    def mobile(self, place: Place) -> str:
        """Return a mobile number of the place in E.164."""
        blocks = _blocks()[place.region]
        while True:
            number = self._chance.choice(blocks) + self._chance.randrange(_A_BLOCK)
            if number not in self._used:
                self._used.add(number)
                return f"+7{number}"


def inn_of_firm(chance: random.Random) -> str:
    """Return a ten-digit INN with the right control digit (order of the Federal Tax Service MM-7-2/435)."""
    digits = [7, 7, *(chance.randrange(10) for _ in range(7))]
    return "".join(map(str, [*digits, _control(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8))]))


def inn_of_person(chance: random.Random) -> str:
    """Return a twelve-digit INN with both control digits right."""
    digits = [5, 0, *(chance.randrange(10) for _ in range(8))]
    digits.append(_control(digits, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
    digits.append(_control(digits, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)))
    return "".join(map(str, digits))


def ogrn_of_firm(chance: random.Random) -> str:
    """Return a thirteen-digit OGRN with the right control digit."""
    body = int("1" + "".join(str(chance.randrange(10)) for _ in range(11)))
    return f"{body}{body % 11 % 10}"


def _control(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10
