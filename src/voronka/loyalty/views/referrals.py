"""Pages of the referral programme: who brought whom, who is to be paid, the terms, the block on a client's card."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.keyed import BadPlace
from voronka.kit.list_address import ListAddress, address_back
from voronka.kit.money import parse_amount
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in
from voronka.loyalty import queries as loyalty
from voronka.loyalty.models import Referral, ReferralTerms
from voronka.loyalty.permissions import PAY, REDEEM, SEE, SET_UP
from voronka.loyalty.queries import referrals as queries
from voronka.loyalty.services import referral_payouts, referral_terms, referring
from voronka.loyalty.views.words import (
    earned_words,
    money,
    pays_words,
    plain,
    reason_words,
    referral_words,
    way_words,
)
from voronka.people import queries as people

TONES = {"active": "gain", "held": "heed", "refused": ""}
TERMS = (
    "percent", "days", "cap", "earned_by", "gift", "gift_days", "page", "touch_days", "pays", "code_days", "version",
)  # fmt: skip


def _day(text: str) -> str:
    """Return a day as a form sends it, empty for anything else."""
    try:
        found = datetime.fromisoformat(text[:10])
    except ValueError:
        return ""
    return found.date().isoformat() if 2000 <= found.year <= 2100 else ""


@signed_in
@require_GET
def referrals(request: HttpRequest) -> HttpResponse:
    """Show who brought whom and what the programme came to: state, referrer and days stand in the address."""
    actor = actor_of(request)
    actor.require(SEE)
    given = {name: request.GET.get(name, "")[:200].replace("\0", "") for name in ("state", "who", "since", "until")}
    given["state"] = given["state"] if given["state"] in TONES else ""
    given |= {name: _day(given[name]) for name in ("since", "until")}
    ask, why = _ask(actor, given, request.GET.get("page", "")[:200])
    one = request.GET.get("one", "")[:12]
    try:
        if one:
            page, place = queries.with_sums([queries.get_referral(actor, one)]), ""
        else:
            page, place = queries.read_page(actor, ask)
    except BadPlace:
        raise NotFound(_("There is no such page.")) from None
    address = ListAddress(request, "loyalty:referrals")
    context = {
        "asked": given,
        "why": why,
        "is_asking": bool(one or any(given.values())),
        "rows": _rows(actor, page),
        "stats": _stats(actor, queries.report(actor, ask)),
        "states": [("", _("all")), *referral_words().items()],
        "next_url": address.to(page=place) if place else "",
        "first_url": address.to(page="") if ask.place else "",
        "terms": queries.get_terms(),
        "may_set_up": actor.may(SET_UP),
        "may_pay": actor.may(PAY),
        "back": request.get_full_path(),
    }
    return render(request, "loyalty/referrals.html", context, status=422 if why else 200)


def _ask(actor: Actor, given: Mapping[str, str], place: str) -> tuple[queries.Ask, str]:
    """Return what is asked for, and why the referrer is not found."""
    days = {name: datetime.fromisoformat(given[name]).date() if given[name] else None for name in ("since", "until")}
    since, until = days["since"], days["until"]
    referrer_id, why = None, ""
    if given["who"].strip():
        found = people.find_clients(actor, given["who"])
        referrer_id = found[0].pk if len(found) == 1 else 0
        if len(found) != 1:
            why = _("Several are found: type more of the name.") if found else _("Nobody is found by this.")
    ask = queries.Ask(
        given["state"], referrer_id,
        None if since is None else datetime.combine(since, time.min, actor.zone),
        None if until is None else datetime.combine(until + timedelta(days=1), time.min, actor.zone),
        place,
    )  # fmt: skip
    return ask, why


def _stats(actor: Actor, found: queries.Report) -> list[Stat]:
    return [
        Stat(_("Friends came"), wording.number(found.friends, actor.language)),
        Stat(_("Of them bought"), wording.number(found.buyers, actor.language)),
        Stat(pgettext("referral", "Bought for"), money(found.bought, actor)),
        Stat(_("Earned"), money(found.earned, actor)),
        Stat(_("Paid out"), money(found.paid, actor)),
        Stat(_("To be judged"), wording.number(found.held, actor.language), tone="heed" if found.held else ""),
    ]


def clients_shown(actor: Actor, ids: Iterable[int | None]) -> Mapping[int | None, tuple[str, str]]:
    """Return name and address of the clients that the actor may see, by id; others are nobody to him."""
    rows = people.list_clients(actor).filter(pk__in={one for one in ids if one is not None})
    return {
        one.pk: (people.name_shown(actor, one.name), reverse("people:client-detail", args=[one.public_id]))
        for one in rows
    }


def _rows(actor: Actor, page: Iterable[queries.Row]) -> list[dict[str, Any]]:
    listed = list(page)
    ids = [pk for one in listed for pk in (one.referral.referrer_id, one.referral.friend_id)]
    clients = clients_shown(actor, ids)
    states, ways, reasons = referral_words(), way_words(), reason_words()
    return [
        {
            "row": one.referral,
            "friend": clients.get(one.referral.friend_id),
            "referrer": clients.get(one.referral.referrer_id),
            "at": one.referral.touched_at.astimezone(actor.zone),
            "way": ways[one.referral.way],
            "orders": one.orders,
            "bought": money(one.bought, actor) if one.bought else "",
            "earned": money(one.earned, actor) if one.earned else "",
            "state": states[one.referral.state],
            "tone": TONES[one.referral.state],
            "reasons": [reasons.get(code, code) for code in _why_held(one.referral)],
            "is_held": one.referral.state == Referral.State.HELD,
            "is_judged": one.referral.judged_at is not None,
        }
        for one in listed
    ]


def _why_held(row: Referral) -> list[str]:
    own = [referring.SAME] if row.is_own and referring.SAME not in row.reasons else []
    return [*own, *row.reasons]


@signed_in
@require_POST
def judge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept a referral, refuse it, or take the word back."""
    what = request.POST.get("what", "")
    if what not in ("accept", "refuse", "wait"):
        raise NotFound(_("There is no such referral."))
    back = _back(request)
    try:
        row = referring.judge(actor=actor_of(request), public_id=public_id, what=what, now=timezone.now())
    except Refusal as refusal:
        if refusal.code != referring.SAME:
            raise
        messages.error(request, refusal.message)
        return redirect(back)
    messages.success(request, referral_words()[row.state])
    return redirect(back)


