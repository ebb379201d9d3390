"""What a deal has led to: its orders and papers, as a block that comes by itself beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.billing.queries.documents import documents_about
from voronka.deals.queries import desk
from voronka.deals.services.holding import held_until
from voronka.kit import modules, wording
from voronka.kit.actors import Actor
from voronka.kit.screens import actor_of, place, signed_in
from voronka.orders import queries as orders


@require_GET
@signed_in
def papers(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the orders and papers of a deal that the actor may see, and until when its goods are held."""
    actor = actor_of(request)
    deal = desk.get_deal(actor, public_id)
    found = [*_orders(actor, deal.pk), *_papers(actor, deal.pk)]
    until = held_until(deal.pk) if deal.goods_count and modules.is_on(actor, "stock") else None
    return render(request, "deals/papers.html", {"deal": deal, "rows": found, "until": until})


def _orders(actor: Actor, deal_id: int) -> list[dict[str, str]]:
    if not modules.is_on(actor, "orders") or not orders.may_see(actor):
        return []
    return [
        {
            "icon": "shopping-cart",
            "name": _("Order № %(number)s") % {"number": one.number},
            "state": one.status.name,
            "sum": wording.money(one.total, one.currency, actor.language) if actor.sees("deal.sum") else "",
            "url": place("orders:order", one.public_id),
        }
        for one in orders.orders_about(actor, "deal", deal_id)
    ]


def _papers(actor: Actor, deal_id: int) -> list[dict[str, str]]:
    if not modules.is_on(actor, "billing"):
        return []
    names = {"invoice": _("Invoice"), "act": _("Act"), "upd": _("Transfer document")}
    return [
        {
            "icon": "file-invoice",
            "name": f"{names.get(one.kind, _('Document'))} № {one.number}".removesuffix(" № "),
            "state": _paid_words(one.state, one.amount, one.paid),
            "sum": wording.money(one.amount, one.currency, actor.language) if actor.sees("deal.sum") else "",
            "url": place("billing:document", one.public_id),
        }
        for one in documents_about(actor, "deal", deal_id)
    ]


def _paid_words(state: str, amount: object, paid: object) -> str:
    """Say how far a paper is."""
    if state == "void":
        return _("void")
    if state == "draft":
        return _("draft")
    return _("paid") if paid and paid == amount else _("paid in part") if paid else ""
