"""Findings of an import as pieces of the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit.pieces import Cell, CheckRow, Column, Stage, Stat, Way
from voronka.kit.tables import Cell as Value
from voronka.kit.templatetags.kit import duration, number
from voronka.people.models import ImportRun
from voronka.people.queries import imports as queries
from voronka.people.rules.import_plan import FIX, LATE, REJECT, WAYS, WITHOUT
from voronka.people.services.imports import words
from voronka.people.services.imports.cells import unpack

NUMBERS = frozenset(("purchases_sum",))
TICKS = 100
ROUGH_FROM = 100  # shorter files are read whole at once
# The order of columns in the check: who and how to reach first, sums last; the others between in their own order.
FIRST = ("name", "last_name", "first_name", "middle_name", "organisation", "phone", "email", "city", "inn")
LAST = ("purchases_sum",)


@dataclass(frozen=True, slots=True)
class Remark:
    """A kind of problem with the ways to settle it."""

    name: str
    what: str
    count: int
    icon: str
    tone: str
    ways: list[Way]


def stages(run: ImportRun) -> tuple[list[Stage], int]:
    """Return the track of the wizard and which step is now."""
    at = {"new": 1, "checking": 2, "ready": 2, "running": 3, "paused": 3}.get(run.state, 4)
    if run.state == "failed":
        at = 3 if run.done_rows else 2
    used = sum(1 for one in run.mapping if one["target"])
    remarks = remark_count(run)
    share = f"{percent(run.done_rows, run.total)} %" if at == 3 else ""
    said = (
        ngettext("%(n)s remark", "%(n)s remarks", remarks) % {"n": number(remarks)} if remarks else _("all is well")
    )
    return [
        Stage(_("File"), _rows_of(run)),
        Stage(_("Columns"), _("%(used)d of %(all)d") % {"used": used, "all": len(run.mapping)}),
        Stage(_("Check"), said if run.preview.get("rows") is not None else ""),
        Stage(_("Loading"), share),
        Stage(_("Result")),
    ], at


def state_words(run: ImportRun) -> tuple[str, str]:
    """Return where a run stands, as its line in the list says it, and the tone of that."""
    if run.state == "done":
        said = [_("new: %(n)s") % {"n": number(run.made)}]
        said += [_("updated: %(n)s") % {"n": number(run.updated)}] if run.updated else []
        said += [_("to decide: %(n)s") % {"n": number(run.asked)}] if run.asked else []
        return ", ".join(said), "heed" if run.asked else "gain"
    return {
        "undone": (_("taken back"), "quiet"),
        "failed": (_("failed"), "late"),
        "paused": (_("paused"), "heed"),
        "running": (_("under way"), ""),
        "undoing": (_("under way"), ""),
    }.get(run.state, (_("not loaded yet"), "quiet"))


def _rows_of(run: ImportRun) -> str:
    """Return how many rows the file has: about so many while a long one has not been read to its end."""
    if run.preview.get("rows") is None and run.total >= ROUGH_FROM:
        return ngettext("about %(n)s row", "about %(n)s rows", run.total) % {"n": number(run.total)}
    return rows_word(run.total)


def rows_word(rows: int) -> str:
    """Return "12 480 rows"."""
    return ngettext("%(n)s row", "%(n)s rows", rows) % {"n": number(rows)}


def percent(done: int, total: int) -> int:
    """Return whole per cent, never over a hundred."""
    return min(100, 100 * done // total) if total else 0


def file_line(run: ImportRun) -> str:
    """Return what is known of the file, in one line."""
    parts = []
    if run.layout.get("sheet") and len(run.layout.get("sheets", [])) > 1:
        parts.append(_("sheet “%(sheet)s”") % {"sheet": run.layout["sheet"]})
    parts.append(_rows_of(run))
    if run.layout.get("remembered"):
        parts.append(_("columns as the last time"))
    return ", ".join(parts)


def letter(index: int) -> str:
    """Return the letters by which spreadsheets call a column: A, Z, AA."""
    name, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def doubles(run: ImportRun) -> int:
    """Return how many rows have a sure sign of another card or row."""
    return int(run.preview.get("in_base", 0)) + int(run.preview.get("in_file", 0))


def remark_count(run: ImportRun) -> int:
    """Return the number of remarks of the check."""
    counts: dict[str, int] = run.preview.get("problems", {})
    return sum(counts.values()) + doubles(run)


def remarks(run: ImportRun) -> list[Remark]:
    """Return the kinds of problems with what may be done about each; those with a choice come first."""
    found = []
    policy = run.options["duplicates"]
    if doubles(run):
        ways = [
            Way("fill", _("fill empty fields"), chosen=policy == "fill"),
            Way("overwrite", _("update the card"), chosen=policy == "overwrite"),
            Way("skip", _("skip"), chosen=policy == "skip"),
            Way("new", _("make a second one"), chosen=policy == "new"),
        ]
        found.append(Remark("duplicates", _("Doubles"), doubles(run), "copy", "heed", ways))
    for code, count in sorted(run.preview.get("problems", {}).items(), key=lambda one: -one[1]):
        if code in WAYS:
            chosen = run.options[code]
            ways = [
                Way(WITHOUT, _(words.WITHOUT_WORDS[code]), chosen=chosen == WITHOUT),
                Way(REJECT, _("do not load"), chosen=chosen == REJECT),
            ]
            tone = "late" if chosen == REJECT else "heed"
        else:
            ways, tone = [Way(REJECT, _("do not load"), chosen=True)], "late"
        found.append(Remark(code, words.problem_word(code), count, words.problem_icon(code), tone, ways))
    return sorted(found, key=lambda one: (len(one.ways) < 2, one.tone == "late"))


def fixed_line(run: ImportRun) -> str:
    """Return what is put right by itself, in one sentence; empty when nothing is."""
    fixed = run.preview.get("fixed", {})
    said = [
        text % {"n": number(fixed[code])}
        for code, text in (
            ("phone", ngettext("%(n)s phone", "%(n)s phones", fixed.get("phone", 0))),
            ("name", ngettext("%(n)s name", "%(n)s names", fixed.get("name", 0))),
            ("sum", ngettext("%(n)s sum", "%(n)s sums", fixed.get("sum", 0))),
            ("email", ngettext("%(n)s e-mail", "%(n)s e-mails", fixed.get("email", 0))),
        )
        if fixed.get(code)
    ]
    return _("We put right ourselves: %(what)s.") % {"what": ", ".join(said)} if said else ""


def columns(run: ImportRun, custom: dict[str, str]) -> tuple[list[Column], list[int]]:
    """Return the columns that are loaded, and their places in the file."""
    order = {target: place for place, target in enumerate((*FIRST, "", *LAST))}
    used = [(index, one) for index, one in enumerate(run.mapping) if one["target"]]
    used.sort(key=lambda one: order.get(one[1]["target"], order[""]))
    heads = [
        Column(
            name=one.get("name") or words.target_word(one["target"], custom),
            source=" · ".join(filter(None, (letter(index), quoted(run.layout["headers"][index])))),
            is_number=one["target"] in NUMBERS,
        )
        for index, one in used
    ]
    return heads, [index for index, _one in used]


def quoted(text: str) -> str:
    """Return a column's own name in quotation marks."""
    return f"«{text[:13]}…»" if len(text) > 14 else f"«{text}»" if text else ""


