"""Changes of own fields of deals, as the history keeps them."""

from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass

from voronka.deals.events import DealChanged
from voronka.deals.models import Deal
from voronka.deals.queries.lists import OWN
from voronka.kit.models import Change, EventRow

TABLE = "deals_deal"
WALKED = 400


@dataclass(frozen=True, slots=True)
class OwnChange:
    """One own field of a deal before and after one change; `currency` is the deal's."""

    code: str
    before: object
    after: object
    currency: str


def own_changed(deal_ids: Collection[int]) -> dict[int, list[OwnChange]]:
    """Return, by the row of the event that told of it, the own fields of deals before and after each change.

    Every change of an own field is told by one event that names it, and the history keeps what it replaced: the newest
    event about a field goes with the newest change of it, and so on down. Of older changes, beyond the newest few
    hundred of both, nothing is returned. What a reader may not see is left out by the caller.
    """
    told: dict[tuple[int, str], deque[int]] = defaultdict(deque)
    events = EventRow.objects.filter(name=DealChanged.name(), subject_kind="deal", subject_id__in=deal_ids)
    for event_id, deal_id, payload in events.order_by("-id").values_list("id", "subject_id", "payload")[:WALKED]:
        for code in payload["fields"]:
            if code.startswith(OWN):
                told[deal_id, code].append(event_id)
    held = {pk: (fields, money) for pk, fields, money in Deal.objects.filter(pk__in=deal_ids).values_list(
        "id", "fields", "currency"
    )}  # fmt: skip
    rows = Change.objects.filter(table=TABLE, row_id__in=deal_ids, operation="update", before__has_key="fields")
    found: dict[int, list[OwnChange]] = defaultdict(list)
    for deal_id, before in rows.order_by("-id").values_list("row_id", "before")[:WALKED]:
        now, currency = held.get(deal_id, ({}, ""))
        was = before["fields"]
        for name in sorted(name for name in {*was, *now} if was.get(name) != now.get(name)):
            code = OWN + name
            if told[deal_id, code]:
                found[told[deal_id, code].popleft()].append(OwnChange(code, was.get(name), now.get(name), currency))
        held[deal_id] = was, currency
    return found
