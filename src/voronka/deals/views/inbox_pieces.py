"""The pieces of the inbox: rows of the list, one request whole, the clients it may be from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.deals.queries.inbox import Likely
from voronka.deals.services.inbox import deal_of
from voronka.kit import pieces, wording
from voronka.kit.actors import Actor
from voronka.kit.screens import place
from voronka.people import queries as people
from voronka.people.services.words import channel_words, match_words, sign_words

if TYPE_CHECKING:
    from voronka.people.models import InboxLead

ICONS = {"form": "forms", "api": "plug", "hand": "pencil", "import": "upload"}


def list_piece(rows: "Sequence[InboxLead]", actor: Actor, now: datetime, picked: str) -> list[dict[str, object]]:
    """Return the rows of the list."""
    return [
        {
            "id": one.public_id,
            "url": f"?tab={one.state}&lead={one.public_id}",
            "icon": ICONS.get(one.channel, "inbox"),
            "name": people.lead_name(actor, one),
            "line": _line(people.sent_shown(actor, one)),
            "at": wording.moment(one.at, actor.zone.key, now, actor.language),
            "waited": wording.duration(max(0, int((now - one.at).total_seconds())), actor.language),
            "is_late": people.is_late(one, now),
            "is_waiting": one.state == "waiting",
            "is_on": one.public_id == picked,
            "has_signs": bool(one.signs),
        }
        for one in rows
    ]


def _line(sent: Mapping[str, object]) -> str:
    parts = [str(sent.get("message") or ""), str(sent.get("city") or ""), str(sent.get("page") or "")]
    return " ".join(next((one for one in parts if one), "").split())[:120]


def lead_piece(lead: "InboxLead", actor: Actor, now: datetime) -> dict[str, object]:
    """Return one request whole: nothing that came is left out but what the actor may not see."""
    sent = people.sent_shown(actor, lead)
    return {
        "id": lead.public_id,
        "state": lead.state,
        "name": people.lead_name(actor, lead),
        "channel": channel_words(lead.channel),
        "at": wording.moment(lead.at, actor.zone.key, now, actor.language),
        "waited": wording.duration(max(0, int((now - lead.at).total_seconds())), actor.language),
        "is_late": people.is_late(lead, now),
        "message": str(sent.get("message") or ""),
        "signs": [sign_words(one) for one in lead.signs],
        "contacts": _contacts(sent),
        "facts": _facts(sent, lead, actor),
        "extra": _extra(sent.get("extra")),
        "who": lead.decided_by.name if lead.decided_by is not None else "",
        "deal": _deal(lead, actor),
        "may_block": bool(lead.address or sent.get("phones") or sent.get("emails")),
    }


def _contacts(sent: Mapping[str, object]) -> list[tuple[str, str, str]]:
    phones, emails = sent.get("phones"), sent.get("emails")
    calls = [
        ("phone", wording.phone(str(one)), f"tel:{''.join(sign for sign in str(one) if sign in '+0123456789')}")
        for one in (phones if isinstance(phones, list) else [])
    ]
    letters = [("mail", str(one), f"mailto:{one}") for one in (emails if isinstance(emails, list) else [])]
    return [*calls, *letters]


def _facts(sent: Mapping[str, object], lead: "InboxLead", actor: Actor) -> list[pieces.Fact]:
    names = {
        "city": _("City"),
        "source": _("Source"),
        "medium": _("Medium"),
        "campaign": _("Campaign"),
        "term": _("Search words"),
        "content": _("Advertisement"),
        "page": _("Page"),
        "referrer": _("Came from"),
        "external_id": _("Outer id"),
        "browser_zone": _("Clock of the browser"),
    }
    facts = [pieces.Fact(name, str(sent[code])) for code, name in names.items() if sent.get(code)]
    fields = sent.get("fields")
    known = (
        {one.code: one.name for one in people.fields_shown(actor)} if isinstance(fields, Mapping) and fields else {}
    )
    if isinstance(fields, Mapping):
        facts += [pieces.Fact(known[code], str(value)) for code, value in fields.items() if code in known]
    consents = sent.get("consents")
    if isinstance(consents, list) and consents:
        words = {"advertising": _("advertising"), "personal_data": _("personal data")}
        given = ", ".join(words.get(str(one.get("purpose")), "") for one in consents if isinstance(one, Mapping))
        facts.append(pieces.Fact(_("Agrees to"), given))
    if lead.address and people.hides_any(actor) is False:
        facts.append(pieces.Fact(_("Address of the net"), lead.address))
    return facts


def _extra(extra: object) -> list[pieces.Fact]:
    if not isinstance(extra, Mapping):
        return []
    return [pieces.Fact(str(name), str(value)) for name, value in extra.items()]


def _deal(lead: "InboxLead", actor: Actor) -> str:
    found = deal_of(actor, str(lead.outcome.get("deal", ""))) if lead.outcome.get("deal") else None
    return reverse("deals:deal-detail", args=[found.public_id]) if found is not None else ""


def likely_rows(found: Sequence[Likely], actor: Actor) -> list[dict[str, object]]:
    """Return the clients a request may be from: why, and which deals they have."""
    return [
        {
            "id": one.public_id,
            "name": one.name,
            "city": one.city,
            "is_vip": one.is_vip,
            "is_sure": one.is_sure,
            "why": ", ".join(match_words(sign) for sign in one.signs),
            "url": place("people:client-detail", one.public_id),
            "deals": [
                " · ".join(
                    part
                    for part in (
                        deal.title or deal.pipeline.name,
                        deal.stage.name,
                        wording.money(deal.sum, deal.currency, actor.language) if deal.sum is not None else "",
                        wording.short_name(deal.responsible.name) if deal.responsible is not None else "",
                    )
                    if part
                )
                for deal in one.deals[:3]
            ],
        }
        for one in found
    ]


def blocked_words(kind: str) -> str:
    """Return what sort of sender is blocked."""
    return {"phone": _("phone"), "email": _("e-mail"), "address": _("address of the net")}.get(kind, kind)
