"""Settings: the rules of sending, addresses that are not written to, texts of consents."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import services
from voronka.messaging.permissions import MANAGE
from voronka.messaging.queries.consents import list_blocked, list_texts
from voronka.messaging.queries.rules import all_channel_rules, get_gate, returns_state
from voronka.messaging.queries.words import channel_words
from voronka.messaging.services import returning
from voronka.messaging.services.rules import TEXT_KINDS
from voronka.people.services.words import consent_words

_GATE = ("is_on", "quiet_begins", "quiet_ends", "most", "days", "tracks_service", "tracks_advertising")


@require_http_methods(["GET", "POST"])
@signed_in
def rules(request: HttpRequest) -> HttpResponse:
    """Set quiet hours, caps and the switches of the channels; see the addresses that are not written to."""
    actor = actor_of(request)
    actor.require(MANAGE)
    problems: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            services.save_rules(actor=actor, gate=_gate(request), channels=_channels(request))
        except Invalid as refusal:
            problems = refusal.fields
        else:
            messages.success(request, _("Saved"))
            return redirect("messaging:rules")
    context = {
        "gate": _shown_gate(request),
        "channels": _shown_channels(request, problems),
        "errors": problems,
        "returns": _returns(actor),
        "blocked": [
            {"row": one, "channel": channel_words(one.channel), "why": _reason(one.reason), "on": _day(actor, one.at)}
            for one in list_blocked()
        ],
    }
    return render(request, "messaging/rules.html", context, status=422 if problems else 200)


def _returns(actor: Actor) -> dict[str, object] | None:
    """Return how the mailbox of returns fares in words; None where the installation has none."""
    if not returning.is_set_up():
        return None
    row = returns_state()
    if row is None or row.looked_at is None:
        return {"words": _("Not looked into yet since your letters leave.")}
    shown: dict[str, object] = {
        "words": _("Looked into %(at)s; letters taken in: %(n)d.")
        % {"at": _day(actor, row.looked_at), "n": row.taken}
    }
    if row.failures:
        shown["wrong"] = _("It was not read %(n)d times in a row: %(why)s") % {"n": row.failures, "why": row.words}
    return shown


def _day(actor: Actor, at: datetime) -> str:
    return wording.moment(at, actor.zone.key, datetime.now(UTC), actor.language)


def _reason(reason: str) -> str:
    words = {"bounce": _("came back"), "complaint": _("complained"), "stop": _("sent STOP")}
    return words.get(reason, reason)


def _minute(text: str) -> int:
    """Return the minute of the day of `HH:MM`, -1 for what is no time."""
    hours, colon, minutes = text.strip()[:5].partition(":")
    if not (colon and hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()):
        return -1
    return int(hours) * 60 + int(minutes) if int(hours) < 24 and int(minutes) < 60 else -1


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def _gate(request: HttpRequest) -> services.GateDraft:
    sent = request.POST
    return services.GateDraft(
        is_on="is_on" in sent,
        quiet_begins=_minute(sent.get("quiet_begins", "")),
        quiet_ends=_minute(sent.get("quiet_ends", "")),
        most=_number(sent.get("most", "")),
        days=_number(sent.get("days", "")),
        tracks_service="tracks_service" in sent,
        tracks_advertising="tracks_advertising" in sent,
    )


def _channels(request: HttpRequest) -> list[services.ChannelDraft]:
    sent = request.POST
    return [
        services.ChannelDraft(
            channel=one.channel,
            is_on=f"{one.channel}_is_on" in sent,
            is_quiet_for_service=f"{one.channel}_quiet" in sent,
            most=_number(most) if (most := sent.get(f"{one.channel}_most", "").strip()) else None,
            days=_number(sent.get(f"{one.channel}_days", "")),
        )
        for one in all_channel_rules()
    ]


def _shown_gate(request: HttpRequest) -> Mapping[str, object]:
    row, sent = get_gate(), request.POST
    if request.method == "POST":
        return {name: sent.get(name, "")[:10] for name in _GATE}
    return {
        "is_on": row.is_on,
        "quiet_begins": f"{row.quiet_begins // 60:02}:{row.quiet_begins % 60:02}",
        "quiet_ends": f"{row.quiet_ends // 60:02}:{row.quiet_ends % 60:02}",
        "most": row.most,
        "days": row.days,
        "tracks_service": row.tracks_service,
        "tracks_advertising": row.tracks_advertising,
    }


def _shown_channels(request: HttpRequest, problems: Mapping[str, str]) -> list[dict[str, object]]:
    rows = []
    for one in all_channel_rules():
        kept: dict[str, object] = {
            "is_on": one.is_on,
            "quiet": one.is_quiet_for_service,
            "most": "" if one.most is None else one.most,
            "days": one.days,
        }
        if request.method == "POST":
            kept = {name: request.POST.get(f"{one.channel}_{name}", "")[:10] for name in kept}
        wrong: dict[str, object] = {
            f"{name}_why": problems.get(f"{one.channel}_{name}", "") for name in ("most", "days")
        }
        rows.append({"code": one.channel, "name": channel_words(one.channel), **kept, **wrong})
    return rows


@require_POST
@signed_in
def unblock(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let an address be written to again."""
    services.unblock(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("The address may be written to again."))
    return redirect("messaging:rules")


@require_http_methods(["GET", "POST"])
@signed_in
def consent_texts(request: HttpRequest) -> HttpResponse:
    """Show the texts by which clients consent, with all their versions, and put a new version into use."""
    actor = actor_of(request)
    actor.require(MANAGE)
    sent, problems = request.POST, {}
    kind = (sent.get("purpose", "")[:20], sent.get("channel", "")[:20])
    if request.method == "POST":
        try:
            services.publish_consent_text(actor=actor, purpose=kind[0], channel=kind[1], text=sent.get("text", ""))
        except Invalid as refusal:
            problems = refusal.fields
        else:
            messages.success(request, _("From now on this text is read."))
            return redirect("messaging:consent-texts")
    versions = list_texts()
    kinds = []
    for one in TEXT_KINDS:
        own = [row for row in versions if (row.purpose, row.channel) == one]
        is_typed = bool(problems) and kind == one
        kinds.append(
            {
                "purpose": one[0],
                "channel": one[1],
                "code": "-".join(one),
                "name": consent_words(*one),
                "text": sent.get("text", "")[:10_000] if is_typed else own[0].text if own else "",
                "why": problems.get("text", "") if is_typed else "",
                "versions": [{"row": row, "on": _day(actor, row.made_at)} for row in own],
            }
        )
    context = {"kinds": kinds, "problem": problems.get("purpose", "")}
    return render(request, "messaging/consent_texts.html", context, status=422 if problems else 200)