def check_rows(rows: Sequence[dict[str, object]], places: Sequence[int]) -> list[CheckRow]:
    """Return rows of the check."""
    return [_check_row(one, places) for one in rows]


def _check_row(row: dict[str, object], places: Sequence[int]) -> CheckRow:
    notes: dict[int, list[list[str]]] = {}
    given = row["notes"]
    assert isinstance(given, list)
    for column, *rest in given:
        notes.setdefault(column, []).append(rest)
    cells = unpack(row["cells"])
    shown = [_cell(cells[index] if index < len(cells) else None, notes.get(index, [])) for index in places]
    problems = [one for own in notes.values() for one in own if one[0] != FIX]
    icon, tone, word = "check", "ok", _("ready")
    if row["reason"]:
        icon, tone, word = "x", "late", _("will not pass")
    elif row["double"]:
        icon, tone, word = "copy", "heed", _("double")
    elif problems:
        icon, tone, word = words.problem_icon(problems[0][1]), "heed", _(words.ROW_WORDS[problems[0][1]])
    return CheckRow(int(str(row["number"])), icon, "gain" if tone == "ok" else tone, word, shown)


def _cell(value: Value, notes: Sequence[Sequence[str]]) -> Cell:
    text = " ".join(str(value).split()) if value is not None else ""
    worst = sorted(notes, key=lambda one: (one[0] != LATE, one[0] == FIX))
    if not worst:
        return Cell(text)
    kind, code, shown = worst[0]
    if kind == FIX:
        return Cell(text or "—", f"→ {number(shown) if code == 'sum' else shown}", kind)
    return Cell(text or "—", words.cell_word(code, shown), kind)


