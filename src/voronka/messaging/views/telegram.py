"""Settings of Telegram: bots with how they stand, a bot added or changed, tried out."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.models import ChannelAccount, ChannelState
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries import channels as queries
from voronka.messaging.queries.talks import operators
from voronka.messaging.services import channels as services


def mode_names() -> list[tuple[str, str]]:
    """Return how news of a bot come, by code."""
    return [
        ("polling", _("We fetch them: works everywhere")),
        ("webhook", _("Telegram brings them: needs an address with https")),
        ("sandbox", _("Sandbox: nothing is sent")),
    ]


@signed_in
@require_GET
def bots(request: HttpRequest) -> HttpResponse:
    """Show the bots and how they stand."""
    actor = actor_of(request)
    rows = [
        {"state": one, "row": one.account, "mode": dict(mode_names()).get(one.account.settings.get("mode", ""), ""),
         "why": queries.fault_words(one.code, one.words) if one.state == "failed" else ""}
        for one in queries.list_accounts(actor, "telegram")
    ]  # fmt: skip
    return render(request, "messaging/channels/telegram.html", {"rows": rows})


# The bot is spoken to between two transactions.
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
@signed_in
def bot_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Add a bot or change one; what is saved is tried out at once. Its token is never shown."""
    with transaction.atomic():
        actor = actor_of(request)
        actor.require(SET_UP_CHAT)
        row = services.get_account(actor, public_id) if public_id else None
        typed, problems = _typed(row), dict[str, str]()
    if request.method == "POST":
        typed = {name: str(value).replace("\0", "")[:2_000] for name, value in request.POST.items()}
        typed |= {name: name in request.POST for name in ("is_on", "with_bot", "for_all")}
        typed["seers"] = [one[:20] for one in request.POST.getlist("seers")[:500]]
        try:
            saved = services.save_account(actor=actor, draft=_draft(typed), public_id=public_id, now=timezone.now())
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            _try(request, saved.public_id)
            return redirect("messaging:telegram-bot", saved.public_id)
    with transaction.atomic():
        context = _page(row, typed, problems)
        return render(request, "messaging/channels/telegram_bot.html", context, status=422 if problems else 200)


def _try(request: HttpRequest, public_id: str) -> None:
    try:
        name = services.connect(actor=actor_of(request), public_id=public_id, now=timezone.now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, _("Saved, but it does not work: %(why)s") % {"why": refusal.message})
    else:
        messages.success(request, _("Saved. The bot answers: %(name)s") % {"name": name})


# As above.
@transaction.non_atomic_requests
@require_POST
@signed_in
def bot_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask Telegram whether the bot is there, and set up anew how its news come."""
    try:
        name = services.connect(actor=actor_of(request), public_id=public_id, now=timezone.now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The bot answers: %(name)s") % {"name": name})
    return redirect("messaging:telegram-bot", public_id)


def _typed(row: ChannelAccount | None) -> dict[str, Any]:
    if row is None:
        return {"mode": "polling", "is_on": True, "with_bot": True, "for_all": True, "seers": []}
    seers = list(row.seers.values_list("employee__public_id", flat=True))
    kept = {"name": row.name, "is_on": row.is_on, "with_bot": row.with_bot, "for_all": row.for_all, "seers": seers}
    return {**row.settings, **kept}


def _draft(typed: dict[str, Any]) -> services.AccountDraft:
    return services.AccountDraft(
        kind="telegram", name=typed.get("name", ""), settings={"mode": typed.get("mode", "")},
        secret=typed.get("secret", ""), is_on=typed["is_on"], with_bot=typed["with_bot"], for_all=typed["for_all"],
        seers=typed["seers"],
    )  # fmt: skip


def _page(row: ChannelAccount | None, typed: dict[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    state = row.states.first() if row is not None else None
    return {
        "row": row,
        "state": state,
        "why": queries.fault_words(state.code, state.words) if state is not None and state.state == "failed" else "",
        "crowds": _crowd_names(state),
        "typed": typed,
        "problems": problems,
        "modes": mode_names(),
        "people": seers_of(typed["seers"]),
    }


def _crowd_names(state: ChannelState | None) -> str:
    """Return the names of the groups in which a bot stands, those without one last."""
    names = sorted(state.crowds.values(), key=lambda name: (not name, name)) if state is not None else []
    return ", ".join(name or _("without a name") for name in names)


def seers_of(chosen: list[str]) -> list[tuple[str, str, bool]]:
    """Return public ids and names of those who answer in chats, and whether each is chosen."""
    return [(code, name, code in chosen) for code, name in operators()]
