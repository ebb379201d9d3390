"""Limits against pumping, beside what has been spent of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.errors import Invalid
from voronka.kit.money import parse_amount
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.permissions import SET_UP_SMS
from voronka.messaging.queries.pumping import get_limits, state_now
from voronka.messaging.services.sms_limits import LimitsDraft, save_limits
from voronka.messaging.views.sms import plain_money

NAMES = ("to_number", "to_prefix", "an_hour", "money")


@require_http_methods(["GET", "POST"])
@signed_in
def limits(request: HttpRequest) -> HttpResponse:
    """Set how much SMS may go to a number, a block of numbers, in an hour, and for how much money a day."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(SET_UP_SMS)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            save_limits(actor=actor, draft=_draft(request.POST))
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("messaging:sms-limits")
    row = get_limits()
    kept = {name: "" if (value := getattr(row, name)) is None else value for name in NAMES}
    kept["money"] = plain_money(row.money)
    typed = {name: request.POST.get(name, "")[:20] for name in NAMES} if problems else kept
    context = {"typed": typed, "problems": problems, "now": state_now(now)}
    return render(request, "messaging/sms/limits.html", context, status=422 if problems else 200)


def _draft(sent: Mapping[str, str]) -> LimitsDraft:
    problems: dict[str, str] = {}
    numbers = {name: _number(sent, name, problems) for name in NAMES[:3]}
    money = _money(sent, problems)
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    return LimitsDraft(**numbers, money=money)


def _number(sent: Mapping[str, str], name: str, problems: dict[str, str]) -> int | None:
    text = sent.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        problems[name] = _("A whole number is expected here, or nothing for no limit.")
        return None
    return int(text)


def _money(sent: Mapping[str, str], problems: dict[str, str]) -> Decimal | None:
    text = sent.get("money", "").strip()[:20]
    try:
        return parse_amount(text) if text else None
    except ValueError:
        problems["money"] = _("This is no sum.")
        return None
