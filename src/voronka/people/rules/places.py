"""Cities and regions found in what people write for an address, and the clocks that hold there."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from voronka.people.rules.abroad import CITIES_ABROAD, COUNTRIES
from voronka.people.rules.letters import fold
from voronka.people.rules.regions import HOURS, REGIONS, Region
from voronka.people.rules.registers import City, cities


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the map: `name` for people, `region` a code of regions.REGIONS, "" abroad; `zones`, likeliest first.

    `sure` is False when the text was misspelt or names several places of different clocks.
    """

    name: str
    region: str
    zones: tuple[str, ...]
    sure: bool = True


_ALIASES = {
    "спб": "Санкт-Петербург",
    "питер": "Санкт-Петербург",
    "петербург": "Санкт-Петербург",
    "с-пб": "Санкт-Петербург",
    "с-петербург": "Санкт-Петербург",
    "ленинград": "Санкт-Петербург",
    "saint petersburg": "Санкт-Петербург",
    "st petersburg": "Санкт-Петербург",
    "spb": "Санкт-Петербург",
    "мск": "Москва",
    "moscow": "Москва",
    "msk": "Москва",
    "зеленоград": "Москва",
    "екб": "Екатеринбург",
    "ебург": "Екатеринбург",
    "екат": "Екатеринбург",
    "свердловск": "Екатеринбург",
    "yekaterinburg": "Екатеринбург",
    "ekb": "Екатеринбург",
    "нск": "Новосибирск",
    "новосиб": "Новосибирск",
    "нн": "Нижний Новгород",
    "нижний": "Нижний Новгород",
    "н новгород": "Нижний Новгород",
    "горький": "Нижний Новгород",
    "ростов": "Ростов-на-Дону",
    "рнд": "Ростов-на-Дону",
    "ростов н/д": "Ростов-на-Дону",
    "ростов на д": "Ростов-на-Дону",
    "комсомольск": "Комсомольск-на-Амуре",
    "челны": "Набережные Челны",
    "наб челны": "Набережные Челны",
    "владик": "Владивосток",
    "красноярка": "Красноярск",
    "крск": "Красноярск",
    "кск": "Красноярск",
    "челяба": "Челябинск",
    "магнитка": "Магнитогорск",
    "новокузня": "Новокузнецк",
    "пск": "Псков",
    "петропавловск камчатский": "Петропавловск-Камчатский",
    "п камчатский": "Петропавловск-Камчатский",
    "н тагил": "Нижний Тагил",
    "тагил": "Нижний Тагил",
    "к уральский": "Каменск-Уральский",
    "в новгород": "Великий Новгород",
    "великий": "Великий Новгород",
    "ю сахалинск": "Южно-Сахалинск",
    "куйбышев": "Самара",
    "сталинград": "Волгоград",
    "калинин": "Тверь",
}
_REGION_ALIASES = {
    "хмао": "KHM",
    "югра": "KHM",
    "янао": "YAN",
    "ямал": "YAN",
    "нао": "NEN",
    "еао": "YEV",
    "чао": "CHU",
    "саха": "SA",
    "якутия": "SA",
    "кбр": "KB",
    "кчр": "KC",
    "рсо-алания": "SE",
    "кузбасс": "KEM",
    "приморье": "PRI",
    "подмосковье": "MOS",
    "мо": "MOS",
    "ло": "LEN",
    "башкирия": "BA",
    "татария": "TA",
    "чечня": "CE",
    "чукотка": "CHU",
    "камчатка": "KAM",
    "сахалин": "SAK",
    "алтай": "ALT",
    "кубань": "KDA",
    "ставрополье": "STA",
    "забайкалье": "ZAB",
    "тува": "TY",
    "марий эл": "ME",
    "коми": "KO",
    "крым": "CR",
    "удмуртия": "UD",
    "чувашия": "CU",
    "прикамье": "PER",
}
_REGION_WORD = re.compile(
    r"\b(?:обл(?:асть|асти|\b)|край|края|респ(?:ублика|ублики|\b)|ао|автономн\w+|округ)", re.IGNORECASE
)
_TOWN_WORD = re.compile(
    r"^(?:россия|рф|russia)?\s*(?:г|гор|город|города|городе|пгт|п|пос|поселок|посёлок|с|село|д|дер|деревня|ст|ст-ца"
    r"|станица|рп|р\.п|мкр|city|town)(?:\.\s*|\s+)(?=\S{2})|^(?:в|во|из|под)\s+(?=\S{3})",
    re.IGNORECASE,
)
_TOWN_AFTER = re.compile(r"\s+(?:г|гор|город|city)\.?$", re.IGNORECASE)
_STREET = re.compile(
    r"\b(?:ул|улица|пр|пр-т|просп|проспект|пер|переулок|пл|площадь|б-р|бул|бульвар|ш|шоссе|наб|набережная|проезд|тракт"
    r"|аллея|линия|д|дом|кв|квартира|корп|корпус|стр|строение|оф|офис|подъезд|этаж|street|str|st|ave|road)\b\.?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[,;\n()]+")
_ENDINGS = re.compile(r"(?:ia|oi|oe|om|a|e|u|i|o)$")
_LONGEST = 300  # signs of an address that are looked through


