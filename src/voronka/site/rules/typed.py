"""Questions and prizes as they are typed into the editor: plain lines, read into the shapes of rules.widgets.

A question is a line; under it each answer stands behind a dash: `- text / note => 3 # Category`. `=> 3` leads to the
third question, `=> end` to the result. A prize is a line: `text * weight = Promo`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ANSWER = re.compile(r"(?P<text>[^/#]*?)(?:/(?P<note>[^#]*?))?(?:=>\s*(?P<leads>\w+)\s*)?(?:#(?P<category>.*))?")
_PRIZE = re.compile(r"(?P<text>[^*=]*)(?:\*\s*(?P<weight>\d{1,4})\s*)?(?:=(?P<promo>.*))?")
END = ("end", "конец")


def read_questions(typed: str, categories: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the questions of a text; `categories` are public ids by name. What is no answer begins a question."""
    found: list[dict[str, Any]] = []
    for line in typed.split("\n"):
        text = line.strip()
        if not text:
            continue
        if text[0] not in "-–—" or not found:
            found.append({"text": text, "answers": []})
        else:
            found[-1]["answers"].append(_answer(text[1:].strip(), categories))
    return found


def _answer(text: str, categories: Mapping[str, str]) -> dict[str, Any]:
    part = _ANSWER.fullmatch(text)
    if part is None:
        return {"text": text}
    leads = (part["leads"] or "").casefold()
    name = (part["category"] or "").strip()
    return {
        "text": part["text"].strip(),
        "note": (part["note"] or "").strip(),
        "leads": -1 if leads in END else int(leads) if leads.isascii() and leads.isdecimal() else 0,
        "category": categories.get(name.casefold(), "" if not name else "?"),
    }


def typed_questions(questions: Sequence[Mapping[str, Any]], categories: Mapping[str, str]) -> str:
    """Return questions as they are typed; `categories` are names by public id."""
    lines = []
    for one in questions:
        lines.append(str(one.get("text", "")))
        for answer in one.get("answers", ()):
            line = f"- {answer.get('text', '')}"
            line += f" / {answer['note']}" if answer.get("note") else ""
            leads = answer.get("leads", 0)
            line += f" => {'end' if leads == -1 else leads}" if leads else ""
            name = categories.get(answer.get("category", ""), "")
            lines.append(line + (f" # {name}" if name else ""))
        lines.append("")
    return "\n".join(lines).strip()


def read_prizes(typed: str, promos: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the prizes of a text; `promos` are public ids by name."""
    found = []
    for line in typed.split("\n"):
        part = _PRIZE.fullmatch(line.strip())
        if part is None or not line.strip():
            continue
        name = (part["promo"] or "").strip()
        promo = promos.get(name.casefold(), "" if not name else "?")
        found.append({"text": part["text"].strip(), "weight": int(part["weight"] or 1), "promo": promo})
    return found


def typed_prizes(prizes: Sequence[Mapping[str, Any]], promos: Mapping[str, str]) -> str:
    """Return prizes as they are typed; `promos` are names by public id."""
    lines = []
    for one in prizes:
        name = promos.get(one.get("promo", ""), "")
        lines.append(f"{one.get('text', '')} * {one.get('weight', 1)}" + (f" = {name}" if name else ""))
    return "\n".join(lines)
