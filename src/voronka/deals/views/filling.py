"""One field of the stage, filled in beside the deal: its row as a small form, and the block after it is saved."""

from datetime import UTC, datetime
from typing import IO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from voronka.deals.queries import desk as queries
from voronka.deals.queries.pipelines import list_stages
from voronka.deals.services import filling
from voronka.deals.services.required import held
from voronka.deals.views.asks import input_of
from voronka.deals.views.desk import press_pieces, usable
from voronka.deals.views.stage_fields import file_url, stage_fields
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.files import file_names, file_response
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def field(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Show the row of a field as a form, `shut=1` the whole block again; take what was typed or the file that came."""
    if request.method == "GET" and request.GET.get("shut") == "1":
        return block(request, public_id)
    problem, typed = "", None
    if request.method == "POST":
        typed = "\n".join(str(one) for one in request.POST.getlist("value"))
        try:
            _fill(request, public_id, code, typed)
        except (Invalid, Conflict) as refusal:
            if not refusal.fields:
                raise
            problem = refusal.fields["value"]
        else:
            return block(request, public_id)
    response = _row(request, public_id, code, typed, problem)
    if problem:
        response.headers["HX-Retarget"] = "#v-field-open"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def _fill(request: HttpRequest, public_id: str, code: str, text: str) -> None:
    actor, seen, now = actor_of(request), request.POST.get("seen"), datetime.now(UTC)
    came = request.FILES.get("value")
    if request.POST.get("kind") != "file" or request.POST.get("drop"):
        filling.fill_in(actor=actor, deal_public_id=public_id, code=code, text=text, seen=seen, now=now)
        return
    filling.fill_file(
        actor=actor,
        deal_public_id=public_id,
        code=code,
        source=cast("IO[bytes] | None", came),  # an upload reads like a file of bytes
        name=(came.name if came else "") or "",
        content_type=(came.content_type if came else "") or "",
        seen=seen,
        now=now,
    )


def _row(request: HttpRequest, public_id: str, code: str, typed: str | None, problem: str) -> HttpResponse:
    """Show one field as a form with what it holds, or with what was typed and why it was not taken."""
    actor = actor_of(request)
    deal = queries.get_deal(actor, public_id)
    ask = filling.field_ask(actor=actor, deal=deal, code=code)
    seen = filling.as_seen(held(deal, code), ask.kind)
    is_file = ask.kind == "file"
    value = seen if typed is None else typed
    shown = input_of(ask, "" if is_file else value, problem, name="value")
    if shown["type"] == "textarea" and "\n" not in value:
        shown["type"] = "text"  # the side has room for one line; more is typed on the card
    context = {
        "deal": deal,
        "ask": ask,
        "action": reverse("deals:field", args=[public_id, code]),
        "seen": seen,
        "field": shown,
        "is_file": is_file,
        "file_url": file_url(deal, code, seen) if is_file and seen else "",
        "file_name": file_names([seen]).get(seen, "") if is_file and seen else "",
        "is_fragment": wants_fragment(request),
    }
    page = "deals/field_row.html" if wants_fragment(request) else "deals/field_page.html"
    return render(request, page, context, status=422 if problem else 200)


@require_GET
@signed_in
def deal_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Give a file of the deal, always as an attachment: one that stands in a field which the actor sees."""
    file = queries.get_deal_file(actor_of(request), public_id, file_id)
    return cast("HttpResponse", file_response(file))  # both are answers; the stubs know no common type for views


def block(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the block of fields anew, with the buttons whose press it changes; the whole page without script."""
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("deals:deal-detail", args=[public_id]))
    actor = actor_of(request)
    deal = queries.get_deal(actor, public_id)
    buttons = queries.live_buttons(deal.stage_id)
    stages, known = list_stages(deal.pipeline_id), people.fields_shown(actor, subject=None)
    fields = stage_fields(deal, actor, usable(buttons, actor), stages, known)
    presses = press_pieces(buttons, deal, actor, fields.needed)
    return render(request, "deals/fields_block.html", {"deal": deal, "fields": fields, "presses": presses})