def _back(request: HttpRequest) -> str:
    """Return the list as it was looked at: only its query is taken from the form."""
    _path, _sign, query = request.POST.get("back", "")[:1_000].partition("?")
    return address_back("loyalty:referrals", query)


@signed_in
@require_GET
def payouts(request: HttpRequest) -> HttpResponse:
    """Show to whom what is to be paid out."""
    actor = actor_of(request)
    actor.require(PAY)
    text = request.GET.get("after", "")
    rows, after = queries.owed_to(after=int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0)
    address = ListAddress(request, "loyalty:referral-payouts")
    clients = people.client_rows([pk for pk, _balance in rows])
    programme = queries.get_terms()
    context = {
        "rows": [
            {
                "name": people.name_shown(actor, clients[pk].name),
                "client": clients[pk].public_id,
                "url": reverse("people:client-detail", args=[clients[pk].public_id]),
                "friends": one.friends,
                "earned": money(one.earned, actor),
                "paid": money(one.paid, actor) if one.paid else "",
                "held": money(one.held, actor) if one.held else "",
                "owed": money(one.owed, actor),
                "sum": str(one.owed),
                "operation": str(uuid.uuid4()),
            }
            for pk, one in rows
            if pk in clients
        ],
        "terms": programme,
        "note_label": _("How it was paid") if programme.pays == "note" else _("Note"),
        "next_url": address.to(after=str(after)) if after else "",
        "first_url": address.to(after="") if text else "",
    }
    return render(request, "loyalty/referral_payouts.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Show the terms of the programme, or set them."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = queries.get_terms()
    typed, problems = _typed(row), dict[str, str]()
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:400].replace("\0", "").strip() for name in TERMS}
        typed["is_on"] = "yes" if request.POST.get("is_on") else ""
        try:
            version = int(typed["version"]) if typed["version"].isdecimal() and len(typed["version"]) < 9 else None
            referral_terms.save_terms(actor=actor, draft=_draft(typed), now=timezone.now(), version=version)
        except Invalid as refusal:
            problems = {name: str(words) for name, words in refusal.fields.items()}
        else:
            messages.success(request, _("Saved"))
            return redirect("loyalty:referrals")
    context = {
        "typed": typed,
        "problems": problems,
        "gifts": [("", _("nothing")), *loyalty.batches()],
        "earned": list(earned_words().items()),
        "pays": list(pays_words().items()),
    }
    return render(request, "loyalty/referral_terms.html", context, status=422 if problems else 200)


