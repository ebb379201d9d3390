"""Events as they leave the company: ids of rows become the public ids by which programs outside know them."""

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from voronka.accounts import queries as accounts
from voronka.billing import queries as billing
from voronka.care import queries as care
from voronka.catalogue import queries as catalogue
from voronka.deals.queries import pipelines as deals
from voronka.flows import queries as flows
from voronka.kit.events import Event, RecordedEvent, all_kinds
from voronka.loyalty import queries as loyalty
from voronka.messaging import queries as messaging
from voronka.messaging.queries import answers, campaigns, talks
from voronka.orders import queries as orders
from voronka.people import queries as people
from voronka.site import queries as site
from voronka.stock import queries as stock
from voronka.trials import queries as trials
from voronka.work import queries as work

Finder = Callable[[Sequence[int]], Mapping[int, str]]


def _of(module: Any, kind: str) -> Finder:  # a module with `public_ids`
    return lambda ids: module.public_ids(kind, ids)


FINDERS: dict[str, Finder] = {
    "client": _of(people, "client"),
    "custom_field": _of(people, "custom_field"),
    "import_run": _of(people, "import_run"),
    "inbox_lead": _of(people, "inbox_lead"),
    "merge": _of(people, "merge"),
    "bulk_run": _of(people, "bulk_run"),
    "document": _of(billing, "document"),
    "payment": _of(billing, "payment"),
    "statement": _of(billing, "statement"),
    "deal": _of(deals, "deal"),
    "pipeline": _of(deals, "pipeline"),
    "stage": _of(deals, "stage"),
    "task": work.public_ids_of_tasks,
    "product": _of(catalogue, "product"),
    "variant": _of(catalogue, "variant"),
    "supplier": _of(catalogue, "supplier"),
    "price_load": _of(catalogue, "price_load"),
    "promo": _of(loyalty, "promo"),
    "referral": _of(loyalty, "referral"),
    "trial": _of(trials, "trial"),
    "survey": _of(care, "survey"),
    "invitation": _of(care, "invitation"),
    "response": _of(care, "response"),
    "site": _of(site, "site"),
    "visitor": _of(site, "visitor"),
    "widget": _of(site, "widget"),
    "automation": _of(flows, "automation"),
    "walk": _of(flows, "walk"),
    "message": messaging.public_ids,
    "sms_answer": messaging.answer_ids,
    "campaign": campaigns.public_ids_of,
    "article": _of(answers, "article"),
    "learnt": _of(answers, "learnt"),
    "unanswered": _of(answers, "unanswered"),
    "talk": talks.public_ids_of_talks,
    "place": _of(stock, "place"),
    "stock_document": _of(stock, "document"),
    "order": _of(orders, "order"),
    "shipment": _of(orders, "shipment"),
    "order_return": _of(orders, "order_return"),
    "order_letter": _of(orders, "order_letter"),
    "employee": accounts.public_ids_of_employees,
}
# Fields of events by the kind of row they name; other numbers go out as they are.
FIELDS: dict[str, str] = {
    "client_id": "client",
    "field_id": "custom_field",
    "run_id": "import_run",
    "lead_id": "inbox_lead",
    "article_id": "article",
    "learnt_id": "learnt",
    "unanswered_id": "unanswered",
    "talk_id": "talk",
    "merge_id": "merge",
    "bulk_id": "bulk_run",
    "document_id": "document",
    "payment_id": "payment",
    "statement_id": "statement",
    "deal_id": "deal",
    "pipeline_id": "pipeline",
    "stage_id": "stage",
    "from_stage_id": "stage",
    "to_stage_id": "stage",
    "task_id": "task",
    "employee_id": "employee",
    "from_employee_id": "employee",
    "to_employee_id": "employee",
    "owner_id": "employee",
    "product_id": "product",
    "variant_id": "variant",
    "supplier_id": "supplier",
    "load_id": "price_load",
    "promo_id": "promo",
    "referral_id": "referral",
    "referrer_id": "client",
    "friend_id": "client",
    "trial_id": "trial",
    "survey_id": "survey",
    "invitation_id": "invitation",
    "response_id": "response",
    "site_id": "site",
    "visitor_id": "visitor",
    "widget_id": "widget",
    "automation_id": "automation",
    "walk_id": "walk",
    "message_id": "message",
    "answer_id": "sms_answer",
    "place_id": "place",
    "stock_document_id": "stock_document",
    "order_id": "order",
    "shipment_id": "shipment",
    "return_id": "order_return",
    "order_letter_id": "order_letter",
}
# Numbers that mean nothing to anybody outside: the company's own, rows without an address, lists of them.
LEFT_OUT = frozenset(
    {
        "blocked_id",
        "company_id",
        "first_move_id",
        "hand_over_id",
        "holder_id",
        "paper_id",
        "product_sums",
        "rule_id",
        "setting_id",
        "skipped",
        "terms_id",
    }
)


