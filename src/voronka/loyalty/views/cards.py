"""The page of a promo: what it came to, its codes, its uses; its acts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import services as accounts
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.errors import Invalid
from voronka.kit.listfile import FORMATS, ListFile, handed_over
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.subjects import all_subject_kinds
from voronka.kit.tables.writers import Writable
from voronka.loyalty import services
from voronka.loyalty.models import Promo, PromoUse
from voronka.loyalty.permissions import SET_UP
from voronka.loyalty.queries import promos
from voronka.loyalty.views.lists import row_id
from voronka.loyalty.views.words import TONES, discount_words, money, state_words, time_words
from voronka.people import queries as people


@signed_in
@require_GET
def promo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a promo; `code` narrows its uses to one code, `q` and `state` its codes."""
    actor = actor_of(request)
    return _page(request, actor, promos.get_promo(actor, public_id), {}, {}, status=200)


def _page(
    request: HttpRequest, actor: Actor, row: Promo, typed: dict[str, str], problems: dict[str, str], *, status: int
) -> HttpResponse:
    now, asked = timezone.now(), request.GET
    narrowed = {name: asked.get(name, "")[:40].replace("\0", "") for name in ("code", "q", "state")}
    codes_after, uses_before = row_id(asked.get("codes", "")), row_id(asked.get("uses", ""))
    found = promos.list_codes(row, text=narrowed["q"], state=narrowed["state"], after=codes_after)
    uses = promos.list_uses(row, code=narrowed["code"], before=uses_before)
    size, state = promos.PAGE, promos.state_of(row, now)
    bound = _clients(actor, [one.client_id for one in found])
    kept = urlencode({name: value for name, value in narrowed.items() if value})
    context = {
        "row": row,
        "off": discount_words(row, actor),
        "time": time_words(row, actor, now),
        "state": state_words()[state],
        "tone": TONES[state],
        "stats": _stats(row, actor),
        "conditions": _conditions(row, actor),
        "codes": [(one, bound.get(one.client_id)) for one in found[:size]],
        "more_codes": f"?{kept}&codes={found[size - 1].pk}" if len(found) > size else "",
        "uses": _uses(actor, uses[:size]),
        "more_uses": f"?{kept}&uses={uses[size - 1].pk}" if len(uses) > size else "",
        "asked": narrowed,
        "code_states": [("", _("all")), ("free", _("not used")), ("used", _("used"))],
        "may_set_up": actor.may(SET_UP),
        "files": _files(actor, row),
        "typed": typed,
        "problems": problems,
    }
    return render(request, "loyalty/promo.html", context, status=status)


def _files(actor: Actor, row: Promo) -> list[tuple[str, str]]:
    if not (actor.may(EXPORT) and actor.may(SET_UP)):
        return []
    return [(code.upper(), reverse("loyalty:promo-file", args=[row.public_id, code])) for code in FORMATS]


def _stats(row: Promo, actor: Actor) -> list[Stat]:
    sums = promos.sums_of([row.pk])[row.pk]
    found = [Stat(_("Used"), str(sums.uses)), Stat(_("Taken off"), money(sums.taken_off, actor))]
    if sums.uses:
        found.append(Stat(_("Goods for"), money(sums.goods, actor)))
        found.append(Stat(_("Average discount"), money(sums.taken_off / sums.uses, actor)))
    if row.is_batch:
        found.insert(0, Stat(_("Codes"), str(sums.codes)))
    return found


def _conditions(row: Promo, actor: Actor) -> list[str]:
    """Say the conditions in short lines."""
    said = []
    if row.cap is not None:
        said.append(_("at most %(sum)s off") % {"sum": money(row.cap, actor)})
    if row.minimum:
        said.append(_("for purchases from %(sum)s") % {"sum": money(row.minimum, actor)})
    if row.per_client is not None:
        times = ngettext("%(n)d use by a client", "%(n)d uses by a client", row.per_client)
        said.append(times % {"n": row.per_client})
    if not row.with_terms:
        said.append(_("not together with personal prices"))
    if not row.is_for_all:
        categories, variants = promos.goods_of(row)
        count = len(categories) + len(variants)
        said.append(
            ngettext("for %(n)d category or product", "for %(n)d categories and products", count) % {"n": count}
        )
    return said


Shown = Mapping[int | None, tuple[str, str]]


