"""The mailboxes to which clients write orders: made, changed, looked into now, taken away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.orders.models import OrderMailbox
from voronka.orders.permissions import SET_UP
from voronka.orders.services import mail
from voronka.orders.services.mail import BoxDraft
from voronka.orders.views.words import posted

TICKS = ("places_itself", "answers", "is_on")
TEXTS = ("host", "login", "folder")


@signed_in
@require_http_methods(["GET", "POST"])
def mailbox_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a mailbox or change one; the password is never shown."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = mail.get_box(actor, public_id) if public_id else None
    sent: Any = posted(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            mail.save_box(actor=actor, draft=_draft(sent), now=timezone.now(), public_id=public_id)
            messages.success(request, _("Saved: the mailbox is looked into at once"))
            return redirect("orders:settings")
        except Invalid as wrong:
            problems = dict(wrong.fields)
    context = {"row": row, "typed": sent if request.method == "POST" else _typed(row), "problems": problems}
    return render(request, "orders/mailbox_edit.html", context, status=422 if problems else 200)


def _typed(row: OrderMailbox | None) -> dict[str, str]:
    if row is None:
        return {"port": "993", "folder": "INBOX", "minutes": "5", "is_on": "1"}
    ticks = {name: "1" if getattr(row, name) else "" for name in TICKS}
    return {name: getattr(row, name) for name in TEXTS} | ticks | {"port": str(row.port), "minutes": str(row.minutes)}


def _draft(sent: Any) -> BoxDraft:
    return BoxDraft(
        host=sent.get("host", "")[:1_000],
        login=sent.get("login", "")[:1_000],
        folder=sent.get("folder", "")[:1_000],
        places_itself=bool(sent.get("places_itself")),
        answers=bool(sent.get("answers")),
        is_on=bool(sent.get("is_on")),
        port=_number(sent, "port", 65_535),
        minutes=_number(sent, "minutes", 1_440),
        password=sent.get("password", "")[:200],
    )


def _number(sent: Any, name: str, most: int) -> int:
    text = sent.get(name, "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) <= most:
        return int(text)
    message = _("Write a whole number from 1 to %(most)d.") % {"most": most}
    raise Invalid(message, fields={name: message})


@signed_in
@require_POST
def mailbox_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Look into a mailbox now, or take it away."""
    actor = actor_of(request)
    if act == "delete":
        mail.delete_box(actor=actor, public_id=public_id, now=timezone.now())
        messages.success(request, _("The mailbox is gone; its letters and orders stay"))
    elif act == "look":
        mail.order_look(actor=actor, public_id=public_id)
        messages.success(request, _("We are looking: come back in a minute"))
    else:
        raise NotFound(_("There is no such act."))
    return redirect("orders:settings")
