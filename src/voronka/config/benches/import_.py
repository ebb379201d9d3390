"""A hundred thousand rows of CSV into a base of a million clients, beside COPY and INSERT of what came of them.

The limit writes the very rows that the import made, ready, into the same tables as the same role: same indexes,
triggers and policies. The control loads without the search for duplicates and must make doubles.
"""

import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from voronka.config.benches.frame import (
    Result,
    Staff,
    app_connection,
    fill_quickly,
    middle,
    owner_connection,
    rows_of,
)
from voronka.config.benches.staff import staff_of
from voronka.config.demo import words
from voronka.config.demo.places import places
from voronka.people.rules.duplicates import blocking_keys
from voronka.people.rules.import_plan import person_of
from voronka.people.rules.names import name_key

FULL, FILE_SHARE, ROUNDS = 1_000_000, 0.1, 2
LEAST_PER_SECOND, LEAST_RATIO, MOST_MEMORY = 3_000, 1 / 6, 1.1
_PEOPLE = 40_000
# Tables that a load writes, in the order of their keys.
_TABLES = ("people_client", "people_contactpoint", "people_matchkey", "people_touch", "people_importrow", "kit_event")
# The new numbers end in other seven digits than those of a full base, but for a tenth: as many as meet by chance.
_FIRST_PHONE, _FIRST_NEW_PHONE = 9_160_000_000, 9_270_990_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load told: seconds of the check and of the load, peak of memory in MiB, counts of the run.

    `processor` are microseconds a row of the load by who took them: main, helpers, database.
    """

    run_id: int
    seconds: float
    check_seconds: float
    peak_mib: float
    counts: dict[str, int]
    processor: dict[str, float]


def run(*, scale: float, seconds: float) -> Result:
    """Measure; `seconds` is not used, a load lasts as long as it lasts."""
    result = Result("import", scale)
    base = rows_of(scale, FULL)
    size = max(round(base * FILE_SHARE), 1_000)
    staff = staff_of(f"import{base}", 1)
    people = _people()
    prepare(staff, base, people)
    whole, tenth = _file(people, base, size), _file(people, base, size // 10)
    rates, copies, checks, peaks, lost, doubled = [], [], [], [], 0, 0
    processor: dict[str, list[float]] = {}
    for _round in range(ROUNDS):
        loaded = _load(staff, whole, "fill")
        rates.append(size / loaded.seconds)
        checks.append(size / loaded.check_seconds)
        peaks.append(loaded.peak_mib)
        for name, taken in loaded.processor.items():
            processor.setdefault(name, []).append(taken)
        lost += size - sum(loaded.counts.values())
        doubled += _count_doubles(staff)
        copies.append(size / _copy_again(staff, base))
        _clean(staff, base)
    small = _load(staff, tenth, "fill")
    _clean(staff, base)
    _load(staff, tenth, "new")
    control = _count_doubles(staff)
    _clean(staff, base)
    figures = result.figures
    figures |= {"rows_per_s": middle(rates), "check_rows_per_s": middle(checks), "copy_rows_per_s": middle(copies)}
    figures |= {name: middle(taken) for name, taken in processor.items()}
    figures |= {"peak_mib": max(peaks), "peak_mib_at_tenth": small.peak_mib}
    figures |= {"lost": lost, "doubled": doubled, "control_doubled": control}
    result.ratios["rows_to_copy"] = middle([rate / copy for rate, copy in zip(rates, copies, strict=True)])
    result.ratios["peak_to_tenth"] = figures["peak_mib"] / figures["peak_mib_at_tenth"]
    _demand(result)
    return result


def _demand(result: Result) -> None:
    figures, lost, doubled = result.figures, result.figures["lost"], result.figures["doubled"]
    result.demand(lost == 0, "rows of the file came to nothing")
    result.demand(doubled == 0, "a phone of one client came to stand on two cards")
    result.demand(figures["control_doubled"] > 0, "the control, without the search for duplicates, made no doubles")
    if result.scale >= 1:
        result.demand(figures["rows_per_s"] >= LEAST_PER_SECOND, f"rows_per_s is under {LEAST_PER_SECOND}")
        result.demand(result.ratios["rows_to_copy"] >= LEAST_RATIO, "rows_to_copy is under 1/6")
        result.demand(result.ratios["peak_to_tenth"] <= MOST_MEMORY, f"peak_mib is over {MOST_MEMORY} of the tenth")


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    last: str
    first: str
    middle: str
    gender: str
    city: str
    zone: str
    name_key: str
    place_key: str
    initial: str


def _people() -> list[_Person]:
    """Return the namesakes of which the base is made: each lives about twenty-five times in a million."""
    chance, found = random.Random(11), []  # noqa: S311 - invented data
    cities, shares = places()
    for _number in range(_PEOPLE):
        is_woman = chance.random() < 0.5
        last, father = chance.choice(words.SURNAMES), chance.choice(words.FATHERS)
        first = chance.choice(words.WOMEN if is_woman else words.MEN)
        if is_woman:
            last, father = words.of_woman(last), words.patronymic_of_woman(father)
        place = chance.choices(cities, shares)[0]
        name = f"{last} {first} {father}"
        values = {"name": name, "last_name": last, "first_name": first, "middle_name": father, "city": place.city}
        keys = blocking_keys(person_of({**values, "birthday": date(2000, 1, 1)}, ()))
        place_key = next(key for key in keys if key.startswith("c"))
        initial = next(key for key in keys if key.startswith("b"))[9:]
        gender = "f" if is_woman else "m"
        found.append(
            _Person(name, last, first, father, gender, place.city, place.zone, name_key(name), place_key, initial)
        )
    return found


def prepare(staff: Staff, base: int, people: list[_Person]) -> None:
    """See to it that the company has `base` clients, each with a phone, an address and the signs of comparison."""
    first_id = _first_id(staff)
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_client WHERE company_id = %s", [staff.company_id])
        have = int((cursor.fetchone() or (0,))[0])
        if have == base:
            return
        fill_quickly(cursor)
        cursor.execute(
            "CREATE TEMP TABLE person (n int PRIMARY KEY, name text, last text, first text, middle text, gender text,"
            " city text, zone text, name_key text, place_key text, initial text)"
        )
        with cursor.copy("COPY person FROM STDIN") as copy:
            for number, one in enumerate(people):
                copy.write_row(
                    (number, one.name, one.last, one.first, one.middle, one.gender, one.city, one.zone, one.name_key,
                     one.place_key, one.initial)
                )  # fmt: skip
        values = {"company": staff.company_id, "base": base, "first": first_id, "people": _PEOPLE,
                  "phone": _FIRST_PHONE}  # fmt: skip
        with owner.transaction():
            for table in reversed(_TABLES):
                cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE company_id = %s").format(sql.Identifier(table)), [staff.company_id]
                )
            for statement in _FILL:
                cursor.execute(statement, values)
        cursor.execute("VACUUM (ANALYZE) people_client, people_contactpoint, people_matchkey")


def _first_id(staff: Staff) -> int:
    """Return below which no client of the company lies; those that a load makes lie far under it."""
    return 400_000_000 + staff.company_id * 2_000_000


_FILL = (
    """
    INSERT INTO people_client (id, company_id, public_id, kind, name, name_key, last_name, first_name, middle_name,
      gender, birthday, city, address, position, zone, zone_source, zone_sure, is_vip, comment, inn, kpp, ogrn, bik,
      account, fields, external_id, first_source, version, made_at)
    SELECT %(first)s + g.n, %(company)s, 'i' || substr(md5(%(company)s || '/' || g.n), 1, 11), 'person', p.name,
      p.name_key, p.last, p.first, p.middle, p.gender, CASE WHEN g.n %% 2 = 0 THEN date '1950-01-01'
      + g.n * 37 %% 19000 END, p.city, '', '', p.zone, 'address', true, false, '', '', '', '', '', '', '{}', '', '', 1,
      now() - interval '90 days'
    FROM generate_series(1, %(base)s) AS g (n) JOIN person p ON p.n = (g.n * 7919::bigint) %% %(people)s
    """,
    """
    INSERT INTO people_contactpoint (company_id, client_id, kind, value, extension, raw, label, position)
    SELECT %(company)s, %(first)s + n, 'phone', '+7' || (%(phone)s + n), '', '', '', 0
    FROM generate_series(1, %(base)s) AS n
    UNION ALL
    SELECT %(company)s, %(first)s + n, 'email', 'client' || n || '@example.ru', '', '', '', 1
    FROM generate_series(1, %(base)s) AS n
    """,
    """
    INSERT INTO people_matchkey (company_id, client_id, key)
    SELECT %(company)s, %(first)s + g.n, k.key
    FROM generate_series(1, %(base)s) AS g (n) JOIN person p ON p.n = (g.n * 7919::bigint) %% %(people)s
    CROSS JOIN LATERAL (VALUES ('p' || right((%(phone)s + g.n)::text, 7)), ('eclient' || g.n), (p.place_key),
      (CASE WHEN g.n %% 2 = 0
       THEN 'b' || to_char(date '1950-01-01' + g.n * 37 %% 19000, 'YYYYMMDD') || p.initial END)) AS k (key)
    WHERE k.key IS NOT NULL
    """,
)


def _file(people: list[_Person], base: int, size: int) -> Path:
    """Write the file of so many rows: seven in ten are new, a quarter are in the base, the rest stand twice in it."""
    path = Path(settings.HOME) / f"import-{base}-{size}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(["ФИО", "Телефон", "Email", "Город", "Комментарий"])
        sheet.writerows(_rows(people, base, size))
    return path


def _rows(people: list[_Person], base: int, size: int) -> Iterator[list[str]]:
    chance = random.Random(12)  # noqa: S311 - invented data
    last: list[str] = []
    for number in range(size):
        luck = chance.random()
        if luck < 0.05 and last:
            yield last
            continue
        if luck < 0.3:
            known = chance.randint(1, base)
            one, phone = people[known * 7919 % _PEOPLE], _FIRST_PHONE + known
            mail = f"client{known}@example.ru"
        else:
            one, phone = people[chance.randrange(_PEOPLE)], _FIRST_NEW_PHONE + number
            mail = f"new{number}@example.ru"
        text = str(phone)
        shown = f"8 ({text[:3]}) {text[3:6]}-{text[6:8]}-{text[8:]}"
        last = [one.name, shown, mail, one.city, ""]
        yield last


def _load(staff: Staff, path: Path, duplicates: str) -> Loaded:
    """Load the file in a process of its own, so that its peak of memory is its own."""
    command = [sys.executable, "-m", "voronka.config.benches.loading"]
    command += [str(staff.company_id), str(staff.owner.employee_id), str(path), duplicates]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the load failed: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return Loaded(**told)


def _copy_again(staff: Staff, base: int) -> float:
    """Take what the last load made out of the base and write it again by COPY and INSERT; return the seconds."""
    first_id = _first_id(staff)
    kept = {}
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in _TABLES:
            columns = _columns(cursor, table)
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            rows = sql.SQL("COPY (SELECT {} FROM {} WHERE {}) TO STDOUT").format(
                listed, sql.Identifier(table), sql.SQL(_made(table, staff.company_id, first_id))
            )
            with cursor.copy(rows) as copy:
                kept[table] = (listed, b"".join(bytes(piece) for piece in copy))
    _clean(staff, base, keep_run=True)
    with app_connection() as app:
        for table in _TABLES:
            app.execute(sql.SQL("CREATE TEMP TABLE {} AS SELECT * FROM {} LIMIT 0").format(
                sql.Identifier(f"copy_{table}"), sql.Identifier(table)))  # fmt: skip
        began = time.perf_counter()
        with app.transaction(), app.cursor() as cursor:
            cursor.execute("SELECT set_config('app.company_id', %s, true)", [str(staff.company_id)])
            for table in _TABLES:
                listed, data = kept[table]
                stage = sql.Identifier(f"copy_{table}")
                with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(stage, listed)) as copy:
                    copy.write(data)
                cursor.execute(
                    sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                        sql.Identifier(table), listed, listed, stage
                    )
                )
        return time.perf_counter() - began


def _columns(cursor: "psycopg.Cursor[Any]", table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return [row[0] for row in cursor.fetchall()]


def _made(table: str, company_id: int, first_id: int) -> Any:  # a condition of numbers only, for sql.SQL
    if table == "people_client":
        return f"company_id = {company_id} AND id < {first_id}"
    if table == "people_importrow":
        return f"company_id = {company_id}"
    if table == "kit_event":
        return f"company_id = {company_id} AND client_id IS NOT NULL"
    return f"company_id = {company_id} AND client_id < {first_id}"


def _clean(staff: Staff, base: int, *, keep_run: bool = False) -> None:
    """Take out what loads have made."""
    first_id = _first_id(staff)
    with owner_connection() as owner, owner.cursor() as cursor:
        fill_quickly(cursor)
        for table in reversed(_TABLES):
            condition = sql.SQL(_made(table, staff.company_id, first_id))
            cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), condition))
        if not keep_run:
            cursor.execute("DELETE FROM people_importrun WHERE company_id = %s", [staff.company_id])
        for table in _TABLES:
            cursor.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def _count_doubles(staff: Staff) -> int:
    with owner_connection() as owner:
        row = owner.execute(
            "SELECT count(*) FROM (SELECT value FROM people_contactpoint WHERE company_id = %s AND kind = 'phone'"
            " GROUP BY value HAVING count(DISTINCT client_id) > 1) twice",
            [staff.company_id],
        ).fetchone()
    return int((row or (0,))[0])
