"""The card of a client: who it is, how to reach him, what has happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import panels, timeline, wording
from voronka.kit.actors import SEE_HISTORY, Actor
from voronka.kit.errors import Invalid
from voronka.kit.files import file_response
from voronka.kit.pieces import Fact, Tab
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries, services
from voronka.people.models import Client, Consent, ContactPoint, CustomField
from voronka.people.permissions import DELETE_CLIENTS, EDIT_CLIENTS
from voronka.people.ports import MyDay, my_day
from voronka.people.queries.cards import last_touches
from voronka.people.queries.clients import list_contact_persons, list_workplaces, may_touch
from voronka.people.queries.doubles import doubles_of
from voronka.people.queries.history import list_address_changes, list_changes
from voronka.people.services import ConsentDraft
from voronka.people.services.words import CONTACT_NAMES, FIELD_NAMES, consent_words, sign_words, zone_words
from voronka.people.views.addresses import addresses_context
from voronka.people.views.columns import custom_value


@signed_in
@require_GET
def client_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a card."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    if client.public_id != public_id:  # joined to another: old links lead there
        return redirect("people:client-detail", client.public_id)
    return render(request, "people/client_detail.html", card_context(request, actor, client))


def card_context(request: HttpRequest, actor: Actor, client: Client) -> dict[str, Any]:
    """Return what the page of a card shows."""
    company = accounts.get_company_rules()
    now = timezone.now()
    fields = queries.fields_shown(actor)
    touches = last_touches(client.pk)
    opens = client.call_opens_minute if client.call_opens_minute is not None else company.call_opens_minute
    closes = client.call_closes_minute if client.call_closes_minute is not None else company.call_closes_minute
    day = my_day(actor, client.zone, opens, closes, now)
    may_edit = may_touch(actor, EDIT_CLIENTS, client)
    edit = reverse("people:client-edit", args=[client.public_id])
    ways = queries.list_contacts(actor, [client.pk])[client.pk]
    contacts = [_contact(one) for one in ways]
    return {
        "full": queries.fullness_of(actor, client, ways, fields),
        "may_answer": may_edit,
        "doubles": doubles_of(actor, client.pk) if may_edit else [],
        "client": client,
        "contacts": contacts,
        **addresses_context(actor, client),
        "sees_contacts": actor.sees("client.phone") and actor.sees("client.email"),
        "consents": [_consent(one, actor) for one in queries.list_consents(client.pk)],
        "about": _about(client, fields, actor),
        "requisites": _requisites(client),
        "purchases": _purchases(client, company.currency, actor),
        "persons": list_contact_persons(client.pk, actor) if client.kind == Client.Kind.ORGANISATION else [],
        "workplaces": list_workplaces(client.pk, actor) if client.kind == Client.Kind.PERSON else [],
        "lead": _lead(client, actor),
        "warnings": sorted({sign_words(sign) for touch in touches for sign in touch.signs}),
        "now": now,
        "my_zone": actor.zone.key,
        "place": client.city or wording.place_of(client.zone, actor.language),
        "call_hours": (opens / 60, closes / 60),
        "work": day.work,
        **_clock_note(client, day, (opens, closes), now),
        "may_edit": may_edit,
        "contact_url": f"{edit}#id_contact_{len(contacts)}" if may_edit else "",
        "may_delete": may_touch(actor, DELETE_CLIENTS, client),
        "may_see_history": actor.may(SEE_HISTORY),
        "main_panels": _panels(client, actor, "main"),
        "side_panels": _panels(client, actor, "side"),
        **feed_context(request, actor, client),
    }


def _clock_note(client: Client, day: MyDay, calls: tuple[int, int], now: datetime) -> dict[str, Any]:
    """Return what stands under the clock: hours good for both while he is not called, else how his zone is known."""
    clock = now.astimezone(ZoneInfo(client.zone))
    is_open = calls[0] <= clock.hour * 60 + clock.minute < calls[1]
    if is_open or not day.both:
        return {"meet": (), "clock_note": zone_words(client)}
    ends = "\u2013".join(_hour_words(hour) for hour in day.both[:2])
    return {"meet": day.both[:2], "clock_note": _("shared hours %(hours)s") % {"hours": ends}}


def _hour_words(hour: float) -> str:
    """Return an hour of a dial as sentences have it: "9", "9:30"."""
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02}" if minutes % 60 else str(minutes // 60)


def feed_context(request: HttpRequest, actor: Actor, client: Client) -> dict[str, Any]:
    """Return the timeline of a card under the tab that the address names."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in timeline.tabs() else ""
    before = request.GET.get("before", "")
    place = int(before) if before.isdecimal() and len(before) < 19 else None
    text = " ".join(request.GET.get("q", "")[:200].replace("\0", "").split())
    now = timezone.now()
    if text:
        page = timeline.read(client.pk, actor=actor, now=now, tab=tab, before=place, text=text)
        counts = timeline.counts(client.pk)
    else:
        page, counts = timeline.read_with_counts(client.pk, actor=actor, now=now, tab=tab, before=place)
    url = reverse("people:client-feed", args=[client.public_id])
    tabs = [Tab(_("All"), url, None, not tab)]
    tabs += [
        Tab(str(title), f"{url}?tab={code}", counts[code], tab == code)
        for code, title in timeline.tabs().items()
        if counts.get(code)
    ]
    more = f"{url}?{urlencode({'tab': tab, 'q': text, 'before': page.before})}" if page.before else ""
    return {
        "days": page.days,
        "tabs": tabs,
        "more_url": more,
        "is_later": place is not None,
        "feed_url": url,
        "feed_tab": tab,
        "feed_text": text,
        "is_finding": "find" in request.GET or bool(text),
    }


