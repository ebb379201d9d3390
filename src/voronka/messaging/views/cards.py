"""The client's card: messages to him with why, and the page of his consents."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import queries, services
from voronka.messaging.models import Message, MessageStep, MessageTouch
from voronka.messaging.permissions import SEE, SETTLE, WRITE
from voronka.messaging.queries.consents import list_proofs, newest_text, text_sign
from voronka.messaging.queries.touches import list_touches
from voronka.messaging.queries.words import channel_words, code_words, state_words, touch_words
from voronka.messaging.rules.states import DUE
from voronka.people import queries as people
from voronka.people import services as clients
from voronka.people.queries.clients import may_touch
from voronka.people.services.words import consent_words

NEWEST, MOST_TOUCHES = 8, 20
_TONES = {"failed": "late", "unknown": "heed", "refused": "", "delivered": "gain", "accepted": "gain"}


@require_GET
@signed_in
def client_messages(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the newest messages to a client, why each went or did not, and whether he would get advertising now."""
    actor, now = actor_of(request), datetime.now(UTC)
    client = people.get_client_for(actor, SEE, client_id=people.get_client(actor, public_id).pk)
    rows = queries.list_messages(client.pk, most=NEWEST)
    steps = queries.list_steps(rows)
    touched = list_touches([one.pk for one in rows if one.body_html])
    context = {
        "client": client,
        "rows": [_row(one, steps[one.pk], touched.get(one.pk, []), actor, now) for one in rows],
        "ways": [
            {"name": channel_words(one), "words": queries.would_get(actor, client.pk, one, now=now)}
            for one in ("email", "sms")
        ],
        "may_settle": actor.may(SETTLE),
        "may_write": may_touch(actor, WRITE, client),
    }
    return render(request, "messaging/client_messages.html", context)


def _row(
    message: Message, steps: list[MessageStep], touched: list[MessageTouch], actor: Actor, now: datetime
) -> dict[str, object]:
    # A text may hold any field of the card: one who may not see all of them sees none of it.
    hides = people.hides_any(actor)
    return {
        "sign": message.public_id,
        "channel": channel_words(message.channel),
        "subject": "" if hides else message.subject or message.body[:80],
        "state": state_words(message.state),
        "tone": _TONES.get(message.state, ""),
        "why": queries.why(message, actor, now),
        "at": wording.moment(message.made_at, actor.zone.key, now, actor.language),
        "steps": [
            (
                wording.moment(one.at, actor.zone.key, now, actor.language),
                state_words(one.state),
                code_words(one.state, one.code),
            )
            for one in steps
        ]
        + [
            (wording.moment(one.at, actor.zone.key, now, actor.language), touch_words(one), "")
            for one in touched[:MOST_TOUCHES]
        ],
        "is_unknown": message.state == "unknown",
        "is_due": message.cause_kind == "hand" and message.state in DUE,
    }


@require_POST
@signed_in
def settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say of a message of unknown fate whether it has left."""
    actor = actor_of(request)
    services.settle_by_hand(
        actor=actor, public_id=public_id, went=request.POST.get("went") == "yes", now=datetime.now(UTC)
    )
    message = queries.get_message(actor, public_id)
    messages.success(request, _("Written down"))
    signs = people.public_ids("client", [message.client_id or 0])
    return redirect("people:client-detail", signs[message.client_id or 0])


@require_http_methods(["GET", "POST"])
@signed_in
def client_consents(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a client agreed to, with the proof of each act; write down that he gave or took back a consent."""
    actor, now = actor_of(request), datetime.now(UTC)
    client = people.get_client(actor, public_id)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            _record(request, actor, client.pk, now)
        except Invalid as refusal:
            problems = refusal.fields
        else:
            messages.success(request, _("Written down"))
            return redirect("messaging:client-consents", public_id)
    proofs = [
        {
            "words": consent_words(one.purpose, one.channel),
            "given": one.given,
            "at": wording.moment(one.at, actor.zone.key, now, actor.language),
            "source": one.source,
            "version": one.version,
            "number": one.version.rpartition("/")[2],
            "text": one.text,
        }
        for one in list_proofs(client.pk)
    ]
    context = {
        "client": people.shown(actor, client),
        "proofs": proofs,
        "holds": [
            {"words": consent_words(one.purpose, one.channel), "given": one.given, "at": one.at}
            for one in people.list_consents(client.pk)
        ],
        "may_edit": people.may_edit(actor, client),
        "errors": problems,
        "typed": request.POST,
        "purposes": [
            ("advertising", _("advertising")),
            ("personal_data", _("personal data")),
            ("tracking", _("counting of openings and clicks")),
        ],
        "channels": [("any", _("any")), ("email", _("e-mail")), ("sms", _("SMS")), ("phone", _("phone"))],
    }
    return render(request, "messaging/client_consents.html", context, status=422 if problems else 200)


def _record(request: HttpRequest, actor: Actor, client_id: int, now: datetime) -> None:
    sent = request.POST
    purpose, channel, given = sent.get("purpose", ""), sent.get("channel", "any"), sent.get("given") == "yes"
    text = newest_text(purpose[:20], channel[:20]) if given else None
    clients.record_consent(
        actor=actor,
        client_id=client_id,
        consent=clients.ConsentDraft(
            purpose=purpose, channel=channel, given=given, text_version=text_sign(text) if text is not None else ""
        ),
        source=sent.get("source", ""),
        now=now,
    )