@lru_cache(maxsize=16384)
def find_place(text: str) -> Place | None:
    """Return the place that a city cell or a whole address names, None when none is known."""
    text = text[:_LONGEST].strip().lower().replace("ё", "е")
    if not text:
        return None
    region: Region | None = None
    country: Place | None = None
    town: tuple[City | Place, ...] = ()
    sure = True
    parts = [part.strip(" .") for part in _PARTS.split(text)]
    for part in parts:
        if not part or part.isdigit() or part in ("россия", "рф", "russia", "российская федерация"):
            continue
        if region is None and (found_region := _region(part)):
            region = found_region
        elif not town:
            town, exact = _town(part)
            sure = sure and exact
            if not town and country is None and (abroad := _countries().get(_key(part))):
                country = abroad
    if not town and (town := _misspelt(parts)):
        sure = False
    return _settle(town, region, sure) or country


def _settle(town: tuple[City | Place, ...], region: Region | None, sure: bool) -> Place | None:
    """Choose among towns of one name, by the region named beside it or by size."""
    within = [one for one in town if region is not None and one.region == region.code]
    if region is not None and town and not within:
        near = next((one for one in town if isinstance(one, City) and one.zone == region.zone), None)
        return Place(near.name, region.code, (region.zone,)) if near else _of_region(region)
    chosen = within or list(town)
    if not chosen:
        return _of_region(region) if region is not None else None
    first = chosen[0]
    if isinstance(first, Place):
        return Place(first.name, "", first.zones, sure and first.sure)
    zones = tuple(dict.fromkeys(one.zone for one in chosen if isinstance(one, City)))
    clocks = {HOURS.get(zone) for zone in zones}
    return Place(first.name, first.region, zones, sure and (len(zones) == 1 or len(clocks) == 1))


def _of_region(region: Region) -> Place:
    return Place(region.name, region.code, (region.zone, *region.other_zones), sure=not region.other_zones)


def _key(text: str) -> str:
    return " ".join(filter(None, (fold(word) for word in re.split(r"[\s\-./]+", text))))


@cache
def _towns() -> dict[str, tuple[City | Place, ...]]:
    found: dict[str, tuple[City | Place, ...]] = {}
    for city in cities():
        key = _key(city.name)
        found[key] = (*found.get(key, ()), city)
    for alias, name in _ALIASES.items():
        found.setdefault(_key(alias), found[_key(name)])
    for name, zone in CITIES_ABROAD.items():
        found.setdefault(_key(name), (Place(name, "", (zone,)),))
    return found


@cache
def _countries() -> dict[str, Place]:
    return {_key(name): Place(name, "", zones, sure=len(zones) == 1) for name, zones in COUNTRIES.items()}


@cache
def _stems() -> dict[str, tuple[City | Place, ...]]:
    """Towns by the beginning of their names that stays in all cases of declension."""
    found: dict[str, tuple[City | Place, ...]] = {}
    for key, town in _towns().items():
        if len(key) >= 4:
            found.setdefault(_stem(key), town)
    return found


def _stem(key: str) -> str:
    return " ".join(_ENDINGS.sub("", word) if len(word) > 4 else word for word in key.split(" "))


def _town(part: str) -> tuple[tuple[City | Place, ...], bool]:
    """Return towns of the name, and whether it stood there without a doubt."""
    bare = _TOWN_AFTER.sub("", _TOWN_WORD.sub("", part, count=1)).strip(" .")
    towns, key = _towns(), _key(bare)
    if key in towns:
        return towns[key], True
    if _STREET.search(part):  # "Красноярск ул. Мира 1": what stands before the street may be a town
        before = _STREET.split(bare, maxsplit=1)[0].strip(" .")
        words = _key(before).split(" ")
        for size in range(min(3, len(words)), 0, -1):
            if (first := " ".join(words[:size])) in towns and len(first) > 2:
                return towns[first], True
        return (), True
    if len(key) >= 4 and (found := _stems().get(_stem(key))):
        return found, bare != part or len(key) >= 6
    words = key.split(" ")
    for size in range(min(3, len(words) - 1), 0, -1):
        if (first := " ".join(words[:size])) in towns and len(first) > 3:
            return towns[first], False
    return (), True


def _region(part: str) -> Region | None:
    """Return the region named in a part of an address."""
    bare = _REGION_WORD.sub("", part).strip(" .")
    if code := _REGION_ALIASES.get(part) or _REGION_ALIASES.get(bare):
        return REGIONS["AL"] if code == "ALT" and "респ" in part else REGIONS[code]
    if bare == part:
        return None
    tidy = part.replace("респ.", "республика").replace("респ ", "республика ")
    found = [one for one in REGIONS.values() if one.stem in tidy and one.code not in ("MOW", "SPE", "SEV")]
    return max(found, key=lambda one: len(one.stem)) if found else None


def _misspelt(parts: list[str]) -> tuple[City | Place, ...]:
    """Return the town whose name a part nearly spells."""
    for part in parts:
        if _STREET.search(part) or not 5 <= len(part) <= 40:
            continue
        key = _key(_TOWN_WORD.sub("", part, count=1))
        if len(key) < 5:
            continue
        found = process.extractOne(key, _towns().keys(), scorer=fuzz.ratio, score_cutoff=84)
        if found:
            return _towns()[found[0]]
    return ()
