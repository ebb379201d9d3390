"""The formats: how an offer is written, what stands before the first and behind the last one.

An offer is written by itself and kept so; a file is its head, the offers with a separator, its tail.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from voronka.kit.tables.writers import disarm

from .offers import Offer, Shop, tidy

_LONGEST_DESCRIPTION = 6_000
_QUOTED = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
_COLUMNS = (
    "id", "code", "name", "price", "currency", "available", "count", "category", "brand", "maker_code", "barcodes",
    "vat", "url", "pictures", "weight_kg", "description",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its type for the web, how offers are written and put together. `at` is when the file changed last."""

    content_type: str
    offer: Callable[[Offer], str]
    head: Callable[[Shop, datetime], str]
    tail: str = ""
    separator: str = ""


def plain(number: Decimal) -> str:
    """Return a number without needless noughts: 1490, 0.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def vat_code(percent: Decimal | None) -> str:
    """Return a rate as YML names it."""
    return "NO_VAT" if percent is None else f"VAT_{plain(percent)}"


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(tidy(text))}</{name}>"


def _attribute(text: str) -> str:
    return quoteattr(tidy(text), _QUOTED)


def yml_offer(one: Offer) -> str:
    """Return an offer as YML has it (the simplified kind)."""
    series = f" group_id={_attribute(one.series)}" if one.series else ""
    return (
        f'<offer id={_attribute(one.id)} available="{str(one.is_available).lower()}"{series}>'
        + "".join(_yml_tags(one))
        + "</offer>\n"
    )


def _yml_tags(one: Offer) -> Iterator[str]:
    if one.url:
        yield _tag("url", one.url)
    yield f"<price>{plain(one.price)}</price><currencyId>{one.currency}</currencyId>"
    yield f"<categoryId>{one.group}</categoryId>"
    for picture in one.pictures:
        yield _tag("picture", picture)
    yield _tag("name", one.name)
    for name, text in (("vendor", one.brand), ("vendorCode", one.maker_code)):
        if text:
            yield _tag(name, text)
    if one.description:
        yield _tag("description", one.description[:_LONGEST_DESCRIPTION])
    for code in one.barcodes:
        yield _tag("barcode", code)
    yield f"<vat>{vat_code(one.vat)}</vat>"
    if one.count is not None:
        yield f"<count>{one.count}</count>"
    if one.weight_g:
        yield f"<weight>{plain(Decimal(one.weight_g) / 1000)}</weight>"
    if one.size_mm and all(one.size_mm):
        yield f"<dimensions>{'/'.join(plain(Decimal(side) / 10) for side in one.size_mm)}</dimensions>"
    for name, value in one.params:
        yield f"<param name={_attribute(name)}>{escape(tidy(value))}</param>"


def yml_head(shop: Shop, at: datetime) -> str:
    """Return what stands before the offers; the moment in minutes of its own clock."""
    above = {one.number: f' parentId="{one.above}"' if one.above else "" for one in shop.groups}
    groups = "".join(
        f'<category id="{one.number}"{above[one.number]}>{escape(tidy(one.name))}</category>' for one in shop.groups
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<yml_catalog date="{at:%Y-%m-%d %H:%M}"><shop>'
        f"{_tag('name', shop.name)}{_tag('company', shop.company)}{_tag('url', shop.url)}"
        f'<currencies><currency id="{shop.currency}" rate="1"/></currencies>'
        f"<categories>{groups}</categories><offers>\n"
    )


def csv_offer(one: Offer) -> str:
    """Return an offer as a row of CSV; no cell becomes a formula."""
    cells = (
        one.id, one.code, one.name, plain(one.price), one.currency, "yes" if one.is_available else "no",
        "" if one.count is None else str(one.count), one.group_name, one.brand, one.maker_code,
        " ".join(one.barcodes), "" if one.vat is None else plain(one.vat), one.url, " ".join(one.pictures),
        plain(Decimal(one.weight_g) / 1000) if one.weight_g else "", one.description[:_LONGEST_DESCRIPTION],
    )  # fmt: skip
    return _csv_row([disarm(tidy(cell)) for cell in cells])


def _csv_row(cells: list[str]) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow(cells)
    return target.getvalue()


def csv_head(shop: Shop, at: datetime) -> str:
    """Return the mark of UTF-8 that spreadsheets look for, and the names of the columns."""
    return "\ufeff" + _csv_row(list(_COLUMNS))


def json_offer(one: Offer) -> str:
    """Return an offer as an object of JSON; sums are texts, so that no reader rounds them."""
    told: dict[str, Any] = {  # as JSON has it
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "price": f"{one.price:f}",
        "currency": one.currency,
        "available": one.is_available,
        "count": one.count,
        "category_id": one.group,
        "brand": one.brand,
        "maker_code": one.maker_code,
        "barcodes": list(one.barcodes),
        "vat_percent": None if one.vat is None else plain(one.vat),
        "url": one.url,
        "pictures": list(one.pictures),
        "weight_g": one.weight_g,
        "size_mm": list(one.size_mm) if one.size_mm else None,
        "description": one.description,
        "params": dict(one.params),
        "series": one.series,
    }
    return _json(told)


def _json(value: Any) -> str:  # as JSON has it
    return tidy(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def json_head(shop: Shop, at: datetime) -> str:
    """Return the shop and its categories, up to the offers."""
    groups = [{"id": one.number, "parent_id": one.above, "name": one.name} for one in shop.groups]
    told = {
        "shop": {"name": shop.name, "company": shop.company, "url": shop.url, "currency": shop.currency},
        "changed_at": at.isoformat(timespec="seconds"),
        "categories": groups,
    }
    return _json(told)[:-1] + ',"offers":[\n'


FORMATS = {
    "yml": Format("application/xml; charset=utf-8", yml_offer, yml_head, "</offers></shop></yml_catalog>\n"),
    "csv": Format("text/csv; charset=utf-8", csv_offer, csv_head),
    "json": Format("application/json; charset=utf-8", json_offer, json_head, "\n]}\n", ",\n"),
}
