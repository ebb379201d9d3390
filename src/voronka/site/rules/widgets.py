"""What a widget says, by its kind, and how all of a site look: plain values, checked before they are kept."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

MOST_MINUTES = 30 * 24 * 60
MOST_QUESTIONS, MOST_ANSWERS, MOST_PRIZES = 10, 8, 8
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{0,20}$")]
# A page of the shop itself, or an address of the web: nothing that a browser would run.
Link = Annotated[str, StringConstraints(max_length=300, pattern=r"^(?:|/(?:[^\s\\/][^\s\\]*)?|https?://[^\s\\]+)$")]
Contact = Literal["none", "phone", "email", "either"]


Short = Annotated[str, StringConstraints(max_length=60, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=600, strip_whitespace=True)]


class Content(BaseModel):
    """What every kind may say."""

    model_config = ConfigDict(extra="forbid")

    title: Line = ""
    text: Text = ""
    button: Short = ""


class Deal(Content):
    """Something given for a time: the code comes from a promo of single-use codes, and stops working then."""

    promo: Id = ""
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)
    link: Link = ""
    thanks: Text = ""


class Asking(Content):
    """A contact asked for: never without the words by which one agrees."""

    contact: Contact = "none"
    consent: Text = ""
    policy: Link = ""
    thanks: Text = ""

    @model_validator(mode="after")
    def _says_consent(self) -> "Asking":
        if self.contact != "none" and not self.consent:
            raise ValueError("consent")
        return self


class Popup(Deal, Asking):
    """A window in the middle of the page."""


class Bar(Deal):
    """A line along the edge of the page."""

    edge: Literal["top", "bottom"] = "bottom"


class Teaser(Deal, Asking):
    """A small card in a corner that leaves the page to the visitor."""


class Stop(Deal, Asking):
    """An offer to somebody who leaves: the price of what he looks at, and a true timer."""

    no: Short = ""


class Callback(Asking):
    """A call at an hour that the visitor names by his own clock."""

    contact: Contact = "phone"


class Answer(BaseModel):
    """An answer of a quiz: where it leads (the number of a question from 1, 0: the next, -1: the result)."""

    model_config = ConfigDict(extra="forbid")

    text: Short = Field(min_length=1)
    note: Short = ""
    leads: int = Field(default=0, ge=-1, le=MOST_QUESTIONS)
    category: Id = ""


class Question(BaseModel):
    """A question of a quiz."""

    model_config = ConfigDict(extra="forbid")

    text: Line = Field(min_length=1)
    answers: list[Answer] = Field(min_length=2, max_length=MOST_ANSWERS)


class Quiz(Asking):
    """Questions that branch, and what they come to."""

    questions: list[Question] = Field(min_length=1, max_length=MOST_QUESTIONS)
    result: Text = ""
    counts: bool = True

    @model_validator(mode="after")
    def _leads_on(self) -> "Quiz":
        for nr, question in enumerate(self.questions, 1):
            if any(0 < one.leads <= nr or one.leads > len(self.questions) for one in question.answers):
                raise ValueError("leads")
        return self


class Poll(Content):
    """One question: with answers of its own, or from 0 to 10 whether one would recommend."""

    scale: Literal["answers", "nps"] = "answers"
    answers: list[Short] = Field(default_factory=list, max_length=MOST_ANSWERS)
    shows: bool = True
    thanks: Text = ""

    @model_validator(mode="after")
    def _has_answers(self) -> "Poll":
        if self.scale == "answers" and len([one for one in self.answers if one]) < 2:
            raise ValueError("answers")
        return self


class Prize(BaseModel):
    """A prize of the wheel: how often it falls beside the others, and the promo that its code is of."""

    model_config = ConfigDict(extra="forbid")

    text: Short = Field(min_length=1)
    weight: int = Field(default=1, ge=1, le=1_000)
    promo: Id = ""


class Spinner(Asking):
    """A wheel of prizes; which one falls is decided by us, before it turns."""

    prizes: list[Prize] = Field(min_length=2, max_length=MOST_PRIZES)
    minutes: int = Field(default=24 * 60, ge=1, le=MOST_MINUTES)


class Goods(Content):
    """Goods that go with what is looked at; `{code}` in the address stands for the article."""

    by: Literal["bought", "category"] = "bought"
    most: int = Field(default=3, ge=1, le=6)
    address: Link = ""


class Proof(Content):
    """How often it was bought, by our own orders; below `least` nothing is said."""

    days: int = Field(default=30, ge=1, le=365)
    least: int = Field(default=3, ge=1, le=10_000)


class Order(Asking):
    """An order of what is looked at, in two steps at most, its full price first."""

    contact: Contact = "phone"


class Places(Content):
    """In which shops it is, by size and colour."""


class Survey(Content):
    """A survey of the company, by its public id: what it asks is written in the survey itself."""

    survey: Id = ""
    thanks: Text = ""


KINDS: Mapping[str, type[Content]] = {
    "popup": Popup, "bar": Bar, "teaser": Teaser, "stop": Stop, "callback": Callback, "quiz": Quiz, "poll": Poll,
    "spinner": Spinner, "goods": Goods, "proof": Proof, "places": Places,
    "order": Order, "survey": Survey,
}  # fmt: skip
# Who may take the screen from whom: an open chat stands at 50, help at the checkout at 40.
RANK, RANK_STOP, RANK_CHECKOUT = 10, 30, 40
# What only its own page asks and tells need not come again with each page.
WITH_TIMER = frozenset({"popup", "bar", "teaser", "stop", "spinner"})


class Look(BaseModel):
    """Colours, corners and place of a site's widgets; an empty colour is taken from the page."""

    model_config = ConfigDict(extra="forbid")

    brand: Annotated[str, StringConstraints(pattern=r"^(?:|#[0-9a-f]{6})$")] = "#2f4b3c"
    corners: int = Field(default=8, ge=0, le=24)
    letters: Literal["page", "system"] = "page"
    shade: Literal["page", "light", "dark"] = "page"
    side: Literal["right", "left"] = "right"
    signed: bool = True


