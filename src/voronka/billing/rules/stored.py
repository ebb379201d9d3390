"""Papers as they are kept in JSON, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from voronka.billing.rules.papers.paper import Party, Reference, Transport
from voronka.billing.rules.totals import Line

_DECIMALS = {"quantity", "price", "discount", "amount", "tax", "percent"}


def kept_lines(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return counted lines as plain values: sums are kept as they were, never counted again from a kept paper."""
    return [{name: _plain(getattr(line, name)) for name in _names(Line)} for line in lines]


def read_lines(kept: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Return the lines of a kept paper with their sums of then."""
    known = set(_names(Line))
    found = []
    for row in kept:
        values: dict[str, Any] = {name: value for name, value in row.items() if name in known}
        values |= {name: Decimal(values[name]) for name in _DECIMALS if values.get(name) is not None}
        found.append(Line(**values))
    return tuple(found)


def kept_party(party: Party) -> dict[str, Any]:
    """Return a side of a paper as plain values, empty ones left out."""
    return {name: _plain(value) for name in _names(Party) if (value := getattr(party, name))}


def read_party(kept: Mapping[str, Any]) -> Party:
    """Return a side of a kept paper."""
    known = {name: value for name, value in kept.items() if name in _names(Party)}
    if known.get("ogrn_day"):
        known["ogrn_day"] = date.fromisoformat(known["ogrn_day"])
    return Party(**({"name": ""} | known))


def kept_reference(number: str, day: date | None, name: str = "") -> dict[str, Any]:
    """Return a link to another paper as plain values."""
    return {"number": number, "day": day.isoformat() if day else None, "name": name}


def read_references(kept: Sequence[Mapping[str, Any]]) -> tuple[Reference, ...]:
    """Return links to other papers."""
    return tuple(
        Reference(one["number"], date.fromisoformat(one["day"]) if one.get("day") else None, one.get("name", ""))
        for one in kept
    )


def kept_issue(
    seller: Party, *, terms: str, warning: str, city: str, tax_words: str, pictures: Mapping[str, str],
    due: date | None, title: str, amount: Decimal, text: str = "", file: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return what a paper says beyond its lines at the moment it is issued: later changes of settings leave it alone.

    `pictures` are public ids of kept files by slot, `text` is the own text it is written by, `file` the public id of
    the file of Word where it is one.
    """
    return {
        "seller": kept_party(seller), "terms": terms, "warning": warning, "city": city, "tax_words": tax_words,
        "pictures": dict(pictures), "due": due.isoformat() if due else None, "title": title, "amount": f"{amount:f}",
        "text": text, "file": file,
    }  # fmt: skip


def read_transport(kept: Mapping[str, Any] | None) -> Transport | None:
    """Return what a kept paper says of its carriage."""
    if not kept:
        return None
    names = {name for name in _names(Transport) if name not in ("carrier", "request")}
    values: dict[str, Any] = {name: str(value) for name, value in kept.items() if name in names}
    return Transport(**values)


def _names(kind: type[Any]) -> list[str]:  # any of the dataclasses above
    return [one.name for one in fields(kind)]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
