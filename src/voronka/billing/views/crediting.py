"""What is owed to clients since their orders cost less: given back, or left to them, in one press."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from voronka.billing import services
from voronka.billing.models import Payment, Surplus
from voronka.billing.permissions import TAKE_MONEY
from voronka.billing.queries.surplus import came_by_link, get_surplus
from voronka.billing.views.words import method_names, posted, read_money, read_operation
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.orders import queries as orders
from voronka.people import queries as people


def surplus_rows(actor: Actor, rows: Sequence[Surplus]) -> dict[str, Any]:
    """Return what is owed to clients as `billing/_surplus.html` shows it: with the order, the client, the presses."""
    named = orders.named_orders(actor, [one.subject_id for one in rows])
    by_link = came_by_link([one.payment_id for one in rows if one.payment.method == "online"])
    return {
        "surpluses": [
            {
                "row": one,
                "order": named.get(one.subject_id),
                "client": one.payment.client,
                "name": people.name_shown(actor, one.payment.client.name) if one.payment.client else one.payment.name,
                "operation": str(uuid.uuid4()),
                "methods": _ways(one.payment, is_by_link=one.payment_id in by_link),
            }
            for one in rows
        ],
        "may_take": actor.may(TAKE_MONEY),
    }


def _ways(payment: Payment, *, is_by_link: bool) -> list[tuple[str, str]]:
    """Return how money of a payment may go back: by link only where a provider knows it, and as it came before all."""
    names = {code: name for code, name in method_names().items() if code != "online" or is_by_link}
    if payment.method not in names:  # somebody has to say how
        return [("", _("choose")), *names.items()]
    return [("", _("as it came: %(method)s") % {"method": names[payment.method]}), *names.items()]


@require_POST
@signed_in
def surplus_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Give back what is owed to a client, or leave it to him for what he buys next: what was shown, nothing else."""
    actor, sent, now = actor_of(request), posted(request), datetime.now(UTC)
    match act:
        case "back":
            operation = read_operation(sent)
            if operation is None or "amount" not in sent:
                raise Conflict(_("This page was open for too long. Reload it and repeat: what you typed is kept."))
            out = services.give_surplus_back(
                actor=actor, public_id=public_id, day=now.astimezone(actor.zone).date(), now=now, operation=operation,
                amount=read_money(sent, "amount"), method=sent.get("method", "")[:10],
            )  # fmt: skip
            words = _("The provider is asked to give it back") if out.method == "online" else _("Given back")
            messages.success(request, words)
        case "keep":
            shown = read_money(sent, "amount") if "amount" in sent else None
            services.keep_surplus(actor=actor, public_id=public_id, now=now, amount=shown)
            messages.success(request, _("Left to the client: it may pay his next invoice"))
        case _other:
            raise NotFound(_("There is no such act."))
    row = get_surplus(public_id)
    found = orders.named_orders(actor, [row.subject_id]).get(row.subject_id)
    if sent.get("to") == "order" and found is not None:
        return redirect("orders:order", found[1])
    return (
        redirect("billing:debts") if sent.get("to") == "debts" else redirect("billing:payment", row.payment.public_id)
    )
