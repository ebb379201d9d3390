"""The compiled registers of facts that the rules look things up in; each is read on first use.

They are made by tools/compile_registers.py from open data named in NOTICE; the formats are told there.
"""

import zlib
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from sys import byteorder

MOBILE_BASE = 9_000_000_000  # ranges count from the first number of the code 900


@dataclass(frozen=True, slots=True)
class City:
    """A city of the register: `region` is a code of regions.REGIONS, `population` of the year of the register."""

    name: str
    region: str
    zone: str
    population: int


@dataclass(frozen=True, slots=True)
class _Ranges:
    starts: "array[int]"
    owners: bytes
    groups: tuple[tuple[str, ...], ...]


def mobile_regions(national: int) -> tuple[str, ...]:
    """Return codes of the regions where a ten-digit mobile number was given out; empty when unknown or everywhere."""
    ranges = _ranges()
    place = bisect_right(ranges.starts, national - MOBILE_BASE) - 1
    return ranges.groups[ranges.owners[place]] if place >= 0 else ()


@cache
def _ranges() -> _Ranges:
    head, _, body = zlib.decompress(_read("mobile_ranges.bin")).partition(b"\n")
    groups = tuple(tuple(group.split("+")) if group != "-" else () for group in head.decode().split(" "))
    count = len(body) // 5
    starts = array("I")
    starts.frombytes(body[: count * 4])
    if byteorder == "big":
        starts.byteswap()
    return _Ranges(starts, body[count * 4 :], groups)


@cache
def cities() -> tuple[City, ...]:
    """Return the cities of Russia, the largest first."""
    rows = _read("cities.csv").decode().splitlines()
    return tuple(
        City(name, region, zone, int(people) * 1000)
        for name, region, zone, people in (row.split(";") for row in rows if not row.startswith("#"))
    )


@cache
def first_names() -> dict[str, str]:
    """Return first names in small letters with е for ё: m, f, or u for names of both."""
    return {name: gender for gender in ("m", "f", "u") for name in _names_of(gender)}


@cache
def common_first_names() -> frozenset[str]:
    """Return the hundred first names that most people have."""
    return frozenset(_names_of("common"))


def _names_of(kind: str) -> list[str]:
    for line in _read("first_names.txt").decode().splitlines():
        head, _, names = line.partition(" ")
        if head == kind:
            return names.split()
    return []


@cache
def disposable_domains() -> frozenset[str]:
    """Return domains of addresses that live for minutes."""
    return frozenset(zlib.decompress(_read("disposable_domains.bin")).decode().split("\n"))


def _read(name: str) -> bytes:
    return files("voronka.people").joinpath("data", name).read_bytes()
