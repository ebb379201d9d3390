"""Settings of SMS: providers, names of senders, a message to try, the catalogue of errors, the launch checklist."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.money import parse_amount
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.models.sms import SmsProvider
from voronka.messaging.permissions import EDIT_TEMPLATES, SET_UP_SMS
from voronka.messaging.ports import sms_kinds
from voronka.messaging.queries import sms as queries
from voronka.messaging.queries.pumping import state_now
from voronka.messaging.rules import sms as rules
from voronka.messaging.services import sms_hooks, sms_providers, sms_tries
from voronka.messaging.services.blocking import hint_of
from voronka.messaging.services.sms_faults import FAULTS
from voronka.messaging.services.writing_sms import tariff_with
from voronka.messaging.views import sms_words
from voronka.people import queries as people

LONGEST_TEXT = 1000
FORCED_SHOWN = 8


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """Show the providers with their money, and how far the launch is."""
    actor_of(request).require(SET_UP_SMS)
    now = datetime.now(UTC)
    points = queries.launch_points(now)
    carried = dict(sms_words.traffic())
    context = {
        "providers": [
            replace(one, carries=tuple(carried[name] for name in one.carries)) for one in queries.list_providers(now)
        ],
        "done": sum(one.state == "done" for one in points),
        "points": len(points),
        "now": state_now(now),
        "may_write_texts": actor_of(request).may(EDIT_TEMPLATES),
    }
    return render(request, "messaging/sms/overview.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def provider_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Add a provider or change one; its secret is never shown."""
    actor = actor_of(request)
    actor.require(SET_UP_SMS)
    row = _found(public_id) if public_id else None
    sent = {name: str(value).replace("\x00", "") for name, value in request.POST.items()}
    kind = row.kind if row else sent.get("kind") or request.GET.get("kind", "")
    if kind not in sms_kinds():
        return _choose_kind(request, wrong=bool(sent))
    typed, problems = _typed(row), dict[str, str]()
    if request.method == "POST":
        typed = sent | {name: name in sent for name in ("for_service", "for_advertising", "is_on")}
        try:
            draft = _draft(kind, sent)
            saved = sms_providers.save_sms_provider(
                actor=actor, draft=draft, public_id=public_id or None, now=datetime.now(UTC)
            )
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("messaging:sms-provider", saved.public_id)
    return _show_provider(request, row, kind, typed, problems)


def _choose_kind(request: HttpRequest, *, wrong: bool) -> HttpResponse:
    context = {"kinds": [(one, sms_words.about_kind(one.kind)) for one in sms_kinds().values()]}
    return render(request, "messaging/sms/kinds.html", context, status=422 if wrong else 200)


def _found(public_id: str) -> SmsProvider:
    row = queries.find_provider(public_id)
    if row is None:
        raise NotFound(_("There is no such provider of SMS."))
    return row


def _typed(row: SmsProvider | None) -> dict[str, object]:
    if row is None:
        return {"for_service": True, "is_on": True, "position": "0"}
    return {
        **row.settings, "name": row.name, "position": row.position, "for_service": row.for_service,
        "for_advertising": row.for_advertising, "is_on": row.is_on, "price": plain_money(row.price),
        "low_money": plain_money(row.low_money), "top_up": plain_money(row.top_up),
        "top_up_by": row.top_up_by.public_id if row.top_up_by else "",
    }  # fmt: skip


def plain_money(money: Decimal | None) -> str:
    """Return a sum as it is typed."""
    text = "" if money is None else f"{money.normalize():f}"
    return text.replace(".", ",") if get_language() == "ru" else text


def _draft(kind: str, sent: Mapping[str, str]) -> sms_providers.SmsProviderDraft:
    position = sent.get("position", "")
    return sms_providers.SmsProviderDraft(
        kind=kind,
        name=sent.get("name", ""),
        settings=sent,
        secret=sent.get("secret", ""),
        position=int(position) if position.isascii() and position.isdecimal() and len(position) < 3 else 0,
        for_service="for_service" in sent,
        for_advertising="for_advertising" in sent,
        is_on="is_on" in sent,
        price=_money(sent, "price"),
        low_money=_money(sent, "low_money"),
        top_up=_money(sent, "top_up"),
        top_up_by=sent.get("top_up_by", ""),
    )


def _money(sent: Mapping[str, str], name: str) -> Decimal | None:
    """Return a typed sum, None for an empty place. Raises Invalid at its place."""
    text = sent.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_amount(text)
    except ValueError:
        message = _("This is no sum.")
        raise Invalid(message, fields={name: message}) from None