class Wrong(ValueError):
    """What is wrong with a document, by the places of its fields: codes of pydantic, or of ours."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__(str(places))
        self.places = dict(places)


def read_content(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a kind, whole. Raises Wrong; KeyError for an unknown kind."""
    return _read(KINDS[kind], said)


def read_look(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a look, whole. Raises Wrong."""
    return _read(Look, said)


def _read(shape: type[BaseModel], said: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return shape.model_validate(dict(said)).model_dump()
    except ValidationError as wrong:
        raise Wrong(places_of(wrong)) from None


def places_of(wrong: ValidationError) -> dict[str, str]:
    """Return what pydantic finds wrong, by place: `questions.0.text`."""
    found = {}
    for one in wrong.errors():
        own = re.fullmatch(r"Value error, (\w+)", one["msg"])
        found[".".join(map(str, one["loc"])) or (own[1] if own else "")] = "lacking" if own else one["type"]
    return found


def lacks_code(kind: str, content: Mapping[str, Any]) -> bool:
    """Tell whether a widget has a time or prizes, and no promo whose code anybody could get for it."""
    if kind == "spinner":
        return not any(one.get("promo") for one in content.get("prizes", ()))
    return issubclass(KINDS[kind], Deal) and bool(content.get("minutes")) and not content.get("promo")


def rank_of(kind: str, moment: str) -> int:
    """Return who has the screen before whom."""
    return RANK_CHECKOUT if moment == "checkout" else RANK_STOP if kind == "stop" else RANK


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the fields in which two contents of a kind differ, in the order in which they are written."""
    return [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]


def public_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a content a page is told: not which promo it is, nor how often a prize falls."""
    hidden = ("promo", "prizes", "survey")
    told = {name: value for name, value in content.items() if name not in hidden and value != ""}
    told["gives"] = bool(content.get("promo"))
    if "prizes" in content:
        told["prizes"] = [{"text": one["text"]} for one in content["prizes"]]
    return told
