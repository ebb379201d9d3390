"""Pieces that many documents share."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

PublicId = Annotated[str, Field(max_length=40, examples=["k7m2p9x4w3ab"])]
IdInPath = Annotated[str, Path(max_length=80, example="k7m2p9x4w3ab")]
NumberInPath = Annotated[int, Path(ge=1, le=2**63 - 1, example=1042)]
VersionInPath = Annotated[int, Path(ge=1, le=2**31 - 1, example=3)]
Moment = Annotated[datetime, Field(examples=["2026-11-24T09:30:00Z"])]
GivenMoment = Annotated[AwareDatetime, Field(examples=["2026-11-24T12:30:00+03:00"])]
Money = Annotated[Decimal, Field(examples=["184000.50"])]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
Cursor = Annotated[str, Query(max_length=2_000, description="`next` of the page before.")]
Text = Annotated[str, Field(max_length=10_000)]
Line = Annotated[str, Field(max_length=1_000)]
Values = dict[str, Any]  # values of custom fields: their kinds are the company's own


class Given(BaseModel):
    """A document that comes in: an unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """A document that goes out."""


class Named(Told):
    """A record by its id and name."""

    id: PublicId
    name: Annotated[str, Field(examples=["Anna Smirnova"])]


class Problem(Told):
    """A refusal (RFC 9457). `code` is stable, `detail` and `fields` are for people."""

    type: Annotated[str, Field(examples=["/api/#problems"])]
    title: Annotated[str, Field(examples=["Something is wrong in the request"])]
    status: Annotated[int, Field(examples=[422])]
    detail: Annotated[str, Field(examples=["Look at the named fields."])]
    code: Annotated[str, Field(examples=["invalid"])]
    fields: Annotated[dict[str, str], Field(examples=[{"name": "Fill this in."}])] = {}


def named(id_: str | None, name: str) -> Named | None:
    """Return a record by id and name, None where there is none."""
    return Named(id=id_, name=name) if id_ else None
