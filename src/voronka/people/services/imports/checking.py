"""The whole file is read before anything is written: problems are counted, ten telling rows are shown."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import transaction

from voronka.kit.tables import Row
from voronka.people.rules.import_plan import FIX, HEED, LATE, Plan, ReadRow
from voronka.people.services.imports.cells import pack
from voronka.people.services.imports.matching import find_ids
from voronka.people.services.imports.running import read_chunks
from voronka.people.services.imports.signs import STRONG

SHOWN = 10
KEPT_PER_KIND = 4
RECENT = 20_000  # signs of the first rows, by which doubles inside of the file are marked in the preview
LISTED = 500  # remarks that the page of all remarks shows

Progress = Callable[[int], bool]


@dataclass(slots=True)
class Findings:
    """What the check found. Counts are of rows; `fixed` of values that are put right by themselves."""

    rows: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    fixed: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    in_base: int = 0
    in_file: int = 0
    shown: list[dict[str, object]] = field(default_factory=list)
    listed: list[dict[str, object]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the findings as they are kept with the run."""
        return {
            "rows": self.rows,
            "problems": dict(self.problems),
            "fixed": dict(self.fixed),
            "rejected": self.rejected,
            "in_base": self.in_base,
            "in_file": self.in_file,
            "shown": self.shown,
            "listed": self.listed,
        }


def check_rows(
    *, company_id: int, plan: Plan, rows: Iterable[Row], processes: int = 0, progress: Progress = lambda done: True
) -> Findings:
    """Read all rows and return what was found. `progress` hears of each chunk and may end the check by False.

    Doubles are counted by sure signs only (phone, address, INN): whether a person is asked is settled in the run.
    """
    findings, telling = Findings(), _Telling()
    seen, recent = array("q"), set[int]()
    for chunk in read_chunks(plan, rows, processes=processes):
        with transaction.atomic():
            known = find_ids(company_id, {key for row in chunk for key in row.keys if key.startswith(STRONG)})
        for row in chunk:
            _note(findings, row)
            strong = [key for key in row.keys if key.startswith(STRONG)]
            hashes = [hash(key) for key in strong]
            in_base = any(key in known for key in strong)
            row.is_double = in_base or not recent.isdisjoint(hashes)
            findings.in_base += in_base
            seen.extend(hashes)
            if len(recent) < RECENT:
                recent.update(hashes)
            telling.offer(row)
        findings.rows += len(chunk)
        if not progress(findings.rows):
            break
    findings.in_file = _repeated(seen)
    findings.shown = telling.chosen()
    return findings


def _repeated(hashes: "array[int]") -> int:
    """Count the signs that came before in the file. Sorted numbers take an eighth of the memory of a set."""
    ordered = sorted(hashes)
    return sum(1 for one, other in pairwise(ordered) if one == other)


def _note(findings: Findings, row: ReadRow) -> None:
    kinds = set()
    for note in row.notes:
        if note.kind == FIX:
            findings.fixed[note.code] += 1
        else:
            kinds.add(note.code)
    findings.problems.update(kinds)
    findings.rejected += bool(row.reason)
    if (kinds or row.reason) and len(findings.listed) < LISTED:
        findings.listed.append(show(row))


def show(row: ReadRow) -> dict[str, object]:
    """Return a row as the preview keeps it."""
    return {
        "number": row.number,
        "cells": pack([cell[:200] if isinstance(cell, str) else cell for cell in row.cells]),
        "notes": [[note.column, note.kind, note.code, note.shown] for note in row.notes],
        "reason": row.reason,
        "double": row.is_double,
    }


class _Telling:
    """Chooses rows that show different cases, some of each, the rest plain ones."""

    def __init__(self) -> None:
        self._kept: dict[str, list[ReadRow]] = {}

    def offer(self, row: ReadRow) -> None:
        for case in self._cases(row):
            kept = self._kept.setdefault(case, [])
            if len(kept) < KEPT_PER_KIND:
                kept.append(row)

    @staticmethod
    def _cases(row: ReadRow) -> Sequence[str]:
        cases = [f"{note.kind} {note.code}" for note in row.notes]
        if row.reason:
            cases.insert(0, f"{LATE} {row.reason}")
        if row.is_double:
            cases.insert(0, f"{HEED} double")
        return cases or ["plain"]

    def chosen(self) -> list[dict[str, object]]:
        """Return ten rows by number: first one of each case, worst cases first, then more of each."""
        order = sorted(
            self._kept, key=lambda case: (case == "plain", not case.startswith(LATE), not case.startswith(HEED))
        )
        found: dict[int, ReadRow] = {}
        for turn in range(KEPT_PER_KIND + SHOWN):
            for case in order:
                kept = self._kept[case]
                if turn < len(kept) and len(found) < SHOWN and (case != "plain" or turn < SHOWN):
                    found.setdefault(kept[turn].number, kept[turn])
        return [show(found[number]) for number in sorted(found)]
