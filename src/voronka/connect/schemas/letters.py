"""Templates of letters: made, changed, looked at on a client."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, PublicId, Told

if TYPE_CHECKING:
    from voronka.messaging.models import Template as TemplateRow

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["The offer"])]
Subject = Annotated[str, Field(max_length=200, examples=["Our offer, {{ client.first_name }}"])]
Body = Annotated[
    str, Field(max_length=20_000, examples=["Dear {{ client.first_name }}, as we agreed on the phone..."])
]


Blocks = Annotated[
    list[dict[str, str]],
    Field(
        max_length=60,
        description="Blocks, each with its kind (heading, text, picture, button, columns, divider, product, order, "
        "accessories, footer), an id of its own, and the settings of its kind as text.",
        examples=[[{"id": "b1", "kind": "text", "text": "Dear {{ client.first_name }}", "align": "left"}]],
    ),
]


class Template(Told):
    """A template of letters in Liquid; buttons send it by its id. Without a subject its name is the subject.

    One of kind blocks is made of `blocks`; its `body` is then the plain text part.
    """

    id: PublicId
    name: Name
    subject: Subject
    kind: Annotated[Literal["text", "blocks"], Field(examples=["text"])]
    body: Annotated[str, Field(examples=["Dear {{ client.first_name }}, as we agreed on the phone..."])]
    blocks: Blocks


class TemplateList(Told):
    """The templates in use, by name."""

    items: list[Template]


class NewTemplate(Given):
    """A template to be made, of a text or of blocks; the fields it may name: `/letter-templates/fields`."""

    name: Name
    subject: Subject = ""
    body: Annotated[str, Field(max_length=20_000, examples=["Dear {{ client.first_name }}, ..."])] = ""
    blocks: Blocks | None = None


class TemplateChanges(Given):
    """Only what is sent is changed; letters that went stay as they were."""

    name: Name | None = None
    subject: Subject | None = None
    body: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    blocks: Blocks | None = None


class FieldNames(Told):
    """The fields that a letter may name, as they are written into it."""

    items: Annotated[list[str], Field(examples=[["client.first_name"]])]


class PreviewGiven(Given):
    """A text to be looked at on a client; nothing is kept or sent."""

    client: PublicId
    subject: Subject = ""
    body: Body


class LetterShown(Told):
    """The letter as the client would get it; `address` is empty where he has none, or it is hidden from the reader."""

    address: Annotated[str, Field(examples=["anna@example.com"])]
    subject: Annotated[str, Field(examples=["Our offer, Anna"])]
    body: Annotated[str, Field(examples=["Dear Anna, as we agreed on the phone..."])]


def template_out(row: "TemplateRow") -> Template:
    """Return a template as it goes out."""
    kind: Literal["text", "blocks"] = "blocks" if row.kind == "blocks" else "text"
    return Template(id=row.public_id, name=row.name, subject=row.subject, kind=kind, body=row.body, blocks=row.blocks)
