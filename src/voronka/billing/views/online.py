"""Payments by link as employees see them: the link of an invoice, refunds by the provider, accounts with providers."""

from datetime import UTC, datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.billing import ports, services
from voronka.billing.models import OnlineRefund, Provider
from voronka.billing.permissions import SET_UP
from voronka.billing.services import giving_back, links
from voronka.billing.services.providers import ProviderDraft
from voronka.billing.views.words import posted, read_day, read_money, read_operation
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in


@require_POST
@signed_in
def document_link(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Make the link of an invoice, make it anew, or close it."""
    actor, now = actor_of(request), datetime.now(UTC)
    match act:
        case "open" | "anew":
            links.make_link(actor=actor, public_id=public_id, now=now, anew=act == "anew")
            messages.success(request, _("The link is there: send it to the client"))
        case "close":
            links.close_link(actor=actor, public_id=public_id)
            messages.success(request, _("The link leads nowhere now"))
        case _other:
            raise NotFound(_("There is no such act."))
    return redirect("billing:document", public_id)


# The provider is spoken to between two transactions.
@transaction.non_atomic_requests
@require_POST
@signed_in
def refund_online(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give money back by the way it came."""
    with transaction.atomic():
        actor, sent, now = actor_of(request), posted(request), datetime.now(UTC)
        today = now.astimezone(actor.zone).date()
        amount, day = read_money(sent, "amount"), read_day(sent, "day", empty=today) or today
        operation = read_operation(sent)
    if operation is None:
        raise Conflict(_("This page was open for too long. Reload it and repeat: what you typed is kept."))
    done = giving_back.give_back(
        actor=actor, public_id=public_id, amount=amount, day=day, now=now, operation=operation
    )
    with transaction.atomic():
        said = {
            OnlineRefund.State.DONE: (messages.success, _("Given back")),
            OnlineRefund.State.UNKNOWN: (messages.info, _("The provider has not answered yet: it is asked again")),
            OnlineRefund.State.REFUSED: (messages.error, _("The provider has refused: the money is where it was")),
        }[OnlineRefund.State(done.state)]
        said[0](request, said[1])
        return redirect("billing:payment", public_id)


@require_GET
@signed_in
def provider_list(request: HttpRequest) -> HttpResponse:
    """Show the accounts with providers."""
    actor_of(request).require(SET_UP)
    names = {one.kind: one for one in ports.gateway_kinds()}
    rows = [(one, names.get(one.kind)) for one in Provider.objects.order_by("-is_on", "id")]
    return render(request, "billing/provider_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@signed_in
def provider_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Add an account with a provider or change one; its secret is never shown."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = Provider.objects.filter(public_id=public_id).first() if public_id else None
    if public_id and row is None:
        raise NotFound(_("There is no such provider."))
    typed: dict[str, object] = {"kind": "sandbox", "is_on": True}
    if row is not None:
        typed = {"kind": row.kind, "name": row.name, "shop_id": row.shop_id, "is_on": row.is_on}
    problems: dict[str, str] = {}
    if request.method == "POST":
        sent = posted(request)
        typed = {name: sent.get(name, "")[:200] for name in ("kind", "name", "shop_id")} | {"is_on": "is_on" in sent}
        draft = ProviderDraft(
            kind=sent.get("kind", "")[:20], name=sent.get("name", ""), shop_id=sent.get("shop_id", ""),
            secret=sent.get("secret", ""), is_on="is_on" in sent,
        )  # fmt: skip
        try:
            saved = services.save_provider(
                actor=actor, draft=draft, public_id=public_id or None, now=datetime.now(UTC)
            )
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("billing:provider", saved.public_id)
    kinds = [(one.kind, one.name) for one in ports.gateway_kinds()]
    context = {
        "row": row,
        "typed": typed,
        "problems": problems,
        "kinds": kinds,
        "is_real": row is None or ports.gateway_kind(row.kind).is_real,
        "hook": request.build_absolute_uri(reverse("billing:hook", args=[row.hook])) if row else "",
    }
    return render(request, "billing/provider_edit.html", context, status=422 if problems else 200)
