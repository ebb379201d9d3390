"""One field of the stage, filled in beside the deal: its row as a small form, and the block after it is saved."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from voronka.deals.queries import desk as queries
from voronka.deals.queries.pipelines import list_stages
from voronka.deals.services import filling
from voronka.deals.services.required import held
from voronka.deals.views.asks import input_of
from voronka.deals.views.desk import press_pieces, usable
from voronka.deals.views.stage_fields import stage_fields
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def field(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Show the row of a field as a form, `shut=1` the whole block again; take what was typed."""
    if request.method == "GET" and request.GET.get("shut") == "1":
        return block(request, public_id)
    actor, problem, status = actor_of(request), "", 200
    typed: str | None = None
    if request.method == "POST":
        typed = "\n".join(str(one) for one in request.POST.getlist("value"))
        try:
            filling.fill_in(
                actor=actor,
                deal_public_id=public_id,
                code=code,
                text=typed,
                seen=request.POST.get("seen"),
                now=datetime.now(UTC),
            )
        except (Invalid, Conflict) as refusal:
            if not refusal.fields:
                raise
            problem, status = refusal.fields["value"], 422
        else:
            return block(request, public_id)
    deal = queries.get_deal(actor, public_id)
    ask = filling.field_ask(actor=actor, deal=deal, code=code)
    seen = filling.as_seen(held(deal, code), ask.kind)
    value = seen if typed is None else typed
    shown = input_of(ask, value, problem, name="value")
    if shown["type"] == "textarea" and "\n" not in value:
        shown["type"] = "text"  # the side has room for one line; more is typed on the card
    context = {
        "deal": deal,
        "ask": ask,
        "action": reverse("deals:field", args=[public_id, code]),
        "seen": seen,
        "field": shown,
        "is_fragment": wants_fragment(request),
    }
    page = "deals/field_row.html" if wants_fragment(request) else "deals/field_page.html"
    response = render(request, page, context, status=status)
    if problem:
        response.headers["HX-Retarget"] = "#v-field-open"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def block(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the block of fields anew, with the buttons whose press it changes; the whole page without script."""
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("deals:deal-detail", args=[public_id]))
    actor = actor_of(request)
    deal = queries.get_deal(actor, public_id)
    buttons = queries.live_buttons(deal.stage_id)
    stages, known = list_stages(deal.pipeline_id), people.fields_shown(actor)
    fields = stage_fields(deal, actor, usable(buttons, actor), stages, known)
    presses = press_pieces(buttons, deal, actor, fields.needed)
    return render(request, "deals/fields_block.html", {"deal": deal, "fields": fields, "presses": presses})
