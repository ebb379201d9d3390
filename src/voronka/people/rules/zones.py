"""The clock a client lives by, and how certain it is.

Sources, in the order of trust: set by hand, told by the browser, the address, the phone number. Russian mobile
numbers are placed by the ranges of the numbering plan, since the public library answers with all zones of the country.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import phonenumbers

from voronka.kit.clocks import known_zones
from voronka.people.rules.abroad import PHONE_CODES
from voronka.people.rules.places import Place, find_place
from voronka.people.rules.regions import AREA_CODES, REGIONS, ZONE_CITIES
from voronka.people.rules.registers import mobile_regions


@dataclass(frozen=True, slots=True)
class ZoneGuess:
    """A zone of the IANA database; empty when nothing is known.

    `region` is for people (a region of Russia, else empty), `place` the city or region found in an address.
    `source` is hand, browser, address, phone or "". `others` are zones that are as possible.
    """

    zone: str = ""
    region: str = ""
    sure: bool = False
    source: str = ""
    place: str = ""
    others: tuple[str, ...] = ()


UNKNOWN = ZoneGuess()
_NAME_OF_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+){0,2}")
_OFFSET = re.compile(
    r"(?:(utc|gmt|мск|msk|z)\s*)?([+\-−])\s*(\d{1,2})(?::?00)?(?:\s*(utc|gmt|мск|msk))?", re.IGNORECASE
)
# The zone of Russia's people at each distance from Greenwich, in hours.
_BY_HOURS = {
    2: "Europe/Kaliningrad",
    3: "Europe/Moscow",
    4: "Europe/Samara",
    5: "Asia/Yekaterinburg",
    6: "Asia/Omsk",
    7: "Asia/Krasnoyarsk",
    8: "Asia/Irkutsk",
    9: "Asia/Yakutsk",
    10: "Asia/Vladivostok",
    11: "Asia/Sakhalin",
    12: "Asia/Kamchatka",
}


def zone_of_phone(e164: str) -> ZoneGuess:
    """Guess by where the number was given out. Unsure where its region has several clocks or nobody knows."""
    if len(e164) > 20 or not e164.startswith("+") or not (e164[1:].isdecimal() and e164.isascii()):
        return UNKNOWN
    if (zone := PHONE_CODES.get(e164[:5])) and e164.startswith("+7"):
        return ZoneGuess(zone, sure=True, source="phone")
    if len(e164) == 12 and e164.startswith("+7") and e164[2] in "3489":
        return _russian(int(e164[2:]), e164[2:5])
    for size in (3, 4):
        if zone := PHONE_CODES.get(e164[:size]):
            return ZoneGuess(zone, sure=True, source="phone")
    return _abroad(e164)


def _russian(national: int, code: str) -> ZoneGuess:
    if code[0] == "9":
        return _of_regions(mobile_regions(national))
    region = AREA_CODES.get(code)
    return _of_regions((region,) if region else ())


@cache
def _of_regions(codes: tuple[str, ...]) -> ZoneGuess:
    if not codes:
        return UNKNOWN
    regions = [REGIONS[code] for code in codes]
    zones = tuple(
        dict.fromkeys([one.zone for one in regions] + [zone for one in regions for zone in one.other_zones])
    )
    # Several names of one clock (Moscow and Simferopol never part) count as one only where the zone is the same.
    return ZoneGuess(
        zones[0], " / ".join(one.name for one in regions), sure=len(zones) == 1, source="phone", others=zones[1:]
    )


@lru_cache(maxsize=1024)
def _abroad(e164: str) -> ZoneGuess:
    # The library's register of zones takes 7 MB, and most companies never need it.
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        found = time_zones_for_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    zones = tuple(zone for zone in found if zone != UNKNOWN_TIMEZONE and zone in known_zones())
    if not zones:
        return UNKNOWN
    # Numbers of North America travel with their owners.
    return ZoneGuess(zones[0], sure=len(zones) == 1 and e164[1] != "1", source="phone", others=zones[1:5])


def zone_of_place(text: str) -> ZoneGuess:
    """Guess by a city, a region, an address, a zone's own name ("Asia/Omsk") or a distance ("UTC+7", "МСК+4")."""
    text = text[:300].strip()
    if not text:
        return UNKNOWN
    if "/" in text and _NAME_OF_ZONE.fullmatch(text) and text in known_zones():
        return ZoneGuess(text, sure=True, source="address")
    if match := _OFFSET.fullmatch(text):
        return _by_distance(match)
    place = find_place(text)
    return _of_place(place) if place else UNKNOWN


def _of_place(place: Place) -> ZoneGuess:
    region = REGIONS[place.region].name if place.region else ""
    return ZoneGuess(place.zones[0], region, place.sure, "address", place.name, place.zones[1:])


def _by_distance(match: re.Match[str]) -> ZoneGuess:
    hours = int(match[3]) * (1 if match[2] == "+" else -1)
    if (match[1] or match[4] or "").lower() in ("мск", "msk"):
        hours += 3
    elif not (match[1] or match[4]):
        return UNKNOWN
    zone = _BY_HOURS.get(hours, "")
    if not zone and (name := f"Etc/GMT{-hours:+d}") in known_zones():
        zone = name  # the database counts these names westwards
    return ZoneGuess(zone, source="address") if zone else UNKNOWN


def choose_zone(
    *, by_hand: str = "", browser: str = "", address: str = "", phones: Iterable[str] = (), city: str = ""
) -> ZoneGuess:
    """Return the guess of the most trusted source that gives one: hand, browser, address (and city), then phones.

    An address that fits several clocks is settled by the phone when that is one of them. Phones are E.164; of several
    the first that gives a certain zone counts.
    """
    for source, zone in (("hand", by_hand), ("browser", browser)):
        if zone and zone in known_zones():
            return ZoneGuess(zone, sure=True, source=source)
    place = zone_of_place(city) if city else UNKNOWN
    if address and not place.sure:
        # The city's own name inside of the address lets its region tell namesakes apart.
        full = zone_of_place(f"{address}, {city}" if city else address)
        place = full if full.zone and (full.sure or not place.zone) else place
    phone = _of_phones(phones)
    if not place.zone:
        return phone
    if not place.sure and phone.sure and phone.zone in (place.zone, *place.others):
        return replace(place, zone=phone.zone, region=phone.region, sure=True, others=())
    return place


def _of_phones(phones: Iterable[str]) -> ZoneGuess:
    best = UNKNOWN
    for e164 in phones:
        guess = zone_of_phone(e164)
        if guess.sure:
            return guess
        best = best if best.zone else guess
    return best


def zone_city(zone: str) -> str:
    """Return the Russian name of the city a zone goes by: Красноярск; of other zones the last part of their name."""
    return ZONE_CITIES.get(zone) or zone.rpartition("/")[2].replace("_", " ")