def _clients(actor: Actor, ids: Iterable[int | None]) -> Shown:
    """Return name and address of the clients that the actor may see, by id; others are nobody to him."""
    rows = people.list_clients(actor).filter(pk__in={one for one in ids if one is not None})
    return {
        one.pk: (people.name_shown(actor, one.name), reverse("people:client-detail", args=[one.public_id]))
        for one in rows
    }


def _uses(actor: Actor, rows: Sequence[PromoUse]) -> list[dict[str, Any]]:
    """Return the uses as the page tells them; sales are named by the parts that keep them."""
    kinds = {one.kind: one for one in all_subject_kinds()}
    names: dict[tuple[str, int], str] = {}
    for kind in {one.holder_kind for one in rows} & set(kinds):
        found = kinds[kind].names([one.holder_id for one in rows if one.holder_kind == kind])
        names |= {(kind, pk): name for pk, name in found.items()}
    clients = _clients(actor, [one.client_id for one in rows])
    return [
        {
            "use": one,
            "at": one.at.astimezone(actor.zone),
            "client": clients.get(one.client_id),
            "sale": names.get((one.holder_kind, one.holder_id), ""),
            "url": kinds[one.holder_kind].page(one.holder_id) if (one.holder_kind, one.holder_id) in names else "",
            "goods": money(one.goods_sum, actor),
            "off": money(one.amount, actor),
        }
        for one in rows
    ]


@signed_in
@require_POST
def promo_switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Switch a promo, or some of its codes, on or off."""
    actor, now = actor_of(request), timezone.now()
    is_on, chosen = request.POST.get("what") == "on", request.POST.getlist("id")[:1_001]
    if chosen:
        ids = [str(one)[:40].replace("\0", "") for one in chosen]
        count = services.set_codes_on(actor=actor, public_id=public_id, codes_ids=ids, is_on=is_on, now=now)
        messages.success(request, ngettext("%(n)d code changed", "%(n)d codes changed", count) % {"n": count})
    else:
        services.set_promo_on(actor=actor, public_id=public_id, is_on=is_on, now=now)
        messages.success(request, _("Switched on") if is_on else _("Switched off"))
    return redirect("loyalty:promo", public_id)


@signed_in
@require_POST
def promo_codes(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make codes for single use."""
    actor = actor_of(request)
    typed = {name: request.POST.get(name, "")[:200].replace("\0", "") for name in ("count", "prefix", "who")}
    bare = "".join(typed["count"].split())
    count = int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 7 else 0
    try:
        client = bound_client(actor, typed["who"])
        made = services.make_codes(
            actor=actor, public_id=public_id, count=count, now=timezone.now(), prefix=typed["prefix"], client=client
        )
    except Invalid as refusal:
        problems = {name: str(words) for name, words in refusal.fields.items()}
        return _page(request, actor, promos.get_promo(actor, public_id), typed, problems, status=422)
    said = ngettext("%(n)d code is made", "%(n)d codes are made", len(made)) % {"n": len(made)}
    messages.success(request, said)
    return redirect("loyalty:promo", public_id)


def bound_client(actor: Actor, words: str) -> str:
    """Return the public id of the only client whom typed words find, "" for no words. Raises Invalid at `who`."""
    if not words.strip():
        return ""
    found = people.find_clients(actor, words)
    if len(found) != 1:
        message = _("Nobody is found by this.") if not found else _("Several are found: type more of the name.")
        raise Invalid(message, fields={"who": message})
    return str(found[0].public_id)


@signed_in
@require_GET
def promo_file(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Give the codes of a promo as a file. The right is its own, the act is logged."""
    actor = actor_of(request)
    row = promos.get_promo(actor, public_id)
    actor.require(SET_UP)

    def rows() -> Iterator[Sequence[Writable]]:
        for page in promos.walk_codes(row):
            clients = _clients(actor, [one.client_id for one in page])
            for one in page:
                left = "" if one.most is None else one.most - one.used
                state = _("holds") if one.is_on and row.is_on else _("switched off")
                yield [one.code, state, one.used, left, clients.get(one.client_id, ("",))[0]]

    made = ListFile(
        what="promo_codes",
        name=_("promo-codes"),
        heads=[_("Code"), _("State"), _("Used"), _("Left"), _("Client")],
        count=lambda most: min(promos.sums_of([row.pk])[row.pk].codes, most),
        rows=rows,
        query=[row.name],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=timezone.now()))