@signed_in
@require_GET
def client_feed(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the timeline alone: another tab, or the earlier part; without script the whole card with it."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    # Its tabs are links that htmx follows into the feed: what comes back is the feed, not the page it says it asks for.
    if not wants_fragment(request) and request.headers.get("HX-Target") != "v-feed":
        return render(request, "people/client_detail.html", card_context(request, actor, client))
    context = {"client": client, **feed_context(request, actor, client)}
    template = "people/_client_feed_more.html" if context["is_later"] else "people/_client_feed.html"
    return render(request, template, context)


@signed_in
@require_GET
def client_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Give a file of the card, always as an attachment."""
    actor = actor_of(request)
    file = queries.get_client_file(actor, queries.get_client(actor, public_id), file_id)
    return cast("HttpResponse", file_response(file))  # both are answers; the stubs know no common type for views


@signed_in
@require_POST
def note_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a note on the card; the timeline comes back with it."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    text, why = request.POST.get("text", ""), ""
    missed: list[str] = []
    try:
        services.add_note(actor=actor, client_id=client.pk, text=text, now=timezone.now())
        missed = services.unreached(actor=actor, client_id=client.pk, text=text)
        text = ""
    except Invalid as wrong:
        why = wrong.message
    if not wants_fragment(request) and not why:
        if missed:
            messages.warning(request, unreached_words(missed))
        return redirect("people:client-detail", public_id)
    context: dict[str, Any] = {"note_text": text[: services.NOTE_LIMIT], "note_why": why}
    context["missed"] = unreached_words(missed) if missed else ""
    status = 422 if why else 200
    if wants_fragment(request):
        context |= {"client": client, **feed_context(request, actor, client)}
        # htmx puts in what comes back only with 2xx; the refusal is shown at the field itself.
        return render(request, "people/_client_feed_and_note.html", context, status=200)
    return render(
        request, "people/client_detail.html", {**card_context(request, actor, client), **context}, status=status
    )


def unreached_words(names: Sequence[str]) -> str:
    """Say that somebody mentioned may not see the client."""
    return _("%(names)s may not see this client and was not told.") % {"names": ", ".join(names)}


@signed_in
@require_POST
def consent_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down that the client gave or withdrew a consent, as he said it to an employee."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    consent = ConsentDraft(
        purpose=request.POST.get("purpose", ""),
        channel=request.POST.get("channel", "any"),
        given=request.POST.get("given") == "yes",
    )
    services.record_consent(
        actor=actor,
        client_id=client.pk,
        consent=consent,
        source=_("said to %(name)s") % {"name": actor.name},
        now=timezone.now(),
    )
    messages.success(request, _("Written down"))
    return redirect("people:client-detail", public_id)


@signed_in
@require_GET
def client_history(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show who changed what on the card, and when."""
    actor = actor_of(request)
    actor.require(SEE_HISTORY)
    client = queries.get_client_for(actor, SEE_HISTORY, client_id=queries.get_client(actor, public_id).pk)
    names = {field.code: field.name for field in queries.list_custom_fields(active=False)}
    rows = [
        {
            "at": change.at.astimezone(actor.zone),
            "who": change.who or _("the system"),
            "name": _field_name(change.field),
            "before": _shown(change.before, names),
            "after": _shown(change.after, names),
        }
        for change in sorted(
            [*list_changes(client, actor), *list_address_changes(client, actor)], key=lambda one: one.at, reverse=True
        )
    ]
    return render(request, "people/client_history.html", {"client": queries.shown(actor, client), "rows": rows})


def _field_name(code: str) -> str:
    return str(FIELD_NAMES.get(code, code))


def _shown(value: object, names: Mapping[str, str]) -> str:
    match value:
        case None | "":
            return "—"
        case bool():
            return _("yes") if value else _("no")
        case dict():
            parts = [f"{names.get(code, code)}: {one}" for code, one in value.items()]
            return "; ".join(parts) or "—"
    return str(value)[:500]


def _contact(contact: ContactPoint) -> dict[str, str]:
    value = contact.value
    links = {
        "phone": f"tel:{value}",
        "email": f"mailto:{value}",
        "whatsapp": f"https://wa.me/{value.lstrip('+')}",
        "telegram": f"https://t.me/{value.lstrip('@')}",
        "site": value,
    }
    shown = wording.phone(value) if contact.kind in ("phone", "whatsapp") and value.startswith("+") else value
    if contact.extension:
        shown = _("%(phone)s ext. %(extension)s") % {"phone": shown, "extension": contact.extension}
    return {
        "kind": contact.kind,
        "name": str(CONTACT_NAMES[contact.kind]),
        "value": shown,
        "more": contact.label,
        "url": links.get(contact.kind, ""),
    }


def _consent(consent: Consent, actor: Actor) -> dict[str, Any]:
    return {
        "words": consent_words(consent.purpose, consent.channel),
        "given": consent.given,
        "on": consent.at.astimezone(actor.zone).date(),
        "source": consent.source,
        "version": consent.text_version,
    }


def _lead(client: Client, actor: Actor) -> str:
    since = client.made_at.astimezone(ZoneInfo(actor.zone.key))
    parts = [_("Since %(day)s") % {"day": f"{since:%d.%m.%Y}"}]
    if client.responsible is not None:
        parts.append(client.responsible.name)
    return " · ".join(parts)


def _about(client: Client, fields: list[CustomField], actor: Actor) -> list[Fact]:
    people = accounts.employee_names(
        [int(str(client.fields[one.code])) for one in fields if one.kind == "person" and client.fields.get(one.code)]
    )
    facts = []
    for name, value in (
        (_("Where from"), client.first_source),
        (_("Position"), client.position),
        (_("Birthday"), f"{client.birthday:%d.%m.%Y}" if client.birthday else ""),
        (_("Gender"), {"f": _("female"), "m": _("male")}.get(client.gender, "")),
        (_("Number in another system"), client.external_id or ""),
        (_("Comment"), client.comment),
    ):
        if value:
            facts.append(Fact(name, value))
    edit = reverse("people:client-edit", args=[client.public_id])
    for field in fields:
        held = client.fields.get(field.code)
        words = str(custom_value(held, field.kind, actor))
        if field.kind == "person" and held:
            words = people.get(int(str(held)), "")
        if field.kind == "file" and held:
            words = _("open the file")
        kind = "" if words else "empty"
        link = f"{edit}#id_field_{field.code}" if not words else ""
        if words and field.kind == "link":
            link = words
        if words and field.kind == "file":
            link = reverse("people:client-file", args=[client.public_id, str(held)])
        facts.append(Fact(field.name, words or _("not given"), kind, link))
    return facts


def _requisites(client: Client) -> list[Fact]:
    names = {"inn": _("INN"), "kpp": _("KPP"), "ogrn": _("OGRN"), "bik": _("BIK"), "account": _("Account")}
    return [Fact(name, getattr(client, code)) for code, name in names.items() if getattr(client, code)]


def _purchases(client: Client, currency: str, actor: Actor) -> list[Fact]:
    """Return what is known of his purchases: the sum that came with an import, until orders tell more."""
    if not client.purchases_sum:
        return []
    return [Fact(_("In all"), wording.money(client.purchases_sum, currency, actor.language))]


def _panels(client: Client, actor: Actor, place: str) -> list[dict[str, str]]:
    found = panels.panels_for("client", actor, place=place)
    return [{"title": str(one.title), "url": one.address(client.public_id)} for one in found]
