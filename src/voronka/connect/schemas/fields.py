"""The company's own fields, and what makes a card complete."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, PublicId, Told

if TYPE_CHECKING:
    from voronka.people.models import CustomField

FieldKind = Literal["text", "number", "money", "date", "choice", "choices", "person", "link", "file", "yes_no"]
FieldSubject = Literal["client", "deal"]
Options = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100, examples=[["Oak", "Ash"]])]


class CustomFieldOut(Told):
    """A field of the company's own, of clients or of deals; filters of its list name it `f.custom.CODE`."""

    id: PublicId
    subject: FieldSubject
    code: Annotated[str, Field(examples=["kitchen_length"])]
    name: Annotated[str, Field(examples=["Kitchen length"])]
    kind: Annotated[FieldKind, Field(examples=["number"])]
    options: Annotated[list[str], Field(examples=[[]])]
    is_active: Annotated[bool, Field(examples=[True])]


class CustomFieldList(Told):
    """The company's own fields in their order."""

    items: list[CustomFieldOut]


class NewField(Given):
    """A field of clients or of deals to be added; its code is made of its name."""

    subject: FieldSubject = "client"
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Kitchen length"])]
    kind: Annotated[FieldKind, Field(examples=["number"])]
    options: Options = []


class FieldChanges(Given):
    """Only what is sent is changed; a field put away keeps its values."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Length of the kitchen"])] | None = None
    options: Options | None = None
    is_active: bool | None = None
    place: (
        Annotated[int, Field(ge=0, le=1_000, examples=[1], description="The place in the list, counted from 0.")]
        | None
    ) = None


class Weight(Told):
    """How much a field counts, from 0 to 100, and the question that gets it; `usual` is asked where there is none."""

    code: Annotated[str, Field(examples=["birthday"])]
    weight: Annotated[int, Field(examples=[15])]
    question: str
    usual: Annotated[str, Field(examples=["When may we congratulate you?"])]


class WeightList(Told):
    """All fields that make a card complete."""

    items: list[Weight]


class WeightGiven(Given):
    """Only what is sent is changed; an empty question is the usual one."""

    weight: Annotated[int, Field(ge=0, le=100)] | None = None
    question: Annotated[str, Field(max_length=200, examples=["When is your birthday?"])] | None = None


class WeightChanges(Given):
    """Weights and questions by the code of the field."""

    fields: Annotated[
        dict[Annotated[str, Field(max_length=60)], WeightGiven],
        Field(min_length=1, max_length=200, examples=[{"birthday": {"weight": 20}}]),
    ]


def field_out(row: "CustomField") -> CustomFieldOut:
    """Return a custom field as it goes out."""
    return CustomFieldOut(
        id=row.public_id,
        subject=row.subject,
        code=row.code,
        name=row.name,
        kind=row.kind,
        options=list(row.options),
        is_active=row.is_active,
    )
