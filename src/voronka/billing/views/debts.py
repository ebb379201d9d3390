"""Debts of clients by age, and their limits."""

from datetime import UTC, datetime
from decimal import Decimal

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.billing import services
from voronka.billing.permissions import SEE_MONEY, SET_UP
from voronka.billing.queries.debts import debts
from voronka.billing.queries.surplus import waiting_surpluses
from voronka.billing.views.crediting import surplus_rows
from voronka.billing.views.words import age_names, posted, read_money, tabs
from voronka.kit import pieces, wording
from voronka.kit.actors import Actor
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people

MOST_BACK = 30


@require_http_methods(["GET", "POST"])
@signed_in
def debt_list(request: HttpRequest) -> HttpResponse:
    """Show who owes how much by age, and what is to be given back; set a client's limit."""
    actor = actor_of(request)
    actor.require(SEE_MONEY)
    if request.method == "POST":
        sent = posted(request)
        client = people.get_client(actor, sent.get("client", ""))
        days = sent.get("days", "")
        text = sent.get("limit", "").strip()
        services.set_limit(
            actor=actor, client_id=client.pk, amount=read_money(sent, "limit") if text else None,
            days=int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0,
        )  # fmt: skip
        messages.success(request, _("Saved"))
        return redirect("billing:debts")
    today = datetime.now(UTC).astimezone(actor.zone).date()
    found = debts(today)
    clients = people.client_rows([one.client_id for one in found if one.client_id])
    names = age_names()
    whole = {code: sum((one.ages[code] for one in found), Decimal(0)) for code in names}
    back = list(waiting_surpluses()[: MOST_BACK + 1])
    context = {
        **surplus_rows(actor, back[:MOST_BACK]),
        "more_surpluses": len(back) > MOST_BACK,
        "owed": waiting_surpluses().aggregate(whole=Sum("amount"))["whole"] or Decimal(0),
        "tabs": tabs(actor, "debts"),
        "rows": [
            (one, clients.get(one.client_id or 0), _debtor(actor, clients.get(one.client_id or 0)),
             [(name, one.ages[code]) for code, name in names.items()], one.is_over(today))
            for one in found
        ],
        "ages": list(names.values()),
        "stats": [
            pieces.Stat(name, wording.money(whole[code], "RUB", actor.language), tone=_tone(code, whole[code]))
            for code, name in names.items()
        ],
        "whole": sum(whole.values(), Decimal(0)),
        "may_set_up": actor.may(SET_UP),
    }  # fmt: skip
    return render(request, "billing/debt_list.html", context)


def _debtor(actor: Actor, client: object) -> str:
    name = getattr(client, "name", "")
    return people.name_shown(actor, name) if name else _("no client named")


def _tone(code: str, amount: Decimal) -> str:
    return "late" if amount and code in ("60", "90", "older") else ""