def _typed(row: ReferralTerms) -> dict[str, str]:
    return {
        "is_on": "yes" if row.is_on else "", "percent": plain(Decimal(row.percent)), "days": str(row.days),
        "cap": plain(row.cap), "earned_by": row.earned_by, "gift": row.gift.public_id if row.gift else "",
        "gift_days": str(row.gift_days), "page": row.page, "touch_days": str(row.touch_days), "pays": row.pays,
        "code_days": str(row.code_days), "version": str(row.version),
    }  # fmt: skip


def _draft(typed: Mapping[str, str]) -> referral_terms.TermsDraft:
    def count(name: str) -> int:
        text = typed[name]
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0

    def sum_of(name: str) -> Decimal | None:
        text = typed[name].replace("%", "").strip()
        try:
            return parse_amount(text) if text else None
        except ValueError:
            return Decimal(-1)

    return referral_terms.TermsDraft(
        is_on=bool(typed["is_on"]), percent=sum_of("percent") or Decimal(0), days=count("days"), cap=sum_of("cap"),
        earned_by=typed["earned_by"], gift=typed["gift"][:12], gift_days=count("gift_days"), page=typed["page"],
        touch_days=count("touch_days"), pays=typed["pays"], code_days=count("code_days"),
    )  # fmt: skip


@signed_in
@require_GET
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give what a client's card says of friends: who brought him, whom he brought, what he earned, his link."""
    actor = actor_of(request)
    actor.require(SEE)
    client = people.get_client(actor, public_id)
    balance, programme = queries.balances([client.pk])[client.pk], queries.get_terms()
    brought, code = queries.brought_by(client.pk), queries.link_code(client.pk)
    names = clients_shown(actor, [brought.referrer_id]) if brought is not None else {}
    context = {
        "client": client,
        "brought": brought,
        "referrer": names.get(brought.referrer_id) if brought is not None else None,
        "state": referral_words()[brought.state] if brought is not None else "",
        "tone": TONES[brought.state] if brought is not None else "",
        "balance": balance,
        "earned": money(balance.earned, actor),
        "held": money(balance.held, actor) if balance.held else "",
        "paid": money(balance.paid, actor) if balance.paid else "",
        "owed": money(balance.owed, actor),
        "owed_sum": str(balance.owed),
        "is_owed": balance.owed > 0,
        "payouts": [
            (
                money(one.amount, actor),
                " · ".join(said for said in (one.code.code if one.code else "", one.note) if said),
                one.at.astimezone(actor.zone),
            )
            for one in queries.payouts_of(client.pk, most=3)
        ],
        "link": queries.link_url(code, programme) if code else "",
        "code": code,
        "is_on": programme.is_on,
        "pays": programme.pays,
        "may_name": actor.may(REDEEM),
        "may_pay": actor.may(PAY),
        "operation": str(uuid.uuid4()),
        "list_url": f"{reverse('loyalty:referrals')}?{urlencode({'who': client.name})}",
    }
    return render(request, "loyalty/referral_panel.html", context)


@signed_in
@require_POST
def client_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a client's link, name who brought him, or pay him; `what` is the pressed button."""
    actor, now, what = actor_of(request), timezone.now(), request.POST.get("what", "")
    client = people.get_client(actor, public_id)
    back = redirect("people:client-detail", client.public_id)
    try:
        if what == "link":
            referring.make_link(actor=actor, client_id=client.pk, now=now)
            messages.success(request, _("The link is made"))
        elif what == "name":
            code = request.POST.get("code", "")[:20].replace("\0", "")
            row = referring.refer(actor=actor, touch=referring.Touch(code, now), friend_id=client.pk, now=now)
            messages.success(request, referral_words()[row.state])
        elif what == "pay":
            back = redirect("loyalty:referral-payouts") if request.POST.get("from") == "list" else back
            paid = _pay(request, actor, client.public_id)
            messages.success(request, paid)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.message)
    return back


def _pay(request: HttpRequest, actor: Actor, client: str) -> str:
    """Pay a client and say how. Raises as `pay_out`."""
    try:
        operation, agreed = uuid.UUID(request.POST.get("operation", "")), Decimal(request.POST.get("sum", "")[:20])
    except (ValueError, ArithmeticError):
        raise Invalid(_("The page is broken: reload it and try again.")) from None
    note = request.POST.get("note", "")[:400].replace("\0", "")
    row = referral_payouts.pay_out(
        actor=actor, client=client, operation=operation, agreed=agreed, note=note, now=timezone.now()
    )
    if row.code is not None:
        return _("%(sum)s paid out by the code %(code)s") % {"sum": money(row.amount, actor), "code": row.code.code}
    return pgettext("referral", "%(sum)s noted as paid out") % {"sum": money(row.amount, actor)}
