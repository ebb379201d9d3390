"""Rules of whom the new deals of a pipeline go to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Money, Named, PublicId, Told
from voronka.connect.schemas.pipelines import Place
from voronka.deals.services.share_rules import RuleDraft

if TYPE_CHECKING:
    from voronka.deals.models import ShareRule as RuleRow

RuleWay = Literal["owner", "turn", "load", "pool"]
RuleHours = Literal["any", "now", "next"]
Channel = Literal["form", "api", "import", "hand"]
RuleName = Annotated[str, Field(max_length=60, examples=["Siberia by turns"])]
Channels = Annotated[list[Channel], Field(max_length=4)]
People = Annotated[list[PublicId], Field(max_length=1_000)]
Asked = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=200)]],
    Field(max_length=3, examples=[{"city": "Omsk"}], description="Facets of clients by code, without `f.`."),
]
Sum = Annotated[Money, Field(ge=0, max_digits=16, decimal_places=2)]


class ShareRule(Told):
    """A rule: when it holds, how it chooses and among whom. The first that finds somebody decides."""

    id: PublicId
    pipeline: Annotated[Named, Field(examples=[{"id": "k7m2p9x4w3ab", "name": "Kitchens"}])]
    place: int
    name: Annotated[str, Field(examples=["Siberia by turns"])]
    way: RuleWay
    hours: RuleHours
    employees: list[Named]
    channels: list[Channel]
    asked: Annotated[dict[str, str], Field(examples=[{"city": "Omsk"}])]
    sum_from: Money | None
    sum_to: Money | None
    when: Annotated[str, Field(examples=["City: Omsk"], description="When it holds, in words.")]
    does: Annotated[str, Field(examples=["in turn: Maxim Petrov"], description="What it does, in words.")]


class ShareRuleList(Told):
    """The rules of a pipeline in their order."""

    items: list[ShareRule]


class NewShareRule(Given):
    """A rule to be put at the end, or at a place.

    `way`: owner (who has had the client before), turn, load (the fewest tasks today) or pool (nobody). `hours`: any
    (whoever is not away today), now (at work this minute) or next (else who comes first). No `employees`: all of the
    pipeline. What is left out holds for all.
    """

    name: RuleName = ""
    way: Annotated[RuleWay, Field(examples=["turn"])]
    hours: RuleHours = "any"
    employees: People = []
    channels: Channels = []
    asked: Asked = {}
    sum_from: Sum | None = None
    sum_to: Annotated[Sum, Field(examples=["500000.00"])] | None = None
    place: Place | None = None


class ShareRuleChanges(Given):
    """Only what is sent is changed; `sum_from` and `sum_to` null take the bound away."""

    name: RuleName | None = None
    way: RuleWay | None = None
    hours: RuleHours | None = None
    employees: People | None = None
    channels: Channels | None = None
    asked: Asked | None = None
    sum_from: Sum | None = None
    sum_to: Annotated[Sum, Field(examples=["500000.00"])] | None = None
    place: Place | None = None


class ShareTry(Given):
    """A client, the way he came and a sum, to try the rules out on."""

    client: PublicId
    channel: Channel = "hand"
    sum: Sum | None = None


class ShareTried(Told):
    """Whom a deal of the client would go to now, and why; null: into the common pool."""

    employee: Named | None
    rule: PublicId | None
    why: Annotated[str, Field(examples=["Maxim Petrov: it is his turn, 3 go round."])]
    skipped: Annotated[
        str, Field(examples=["Passed over: Nina Novik — away today."], description="Who was passed over, and why.")
    ]


def rule_out(
    row: "RuleRow", pipeline: Named, place: int, employees: Mapping[int, Named], words: tuple[str, str]
) -> ShareRule:
    """Return a rule read with its seats as it goes out."""
    names = ("name", "way", "hours", "sum_from", "sum_to")
    return ShareRule(
        id=row.public_id,
        pipeline=pipeline,
        place=place,
        employees=[employees[one.employee_id] for one in row.seats.all() if one.employee_id in employees],
        channels=list(row.channels),
        asked={code: str(value) for code, value in row.asked.items()},
        when=words[0],
        does=words[1],
        **{name: getattr(row, name) for name in names},
    )


def draft_in(sent: NewShareRule | ShareRuleChanges, held: ShareRule | None = None) -> RuleDraft:
    """Return a rule as the service takes it: what was sent over what is held."""
    names = ("name", "way", "hours", "channels", "asked", "sum_from", "sum_to")
    kept: dict[str, Any] = {}  # values of several types, as the draft's are
    if held is not None:
        kept = {name: getattr(held, name) for name in names} | {"employees": [one.id for one in held.employees]}
    bounds = ("sum_from", "sum_to")
    for name in (*names, "employees"):
        value = getattr(sent, name)
        if held is None or value is not None or (name in bounds and name in sent.model_fields_set):
            kept[name] = value
    return RuleDraft(people=kept.pop("employees"), **kept)
