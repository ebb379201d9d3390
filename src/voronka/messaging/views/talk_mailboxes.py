"""Settings of shared mailboxes: the list with how they stand, a mailbox added or changed, tried out."""

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
from voronka.messaging.models import ChannelAccount
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries import channels as queries
from voronka.messaging.services import channels as services
from voronka.messaging.views.telegram import seers_of

TEXTS = ("address", "from_name", "host", "port", "login", "folder", "smtp_host", "smtp_port", "minutes", "signature",
         "plus", "mode", "security")  # fmt: skip


@signed_in
@require_GET
def boxes(request: HttpRequest) -> HttpResponse:
    """Show the mailboxes and how they stand."""
    actor = actor_of(request)
    rows = [
        {"state": one, "row": one.account,
         "why": queries.fault_words(one.code, one.words) if one.state == "failed" else ""}
        for one in queries.list_accounts(actor, "email")
    ]  # fmt: skip
    return render(request, "messaging/channels/mailboxes.html", {"rows": rows})


# The servers are spoken to between two transactions.
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
@signed_in
def box_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Add a mailbox or change one; what is saved is tried out at once. Its password is never shown."""
    with transaction.atomic():
        actor = actor_of(request)
        actor.require(SET_UP_CHAT)
        row = services.get_account(actor, public_id) if public_id else None
        typed, problems = _typed(row), dict[str, str]()
    if request.method == "POST":
        typed = {name: str(value).replace("\0", "")[:2_000] for name, value in request.POST.items()}
        typed |= {name: name in request.POST for name in ("is_on", "for_all")}
        typed["seers"] = [one[:20] for one in request.POST.getlist("seers")[:500]]
        try:
            saved = services.save_account(actor=actor, draft=_draft(typed), public_id=public_id, now=timezone.now())
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            _try(request, saved.public_id, _("Saved. Letters come and go: %(name)s"))
            return redirect("messaging:talk-mailbox", saved.public_id)
    with transaction.atomic():
        context = _page(row, typed, problems)
        return render(request, "messaging/channels/mailbox.html", context, status=422 if problems else 200)


# As above.
@transaction.non_atomic_requests
@require_POST
@signed_in
def box_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign in at both servers."""
    _try(request, public_id, _("Letters come and go: %(name)s"))
    return redirect("messaging:talk-mailbox", public_id)


def _try(request: HttpRequest, public_id: str, done: str) -> None:
    try:
        name = services.connect(actor=actor_of(request), public_id=public_id, now=timezone.now())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, _("It does not work: %(why)s") % {"why": refusal.message})
    else:
        messages.success(request, done % {"name": name})


def _typed(row: ChannelAccount | None) -> dict[str, Any]:
    if row is None:
        first = {
            "mode": "live",
            "port": "993",
            "smtp_port": "465",
            "minutes": "2",
            "folder": "INBOX",
            "security": "tls",
        }
        signature = "{{ manager.name }}\n{{ company.name }}"
        return {**first, "signature": signature, "is_on": True, "for_all": True, "seers": []}
    seers = list(row.seers.values_list("employee__public_id", flat=True))
    return {**row.settings, "name": row.name, "is_on": row.is_on, "for_all": row.for_all, "seers": seers}


def _draft(typed: dict[str, Any]) -> services.AccountDraft:
    return services.AccountDraft(
        kind="email", name=typed.get("name", ""), settings={name: typed.get(name, "") for name in TEXTS},
        secret=typed.get("secret", ""), is_on=typed["is_on"], for_all=typed["for_all"], seers=typed["seers"],
    )  # fmt: skip


def _page(row: ChannelAccount | None, typed: dict[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    state = row.states.first() if row is not None else None
    labels = {
        "address": _("Address that letters come to and go from"),
        "from_name": _("Name of the sender, after that of the employee"),
        "host": _("Server of incoming mail (IMAP)"),
        "port": _("Its port"),
        "login": _("Login"),
    }
    more = {
        "folder": _("Folder"),
        "smtp_host": _("Server of outgoing mail (SMTP)"),
        "smtp_port": _("Its port"),
        "minutes": _("Look every so many minutes"),
    }
    return {
        "row": row,
        "why": queries.fault_words(state.code, state.words) if state is not None and state.state == "failed" else "",
        "typed": typed,
        "problems": problems,
        "first": [(name, label, typed.get(name, ""), problems.get(name, "")) for name, label in labels.items()],
        "more": [(name, label, typed.get(name, ""), problems.get(name, "")) for name, label in more.items()],
        "modes": [("live", _("Letters come and go")), ("sandbox", _("Sandbox: nothing is sent"))],
        "securities": [
            ("tls", _("Encrypted from the start (usually 465)")),
            ("starttls", _("STARTTLS (usually 587)")),
            ("none", _("None: this machine only")),
        ],
        "people": seers_of(typed["seers"]),
    }
