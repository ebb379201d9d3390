"""Help for every screen: short texts in files, `PART/help/LANGUAGE/TOPIC.txt`, each for the pages it names.

The first line is `# Title`, the second `pages:` with the names of addresses. Then come paragraphs, `## heads`, points
(`- text`) and keys (`Key | what it does`). Both languages have the same topics for the same pages: a test says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.kit.errors import NotFound
from voronka.kit.screens import signed_in, wants_fragment

LANGUAGES = ("ru", "en")
SOURCE = Path(__file__).parents[1]


@dataclass(slots=True)
class Part:
    """A part of a text: its head, paragraphs, points, and keys with what they do."""

    head: str = ""
    paragraphs: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Topic:
    """One text of help. `pages` are names of addresses, `code` is its place in `/help/`."""

    code: str
    title: str
    pages: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def lead(self) -> str:
        """Return the first paragraph."""
        return next((text for part in self.parts for text in part.paragraphs), "")

    def holds(self, text: str) -> bool:
        """Tell whether the words of a search stand in the title or in the text, whatever their case."""
        said = [self.title, *(word for part in self.parts for word in (part.head, *part.paragraphs, *part.points))]
        whole = " ".join(said).casefold()
        return all(word in whole for word in text.casefold().split())


@cache
def topics(language: str) -> Mapping[str, Topic]:
    """Return all topics by code; an unknown language gets the first one."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    files = sorted(SOURCE.glob(f"*/help/{known}/*.txt"))
    return {path.stem: read_topic(path.stem, path.read_text(encoding="utf-8")) for path in files}


def read_topic(code: str, text: str) -> Topic:
    """Read a text of help. Raises ValueError where the title or the pages are missing."""
    first, second, *lines = text.splitlines()
    if not first.startswith("# ") or not second.startswith("pages: "):
        raise ValueError(f"help {code}: the title or the pages are missing")
    parts = [Part()]
    for line in (one.strip() for one in lines):
        if line.startswith("## "):
            parts.append(Part(head=line[3:]))
        elif line.startswith("- "):
            parts[-1].points.append(line[2:])
        elif " | " in line:
            key, _bar, does = line.partition(" | ")
            parts[-1].keys.append((key, does))
        elif line:
            parts[-1].paragraphs.append(line)
    return Topic(code, first[2:], tuple(second.removeprefix("pages: ").split()), tuple(parts))


@cache
def _topic_of_pages() -> Mapping[str, str]:
    return {page: topic.code for topic in topics(LANGUAGES[0]).values() for page in topic.pages}


def help_address(view_name: str) -> str:
    """Return the address of the help of a page, by the name of its address; of all help where it has none."""
    code = _topic_of_pages().get(view_name, "")
    return reverse("kit:help-topic", args=[code]) if code else reverse("kit:help")


def find_topics(text: str, language: str, *, most: int = 4) -> list[Topic]:
    """Return the topics that hold the words, those with them in the title first."""
    found = [one for one in topics(language).values() if one.holds(text)]
    return sorted(found, key=lambda one: text.casefold() not in one.title.casefold())[:most]


@require_GET
@signed_in
def help_list(request: HttpRequest) -> HttpResponse:
    """Show all topics, or those that hold the words of `q`."""
    text = request.GET.get("q", "")[:100].strip()
    language = get_language() or LANGUAGES[0]
    every = sorted(topics(language).values(), key=lambda one: one.title)
    found = [one for one in every if one.holds(text)]
    return render(request, "kit/help_list.html", {"topics": found, "text": text})


@require_GET
@signed_in
def help_topic(request: HttpRequest, code: str) -> HttpResponse:
    """Show one topic: as a page, or as what fills the sheet beside the page that asked."""
    topic = topics(get_language() or LANGUAGES[0]).get(code)
    if topic is None:
        raise NotFound(_("There is no such help."))
    template = "kit/_help.html" if wants_fragment(request) else "kit/help.html"
    return render(request, template, {"topic": topic})
