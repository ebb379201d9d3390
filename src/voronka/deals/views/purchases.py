"""What a client has bought and owes: the block of purchases on his card."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from voronka.billing import queries as billing
from voronka.deals.permissions import SEE_DEALS
from voronka.kit import modules, wording
from voronka.kit.actors import Actor, Reach
from voronka.kit.screens import actor_of, place, signed_in
from voronka.orders import queries as orders
from voronka.people import queries as people

NEWEST = 5


@require_GET
@signed_in
def client_purchases(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a client's purchases: how many, for how much, when last, what he owes, and the newest orders."""
    actor, now = actor_of(request), datetime.now(UTC)
    if actor.reach(SEE_DEALS) is Reach.NONE:
        actor.require(SEE_DEALS)
    client = people.get_client(actor, public_id)
    context: dict[str, object] = {"client": client, "facts": [], "rows": []}
    if modules.is_on(actor, "orders") and orders.may_see(actor):
        context |= _bought(actor, client.pk, now)
    if modules.is_on(actor, "billing") and actor.sees("client.sum") and billing.sees_money(actor):
        debt = billing.debts_of(client.pk, now.astimezone(actor.zone).date())
        context |= {"debt": _money(actor, debt.amount), "late": _money(actor, debt.late)}
    return render(request, "deals/purchases.html", context)


def _money(actor: Actor, amount: object) -> str:
    return wording.money(amount, "RUB", actor.language) if amount else ""  # type: ignore[arg-type]  # a sum of money


def _bought(actor: Actor, client_id: int, now: datetime) -> dict[str, object]:
    found = orders.figures_of(client_id)
    sees = actor.sees("client.sum")
    return {
        "count": found.count,
        "total": _money(actor, found.total) if sees else "",
        "average": _money(actor, found.average) if sees else "",
        "last": wording.moment(found.last_at, actor.zone.key, now, actor.language) if found.last_at else "",
        "rows": [
            {
                "number": one.number,
                "state": one.status.name,
                "sum": wording.money(one.total, one.currency, actor.language) if sees else "",
                "url": place("orders:order", one.public_id),
            }
            for one in orders.purchases_of(actor, client_id, most=NEWEST)
        ],
    }
