"""Compile the registers of facts in src/voronka/people/data from the open data they come from.

    python tools/compile_registers.py FOLDER

FOLDER holds the sources, each in its own folder as named in SOURCES below. NOTICE tells where they come from.

Formats:
- mobile_ranges.bin, zlib: a line of groups of regions ("-" none, "MOS+MOW" either of two), parted by blanks; then the
  starts of ranges (unsigned 32 bits, little-endian, counted from 9000000000), then one byte each: the group's place.
- cities.csv: name;region;zone;thousands of people, the largest first.
- first_names.txt: a line for each gender (m, f, u for both) and one of the common names, small letters, е for ё.
- disposable_domains.bin, zlib: one domain a line.
"""

import csv
import re
import struct
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from voronka.people.rules.regions import HOURS, REGIONS, Region  # noqa: E402

DATA = ROOT / "src" / "voronka" / "people" / "data"
SOURCES = {
    "ranges": "ru_def_codes/DEF-9xx_2023-02.csv",
    "cities": "ru_cities_timezones/city.csv",
    "names": "ru_names",
    "disposable": "disposable_email/disposable_domains.txt",
}
BASE = 9_000_000_000
# Names in the plan that are smaller than a region.
WITHIN = {"сочи": "KDA", "абзелил": "BA", "норильск": "KYA", "сургут": "KHM", "коряк": "KAM", "г. псков": "PSK"}
BOTH = {"саша", "женя", "валя", "шура", "слава", "паша", "сима", "тоша"}  # short names of men and women
# Names frequent in Russia and near it that the lists lack.
MORE_NAMES = {
    "m": (
        "нурсултан нурлан ерлан азамат бахтияр бахтиёр фарход фархад жасур дилшод шохрух рустам тимур марат "
        "ренат ринат айрат ильдар ильнур ильгиз фанис рамиль равиль дамир азат булат айдар раиль рафаэль "
        "магомед мухаммад мухаммед ахмед ахмад али алихан ислам шамиль рамзан аслан мурат муслим умар усман "
        "хасан хусейн ибрагим юсуф ашот армен гагик нарек гурген тигран ваган арам давид вахтанг гиви зураб "
        "гия реваз лаша отар санжар улугбек отабек бекзод мансур гасан эльдар эмиль эльчин вугар расул анзор "
        "ильяс данияр ержан арман даниял саид жан"
    ),
    "f": (
        "гульнара гузель айгуль алсу альфия эльвира эльмира динара диляра ляйсан лейсан резеда рамиля венера "
        "гульназ зухра фатима патимат зарема мадина хадижа аминат амина марьям айшат асият залина фарида "
        "наиля руфина сабина айсылу гаянэ ануш анаит сусанна нино этери натела мадлен лейла севиндж айгюн "
        "нигора дилфуза малика гулнора сабрина ясмин айжан асель жанар мейрам камила регина снежана кристина "
        "анжела анжелика илона камилла ульяна"
    ),
}
# Cities whose clock is not their region's main one, by the zones of the IANA database.
OWN_ZONES = {
    "Верхоянск": "Asia/Vladivostok",
    "Среднеколымск": "Asia/Srednekolymsk",
    "Северо-Курильск": "Asia/Srednekolymsk",
}


def main() -> None:
    """Compile all registers and say how large they came out."""
    source = Path(sys.argv[1])
    DATA.mkdir(exist_ok=True)
    made = {
        "mobile_ranges.bin": compile_ranges(source / SOURCES["ranges"]),
        "cities.csv": compile_cities(source / SOURCES["cities"]),
        "first_names.txt": compile_names(source / SOURCES["names"]),
        "disposable_domains.bin": zlib.compress((source / SOURCES["disposable"]).read_bytes().strip(), 9),
    }
    for name, content in made.items():
        (DATA / name).write_bytes(content)
        sys.stdout.write(f"{name}: {len(content)} bytes\n")


