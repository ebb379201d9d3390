"""The questions of a quiz and the prizes of a wheel as rows of a form: each act is a button, so no script is needed.

Rows are sent in the order in which they stand, under keys of their own: an answer leads to a question by its key and
still does after the questions have changed places. An act (`what`) is `q-add`, `q-drop-KEY`, `q-up-KEY`, `q-down-KEY`,
`a-add-KEY`, `a-drop-KEY-KEY`, `p-add`, `p-drop-KEY`, `p-up-KEY`, `p-down-KEY`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.loyalty import queries as loyalty
from voronka.site.rules.widgets import MOST_ANSWERS, MOST_PRIZES, MOST_QUESTIONS

LONG = 200
END = "end"  # where an answer leads that ends the quiz
_ACT = re.compile(r"(q|a|p)-(add|drop|up|down)(?:-([a-z0-9]{1,4}))?(?:-([a-z0-9]{1,4}))?")
Row = dict[str, Any]


def act_of(sent: QueryDict) -> str:
    """Return the act that was pressed on the rows; "" for none: the whole form is saved."""
    what = sent.get("what", "")[:20]
    return what if _ACT.fullmatch(what) else ""


# --- What was typed ---------------------------------------------------------------------------------------------


def read_questions(sent: QueryDict) -> list[Row]:
    """Return the questions as they were typed, after the act that was pressed; the rules judge them.

    Answers without a word are left out when the form is saved, and stay while it is still being written.
    """
    act = act_of(sent)
    codes = {name.casefold(): code for code, name in catalogue.category_names()}
    rows = [_question(sent, key, codes, keeps_blank=bool(act)) for key in _keys(sent, "c-q", MOST_QUESTIONS)]
    rows = _acted(rows, act, "q", MOST_QUESTIONS, lambda: {"text": "", "answers": [{"text": ""}, {"text": ""}]})
    part = _ACT.fullmatch(act)
    for row in rows:
        if part is not None and part[1] == "a" and row["key"] == part[3]:
            if part[2] == "add" and len(row["answers"]) < MOST_ANSWERS:
                row["answers"].append({"text": "", "is_new": True})
            elif part[2] == "drop":
                row["answers"] = [one for one in row["answers"] if one.get("key") != part[4]]
    places = {row["key"]: nr for nr, row in enumerate(rows, 1)}
    return [
        row | {"answers": [one | {"leads": _place(str(one.get("to", "")), places)} for one in row["answers"]]}
        for row in rows
    ]


def read_prizes(sent: QueryDict) -> list[Row]:
    """Return the prizes as they were typed, after the act that was pressed; the rules judge them."""
    rows = [
        {
            "key": key, "text": _text(sent, f"c-p{key}-text").strip(), "promo": _text(sent, f"c-p{key}-promo"),
            "weight": _text(sent, f"c-p{key}-weight").strip() or "1",
        }
        for key in _keys(sent, "c-p", MOST_PRIZES)
    ]  # fmt: skip
    return _acted(rows, act_of(sent), "p", MOST_PRIZES, lambda: {"text": "", "weight": "1", "promo": ""})


def bare_questions(rows: Sequence[Row]) -> list[Row]:
    """Return questions as the rules take them: without what only the form knows."""
    names = ("text", "note", "leads", "category")
    return [
        {
            "text": row["text"],
            "answers": [{name: one[name] for name in names if name in one} for one in row["answers"]],
        }
        for row in rows
    ]


def bare_prizes(rows: Sequence[Row]) -> list[Row]:
    """Return prizes as the rules take them."""
    return [{name: row[name] for name in ("text", "weight", "promo")} for row in rows]


def _question(sent: QueryDict, key: str, codes: Mapping[str, str], *, keeps_blank: bool) -> Row:
    answers = []
    for own in _keys(sent, f"c-q{key}-a", MOST_ANSWERS):
        at = f"c-q{key}-a{own}"
        name = _text(sent, f"{at}-category").strip()
        answers.append(
            {
                "key": own, "text": _text(sent, f"{at}-text").strip(), "note": _text(sent, f"{at}-note").strip(),
                "to": _text(sent, f"{at}-to"),
                # A name that is no category's is kept as it was typed: the rules refuse it, the form shows it again.
                "category": codes.get(name.casefold(), f"?{name}") if name else "",
            }
        )  # fmt: skip
    whole = [one for one in answers if keeps_blank or one["text"] or one["note"] or one["category"]]
    return {"key": key, "text": _text(sent, f"c-q{key}-text").strip(), "answers": whole}


def _keys(sent: QueryDict, name: str, most: int) -> list[str]:
    found = [one for one in sent.getlist(name) if re.fullmatch(r"[a-z0-9]{1,4}", one)]
    return list(dict.fromkeys(found))[:most]


def _text(sent: QueryDict, name: str) -> str:
    return sent.get(name, "")[:LONG].replace("\0", "")


def _place(to: str, places: Mapping[str, int]) -> int:
    return -1 if to == END else places.get(to, 0)


def _acted(rows: list[Row], act: str, of: str, most: int, make: Any) -> list[Row]:  # what makes an empty row
    """Return rows after an act on them: one added at the end, dropped, carried up or down."""
    part = _ACT.fullmatch(act)
    if part is None or part[1] != of:
        return rows
    if part[2] == "add" and len(rows) < most:
        free = next(str(nr) for nr in range(most + 1) if str(nr) not in {row["key"] for row in rows})
        return [*rows, make() | {"key": free, "is_new": True}]
    at = next((nr for nr, row in enumerate(rows) if row["key"] == part[3]), None)
    if at is None or part[2] == "add":
        return rows
    row = rows.pop(at)
    if part[2] != "drop":
        rows.insert(max(0, at + (-1 if part[2] == "up" else 1)), row)
    return rows


# --- How it is shown --------------------------------------------------------------------------------------------


def shown_questions(value: Any, problems: Mapping[str, str]) -> Row:  # what is kept, or was typed
    """Return the rows of a quiz for the form: keys, where an answer may lead, and what is wrong beside its place."""
    rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    names = dict(catalogue.category_names())
    titles = [str(one.get("text") or _("Question %(n)d") % {"n": nr}) for nr, one in enumerate(rows, 1)]
    ways = [(str(nr), _("to: %(question)s") % {"question": one}) for nr, one in enumerate(titles)]
    leads_back = "content.leads" in problems
    shown = []
    for nr, row in enumerate(rows):
        answers = [
            _shown_answer(one, nr, own, names, problems, len(rows) if leads_back else 0)
            for own, one in enumerate(_at_least_two(row.get("answers", ())))
        ]
        place = f"content.questions.{nr}"
        few = _("A question needs at least two answers.") if f"{place}.answers" in problems else ""
        shown.append(
            {
                "key": str(nr), "text": row.get("text", ""), "title": titles[nr], "is_new": row.get("is_new", False),
                "label": _("Question %(n)d") % {"n": nr + 1}, "answers": answers, "few": few,
                "why": problems.get(f"{place}.text", ""), "may_add": len(answers) < MOST_ANSWERS,
                "leads": [
                    ("", _("next question")), *ways[:nr], *ways[nr + 1 :], (END, _("to the result")),
                ],
            }
        )  # fmt: skip
    whole = "" if rows else problems.get("content.questions", "") and _("Ask at least one question.")
    return {
        "questions": shown, "categories": sorted(names.values()), "may_add": len(rows) < MOST_QUESTIONS, "why": whole,
    }  # fmt: skip


def _at_least_two(answers: Sequence[Row]) -> list[Row]:
    return [*answers, *({"text": ""} for _nr in range(2 - len(answers)))]


def _shown_answer(
    one: Row, nr: int, own: int, names: Mapping[str, str], problems: Mapping[str, str], many: int
) -> Row:
    place, leads = f"content.questions.{nr}.answers.{own}", one.get("leads", 0)
    category = str(one.get("category") or "")
    why = problems.get(f"{place}.text", "") or problems.get(f"{place}.note", "")
    if f"{place}.category" in problems:
        why = _("There is no such category: choose one of the list.")
    elif many and 0 < leads <= nr + 1:
        why = _("This leads back: an answer leads to a later question or to the result.")
    return {
        "key": str(own), "text": one.get("text", ""), "note": one.get("note", ""), "why": why,
        "to": END if leads == -1 else str(leads - 1) if leads else "", "is_new": one.get("is_new", False),
        "category": category[1:] if category.startswith("?") else names.get(category, ""),
        "label": _("Answer %(n)d") % {"n": own + 1},
    }  # fmt: skip


def shown_prizes(value: Any, problems: Mapping[str, str]) -> Row:  # what is kept, or was typed
    """Return the rows of a wheel for the form, each with the share of turns in which it falls."""
    rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    weights = [_weight(one.get("weight")) for one in rows]
    whole = sum(weights)
    shown = [
        {
            "key": str(nr), "text": one.get("text", ""), "weight": one.get("weight", 1), "promo": one.get("promo", ""),
            "title": one.get("text") or _("Prize %(n)d") % {"n": nr + 1}, "label": _("Prize %(n)d") % {"n": nr + 1},
            "share": f"{round(100 * weights[nr] / whole)} %" if whole else "", "is_new": one.get("is_new", False),
            "why": next((words for at, words in problems.items() if at.startswith(f"content.prizes.{nr}.")), ""),
        }
        for nr, one in enumerate(rows)
    ]  # fmt: skip
    few = _("A wheel needs at least two prizes.") if "content.prizes" in problems else ""
    promos = loyalty.batches(str(one.get("promo") or "") for one in rows)
    return {
        "prizes": shown, "promos": [("", _("no code")), *promos], "may_add": len(rows) < MOST_PRIZES, "why": few,
    }  # fmt: skip


def _weight(said: Any) -> int:  # a number that is kept, or what was typed
    text = str(said)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
