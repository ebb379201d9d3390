"""The page of a status: what it means, asks for, whom it lets in, what may follow, what happens by itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.step_forms import read_settings
from voronka.orders import services
from voronka.orders.models import Status
from voronka.orders.permissions import SET_UP
from voronka.orders.queries.orders import list_statuses
from voronka.orders.services import status_steps
from voronka.orders.services.words import PHASE_WORDS, REQUIRE_WORDS, TONE_WORDS
from voronka.orders.views.settings import number_of, row_of
from voronka.orders.views.status_steps import Open, asked, steps_context
from voronka.orders.views.words import posted


@signed_in
@require_http_methods(["GET", "POST"])
def status_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a status or change one: what it means, asks for, whom it lets in, what may follow."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row, problems = row_of(Status, public_id), {}
    sent: Any = posted(request)
    if request.method == "POST":
        try:
            services.save_status(_status_draft(sent, row), actor=actor, public_id=public_id)
            messages.success(request, _("Saved"))
            return redirect("orders:settings")
        except Invalid as wrong:
            problems = dict(wrong.fields)
    typed = sent if request.method == "POST" else None
    return _page(request, actor, row, typed=typed, problems=problems, opened=asked(request.GET))


def _page(
    request: HttpRequest, actor: Actor, row: Status | None, *, opened: Open, typed: Any = None,
    problems: Mapping[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    others = [one for one in list_statuses(only_on=False) if row is None or one.pk != row.pk]
    chosen = {
        "requires": typed.getlist("requires") if typed is not None else row.requires if row else [],
        "roles": typed.getlist("roles") if typed is not None else row.roles if row else [],
        "next": typed.getlist("next") if typed is not None else row.next if row else [],
    }
    context = {
        "row": row,
        "typed": typed or _status_typed(row),
        "phases": [(code, str(words)) for code, words in PHASE_WORDS.items()],
        "tones": [(code, str(words)) for code, words in TONE_WORDS.items()],
        "requires": [(code, str(words), code in chosen["requires"]) for code, words in REQUIRE_WORDS.items()],
        "roles": [(one.code, one.name, one.code in chosen["roles"]) for one in accounts.list_roles()],
        "nexts": [(one.code, one.name, one.code in chosen["next"]) for one in others],
        "problems": problems or {},
        **(steps_context(row, actor, opened) if row is not None else {}),
    }
    return render(request, "orders/status_edit.html", context, status=422 if problems else status)


def _status_typed(row: Status | None) -> dict[str, Any]:
    if row is None:
        return {"phase": "work", "tone": "grey", "is_on": "1", "position": str(len(list_statuses(only_on=False)))}
    hours = f"{row.norm_minutes / 60:g}" if row.norm_minutes else ""
    return {
        "name": row.name, "phase": row.phase, "tone": row.tone, "position": str(row.position), "norm_hours": hours,
        "client_words": row.client_words, "is_on": "1" if row.is_on else "",
    }  # fmt: skip


def _status_draft(sent: Any, row: Status | None) -> services.StatusDraft:
    hours = sent.get("norm_hours", "").strip().replace(",", ".")
    try:
        norm = round(float(Decimal(hours)) * 60) if hours else None
    except (ArithmeticError, ValueError):
        norm = -1
    return services.StatusDraft(
        name=sent.get("name", "")[:200], phase=sent.get("phase", ""), tone=sent.get("tone", "grey"),
        position=number_of(sent, "position", empty=0) or 0, norm_minutes=norm, requires=sent.getlist("requires"),
        roles=sent.getlist("roles"), next=sent.getlist("next"), steps=row.steps if row else (),
        client_words=sent.get("client_words", ""), is_on=bool(sent.get("is_on")),
    )  # fmt: skip


@signed_in
@require_POST
def status_steps_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make one edit of the steps of a status: `do` says which, `rev` is the sign of the steps it was made on."""
    actor, sent = actor_of(request), posted(request)
    actor.require(SET_UP)
    row = row_of(Status, public_id)
    do, number = sent.get("do", ""), asked({"open": sent.get("number", "")}).number
    typed: dict[str, object] | None = None
    kind = status_steps.offered().get(sent.get("kind", "")) if do in ("add", "set") else None
    try:
        if do in ("add", "set"):
            if kind is None:
                raise NotFound(_("There is no such step."))
            typed = read_settings(kind, sent)
            if do == "add" and kind.model_fields and not sent.get("typed"):
                return redirect(f"{reverse('orders:status', args=[public_id])}?add={kind.kind}#step-new")
        status_steps.change_steps(
            public_id, do, actor=actor, rev=sent.get("rev", ""), number=number, kind=kind, typed=typed or {},
        )  # fmt: skip
    except Invalid as wrong:
        opened = Open(number if do == "set" else None, kind.kind if kind and do == "add" else "", typed, wrong.fields,
                      "" if wrong.fields else wrong.message)  # fmt: skip
        return _page(request, actor, row, opened=opened, status=422)
    messages.success(request, _("Saved"))
    return redirect("orders:status", public_id)