def compile_ranges(path: Path) -> bytes:
    """Join neighbouring ranges of one region; what the plan leaves out belongs to none."""
    rows = list(csv.reader(path.open(encoding="utf-8-sig"), delimiter=";"))[1:]
    ranges = sorted((int(row[0]) * 10**7 + int(row[1]), int(row[0]) * 10**7 + int(row[2]), row[5]) for row in rows)
    groups: list[str] = ["-"]
    joined: list[tuple[int, int]] = []
    expected = BASE
    for first, last, text in ranges:
        group = group_of(text)
        if group not in groups:
            groups.append(group)
        if first != expected:
            append(joined, expected - BASE, 0)
        append(joined, first - BASE, groups.index(group))
        expected = last + 1
    append(joined, expected - BASE, 0)
    body = struct.pack(f"<{len(joined)}I", *(start for start, _ in joined)) + bytes(owner for _, owner in joined)
    return zlib.compress(" ".join(groups).encode() + b"\n" + body, 9)


def append(joined: list[tuple[int, int]], start: int, owner: int) -> None:
    """Add a range unless it only goes on with the one before."""
    if not joined or joined[-1][1] != owner:
        joined.append((start, owner))


def group_of(text: str) -> str:
    """Return the codes of the regions a text of the plan names."""
    low = " ".join(text.lower().replace(" - ", "-").replace("и г.", "* г.").split())
    if low.startswith("российская федерация") or low == "регион":
        return "-"
    for stem, code in WITHIN.items():
        if stem in low:
            return code
    parts = {part.strip() for part in re.split(r"[*|]| и ", low)}
    codes = {region_of(part).code for part in parts}
    return "+".join(sorted(codes))


def region_of(part: str) -> Region:
    """Return the region that a name of the plan or of the list of cities means; the longest stem decides."""
    found = [one for one in REGIONS.values() if one.stem in part]
    if not found:
        raise SystemExit(f"No region: {part}")
    return max(found, key=lambda one: len(one.stem))


def compile_cities(path: Path) -> bytes:
    """Keep name, region, zone and people of each city."""
    lines: list[tuple[int, str]] = []
    for row in csv.DictReader(path.open(encoding="utf-8")):
        name = row["settlement"] or row["city"] or row["area"] or row["region"]
        kind = f"{row['region_type']} {row['region']}".lower().replace("респ ", "республика ")
        region = region_of(kind)
        zone = OWN_ZONES.get(name, region.zone)
        hours = int(row["timezone"].removeprefix("UTC+"))
        expected = HOURS[region.zone]
        if hours != expected and name not in OWN_ZONES:
            raise SystemExit(f"{name}: UTC+{hours}, but {region.name} is UTC+{expected}")
        people = int(re.sub(r"\D", "", row["population"]) or 0)
        lines.append((-people, f"{name};{region.code};{zone};{max(1, people // 1000)}"))
    head = "# Cities of Russia, compiled from github.com/hflabs/city (DaData.ru); this file is under CC BY-SA 4.0\n"
    return (head + "\n".join(line for _, line in sorted(lines)) + "\n").encode()


def compile_names(folder: Path) -> bytes:
    """Put first names of all lists together by gender; the short lists hold the common ones."""
    male, female = set(MORE_NAMES["m"].split()), set(MORE_NAMES["f"].split())
    common: set[str] = set()
    for path in sorted(folder.glob("*.txt")):
        if path.name.startswith(("first_", "koziev_names_")):
            names = {
                line.strip().lower().replace("ё", "е")
                for line in path.read_text(encoding="utf-8-sig").splitlines()
                if re.fullmatch(r"[А-ЯЁа-яё]{2,}(-[А-ЯЁа-яё]+)?", line.strip())
            }
            (female if "_f" in path.name else male).update(names)
            if path.name in ("first_m.txt", "first_f.txt"):
                common |= names
    both = (male & female) | BOTH
    lines = [("m", male - both), ("f", female - both), ("u", both), ("common", common)]
    return "".join(f"{kind} {' '.join(sorted(names))}\n" for kind, names in lines).encode()


if __name__ == "__main__":
    main()