def _show_provider(
    request: HttpRequest, row: SmsProvider | None, kind: str, typed: Mapping[str, object], problems: Mapping[str, str],
    sender: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    known = sms_kinds()[kind]
    context = {
        "row": row,
        "kind": known,
        "typed": typed,
        "problems": problems,
        "fields": [(one, typed.get(one.name, one.default), problems.get(one.name, "")) for one in known.settings],
        "senders": list(row.senders.order_by("name", "operator")) if row else [],
        "sender": sender or {"operator": "all", "traffic": "service", "state": "draft"},
        "operators": sms_words.operators(),
        "traffic": sms_words.traffic(),
        "states": sms_words.sender_states(),
        "payers": [("", _("nobody")), *((one.public_id, one.name) for one in accounts.list_employees())],
        "hook": _hook(request, row) if row and known.notice else "",
        "hook_secret": sms_hooks.hook_secret(row.public_id) if row and known.notice else "",
    }
    return render(request, "messaging/sms/provider.html", context, status=422 if problems else 200)


def _hook(request: HttpRequest, row: SmsProvider) -> str:
    """Return the address for the provider's notices, as the provider reaches us."""
    path = reverse("messaging:sms-hook", args=[sms_hooks.hook_token(row.public_id)])
    return settings.SITE + path if settings.SITE else request.build_absolute_uri(path)


@require_POST
@signed_in
def sender_save(request: HttpRequest, public_id: str, sender_id: str = "") -> HttpResponse:
    """Add a name of a sender, or say how far its registration is."""
    actor = actor_of(request)
    actor.require(SET_UP_SMS)
    row = _found(public_id)
    sent = {name: str(value).replace("\x00", "")[:600] for name, value in request.POST.items()}
    try:
        draft = sms_providers.SenderDraft(
            name=sent.get("sender", ""), operator=sent.get("operator", ""), traffic=sent.get("traffic", ""),
            state=sent.get("state", ""), asked_on=_day(sent, "asked_on"), note=sent.get("note", ""),
        )  # fmt: skip
        sms_providers.save_sender(actor=actor, provider_id=public_id, draft=draft, public_id=sender_id or None)
    except Invalid as wrong:
        return _show_provider(request, row, row.kind, _typed(row), wrong.fields, sent)
    messages.success(request, _("Saved"))
    return redirect("messaging:sms-provider", public_id)


def _day(sent: Mapping[str, str], name: str) -> date | None:
    text = sent.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = _("This is no day.")
        raise Invalid(message, fields={name: message}) from None


@require_POST
@signed_in
def sender_drop(request: HttpRequest, public_id: str, sender_id: str) -> HttpResponse:
    """Take a name of a sender away."""
    sms_providers.drop_sender(actor=actor_of(request), provider_id=public_id, public_id=sender_id)
    messages.success(request, _("Taken away"))
    return redirect("messaging:sms-provider", public_id)


# The provider is spoken to between two transactions.
@transaction.non_atomic_requests
@require_POST
@signed_in
def balance(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask a provider for the money left."""
    with transaction.atomic():
        actor = actor_of(request)
    sms_providers.read_balance(actor=actor, public_id=public_id, now=datetime.now(UTC))
    return redirect("messaging:sms")


# As above.
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
@signed_in
def try_page(request: HttpRequest) -> HttpResponse:
    """Send one SMS and see what becomes of it."""
    with transaction.atomic():
        actor = actor_of(request)
        actor.require(SET_UP_SMS)
    problems: dict[str, str] = {}
    sent = {name: str(value).replace("\x00", "") for name, value in request.POST.items()}
    if request.method == "POST":
        draft = sms_tries.TryDraft(
            sent.get("provider", "")[:12], sent.get("address", "")[:40], sent.get("sender", "")[:20],
            sent.get("text", "")[: LONGEST_TEXT + 1], _operation(sent),
        )  # fmt: skip
        try:
            sms_tries.send_try(actor=actor, draft=draft, now=datetime.now(UTC))
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            return redirect("messaging:sms-try")
    with transaction.atomic():
        context = _try_context(sent) | {"problems": problems}
        return render(request, "messaging/sms/try.html", context, status=422 if problems else 200)


def _operation(sent: Mapping[str, str]) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent.get("operation", ""))
    except ValueError:
        return None


def _try_context(sent: Mapping[str, str]) -> dict[str, object]:
    providers = [one for one in queries.list_providers(datetime.now(UTC)) if one.row.is_on]
    senders = list(dict.fromkeys(sender.name for one in providers for sender in one.senders))
    chosen = next((one.row for one in providers if one.row.public_id == sent.get("provider")), None)
    row = chosen or (providers[0].row if providers else None)
    return {
        "providers": [(one.row.public_id, one.row.name) for one in providers],
        "senders": senders,
        "is_sandbox": row is not None and row.kind == "sandbox",
        "typed": sent or {"sender": senders[0] if senders else ""},
        "operation": _operation(sent) or uuid.uuid4(),
        "counted": count_context(sent.get("text", ""), tariff_with(row) if row else rules.Tariff()),
        "rows": [
            (one, sms_words.try_states().get(one.state, one.state), FAULTS.get(one.code))
            for one in queries.list_tries()
        ],
    }


@require_POST
@signed_in
def counted(request: HttpRequest) -> HttpResponse:
    """Count a text while it is typed: parts, what makes it dear, what it costs."""
    actor_of(request).require(SET_UP_SMS)
    text = request.POST.get("text", "").replace("\x00", "")[: LONGEST_TEXT + 1]
    row = queries.find_provider(request.POST.get("provider", "")[:12])
    context = {"counted": count_context(text, tariff_with(row) if row else rules.Tariff())}
    return render(request, "messaging/sms/_count.html", context)


def count_context(text: str, tariff: rules.Tariff) -> dict[str, object]:
    """Return what the counter shows of a text."""
    text = text.replace("\r\n", "\n")
    found = rules.count(text, tariff.default)
    forcing = rules.forcing(text, tariff.default)
    mended, latin = rules.mended(text, tariff.default), rules.in_latin(text)
    instead = {one.character: one.instead for one in forcing if one.instead is not None}
    forced = list(dict.fromkeys(one.character for one in forcing if one.instead is None))
    return {
        "text": text,
        "found": found,
        "is_gsm": found.alphabet is rules.Alphabet.GSM7,
        "limit": found.left + (found.parts[-1].units if found.parts else 0),
        "cost": tariff.cost(text),
        "pieces": [(number, one, _marked(one.text, instead)) for number, one in enumerate(found.parts, 1)],
        "instead": [(one, name_of(one), other) for one, other in list(instead.items())[:12]],
        "forced": [name_of(one) for one in forced] if len(forced) <= FORCED_SHOWN else [],
        "is_forced": bool(forced),
        "mended": mended if mended != text else "",
        "mended_parts": tariff.parts(mended),
        "latin": latin if latin != mended and rules.alphabet_of(latin, tariff.default) is rules.Alphabet.GSM7 else "",
        "latin_parts": tariff.parts(latin),
    }


def _marked(text: str, instead: Mapping[str, str | None]) -> SafeString:
    """Return a text with marks around the signs that may be replaced."""
    runs = [(one in instead, one) for one in text]
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", one) if dear else one,) for dear, one in runs))


def name_of(character: str) -> str:
    """Return how a character is shown where it stands alone: those that cannot be seen by their number."""
    return character if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"


# As above.
@transaction.non_atomic_requests
@require_POST
@signed_in
def try_ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the provider how a message stands."""
    with transaction.atomic():
        actor = actor_of(request)
    try:
        sms_tries.ask_try(actor=actor, public_id=public_id, now=datetime.now(UTC))
    except NotFound:
        raise
    except Refusal as refusal:
        if refusal.code == "denied":
            raise
        with transaction.atomic():
            messages.error(request, refusal.message)
    return redirect("messaging:sms-try")


@require_GET
@signed_in
def answers(request: HttpRequest) -> HttpResponse:
    """List what subscribers wrote, of known and unknown numbers."""
    actor = actor_of(request)
    actor.require(SET_UP_SMS)
    after, now = request.GET.get("after", ""), datetime.now(UTC)
    found = queries.list_answers(
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    )
    rows, more = found[: queries.SHOWN_ANSWERS], len(found) > queries.SHOWN_ANSWERS
    seen = {one.pk: one for one in people.list_clients(actor).filter(pk__in=[one.client_id for one in rows])}
    shown = [
        (
            one,
            one.address if actor.sees("client.phone") else hint_of(one.address),
            "" if people.hides_any(actor) else one.text,
            people.shown(actor, seen[one.client_id]) if one.client_id in seen else None,
            wording.moment(one.at, actor.zone.key, now, actor.language),
        )
        for one in rows
    ]
    context = {"rows": shown, "next": rows[-1].pk if more else ""}
    return render(request, "messaging/sms/answers.html", context)


@require_GET
@signed_in
def errors(request: HttpRequest) -> HttpResponse:
    """Show the catalogue of errors with cause and cure, and the providers' own codes."""
    actor_of(request).require(SET_UP_SMS)
    states = sms_words.handed_states()
    rows = [(one, states[one.state], _codes_of(one.code)) for one in FAULTS.values()]
    return render(request, "messaging/sms/errors.html", {"rows": rows})


def _codes_of(code: str) -> list[tuple[str, list[str]]]:
    """Return the kinds of providers with their own codes for one of ours."""
    found = [(str(kind.name), [raw for raw, ours in kind.codes if ours == code]) for kind in sms_kinds().values()]
    return [(name, raw) for name, raw in found if raw]


@require_GET
@signed_in
def checklist(request: HttpRequest) -> HttpResponse:
    """Show what is done and what is left before SMS go to clients."""
    actor_of(request).require(SET_UP_SMS)
    points = queries.launch_points(datetime.now(UTC))
    rows = [(one, *sms_words.point(one.code), sms_words.why(one)) for one in points]
    context = {"rows": rows, "left": sum(one.state == "todo" for one in points)}
    return render(request, "messaging/sms/checklist.html", context)