def outward(events: Sequence[RecordedEvent]) -> list[dict[str, Any]]:
    """Return the events as documents: type, timestamp, data; all ids of a kind are asked for at once."""
    wanted: dict[str, set[int]] = {"employee": {one.employee_id for one in events if one.employee_id is not None}}
    for event in events:
        for name, value in event.payload.items():
            if name in FIELDS and isinstance(value, int):
                wanted.setdefault(FIELDS[name], set()).add(value)
    known = {kind: FINDERS[kind](sorted(ids)) for kind, ids in wanted.items() if ids}
    return [_document(event, known) for event in events]


def _document(event: RecordedEvent, known: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    data = {}
    for name, value in event.payload.items():
        if name in LEFT_OUT:
            continue
        if name in FIELDS:
            found = known.get(FIELDS[name], {}).get(value) if isinstance(value, int) else None
            data[name.removesuffix("_id")] = found
        else:
            data[name] = value
    return {
        "id": event.seq,
        "type": event.name,
        "timestamp": event.at.isoformat(),
        "employee": known.get("employee", {}).get(event.employee_id or 0),
        "data": data,
    }


def schema_of(kind: type[Event]) -> dict[str, Any]:
    """Return the JSON schema of an event's `data` as it goes out."""
    properties: dict[str, Any] = {}
    hints = typing.get_type_hints(kind)
    for one in dataclasses.fields(kind):
        if one.name in LEFT_OUT:
            continue
        if one.name in FIELDS:
            properties[one.name.removesuffix("_id")] = {
                "type": ["string", "null"],
                "description": f"Public id of the {FIELDS[one.name]}; null where it is gone.",
                "examples": ["k7m2p9x4w3ab"],
            }
        else:
            properties[one.name] = _schema(hints[one.name])
    return {"type": "object", "properties": properties, "required": list(properties)}


_PLAIN: dict[object, dict[str, Any]] = {
    int: {"type": "integer", "examples": [1]},
    str: {"type": "string", "examples": ["call"]},
    bool: {"type": "boolean", "examples": [True]},
    Decimal: {"type": "string", "examples": ["1290.00"]},
}


def _schema(hint: object) -> dict[str, Any]:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = _schema(next(one for one in arguments if one is not type(None)))
        return {**inner, "type": [inner["type"], "null"]}
    return {}


def example_of(kind: type[Event]) -> dict[str, Any]:
    """Return an invented `data` of an event."""
    found: dict[str, Any] = {}
    for name, schema in schema_of(kind)["properties"].items():
        if schema.get("type") == "array":
            found[name] = schema["items"].get("examples", [])[:1]
        else:
            found[name] = schema.get("examples", [None])[0]
    return found


def names() -> list[str]:
    """Return the names of all events that may be chosen."""
    return list(all_kinds())


def unknown_among(events: Iterable[str]) -> list[str]:
    """Return those of the names that are no event's."""
    known = set(all_kinds())
    return [name for name in events if name not in known]
