"""A knowledge base of a shop and how people ask it, labelled by hand.

`faq.csv`: id, question, answer; a further row of an id is a further way to ask. `queries.csv`: query, id (empty: none
of the answers fits), half. What the matcher is tuned on is the half `tuning`; `blind` is only measured on.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from voronka.messaging.rules.answers import Topic

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as somebody typed it, and the key of the article that answers it, if any."""

    query: str
    key: str
    half: str = ""


def read_sample(folder: Path = FOLDER) -> tuple[list[Topic], list[Asked]]:
    """Return the articles and the questions of a folder.

    Raises OSError, UnicodeDecodeError or KeyError (the missing column) when it cannot be read.
    """
    questions: dict[str, list[str]] = {}
    answers: dict[str, str] = {}
    for row in _rows(folder / "faq.csv"):
        questions.setdefault(row["id"], []).append(row["question"])
        if row["answer"]:
            answers.setdefault(row["id"], row["answer"])
    topics = [Topic(key, asked, answers.get(key, "")) for key, asked in questions.items()]
    asked = [
        Asked(row["query"], (row["id"] or "").strip(), row.get("half") or "") for row in _rows(folder / "queries.csv")
    ]
    return topics, asked


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