def run_stats(run: ImportRun, now: datetime) -> list[Stat]:
    """Return the figures of a run under way."""
    speed = speed_of(run, now)
    pauses = run.preview.get("run", {}).get("pauses", 0)
    late = run.preview.get("run", {}).get("late", [])
    lines = ngettext("row %(n)s", "rows %(n)s", len(late)) % {"n": ", ".join(number(one) for one in late[:3])}
    pause_word = ngettext("%(n)d pause", "%(n)d pauses", pauses) % {"n": pauses} if pauses else _("no pauses")
    return [
        Stat(_("New clients"), number(run.made), _("cards made")),
        Stat(_("Updated"), number(run.updated), _("known clients")),
        Stat(_("Did not pass"), number(run.rejected), lines if late else "", tone="late" if run.rejected else ""),
        Stat(_("Speed"), _("%(n)s a second") % {"n": number(round(speed))} if speed else "—", pause_word),
    ]


def speed_of(run: ImportRun, now: datetime) -> float:
    """Return rows a second since the run began or went on."""
    progress = run.preview.get("run", {})
    begun = progress.get("resumed_at") or progress.get("started_at")
    if not begun:
        return 0.0
    seconds = (now - datetime.fromisoformat(begun)).total_seconds()
    return (run.done_rows - progress.get("resumed_rows", 0)) / seconds if seconds > 1 else 0.0


def left_line(run: ImportRun, now: datetime) -> str:
    """Return how long it will take yet, and that the page may be closed."""
    speed = speed_of(run, now)
    close = _("You may close the page: the loading goes on.")
    if run.state == "paused":
        return _("Paused. What is loaded is in the base; go on when you like.")
    if not speed:
        return close
    left = duration(max(1, (run.total - run.done_rows) / speed))
    return _("About %(left)s left.") % {"left": left} + " " + close


def late_ticks(run: ImportRun) -> list[int]:
    """Return which of the hundred ticks hold a rejected row."""
    late = run.preview.get("run", {}).get("late", [])
    return sorted({min(TICKS - 1, TICKS * one // max(run.total, 1)) for one in late})


def last_rows(run: ImportRun) -> list[tuple[str, str, str]]:
    """Return the last rows for the log: number, name, what became of it."""
    last = run.preview.get("run", {}).get("last", [])
    names = queries.names_of([one[1] for one in last])
    said = {"made": _("new"), "updated": _("updated")}
    return [
        (number(row), names[pk][0], ", ".join(filter(None, (said.get(outcome, ""), names[pk][1]))))
        for row, pk, outcome in last
        if pk in names
    ]


def result_stats(run: ImportRun) -> list[Stat]:
    """Return the figures of a finished run."""
    return [
        Stat(_("New clients"), number(run.made), _("cards made")),
        Stat(_("Updated"), number(run.updated), _("known clients")),
        Stat(_("Nothing new"), number(run.skipped), _("rows of known clients")),
        Stat(_("Did not pass"), number(run.rejected), tone="late" if run.rejected else ""),
        Stat(_("To decide"), number(run.asked), _("may be known clients"), tone="heed" if run.asked else ""),
    ]
