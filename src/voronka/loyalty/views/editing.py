"""A promo made, or changed."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries.tree import category_names
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.money import parse_amount
from voronka.kit.screens import actor_of, signed_in
from voronka.loyalty import services
from voronka.loyalty.models import Promo, PromoCode
from voronka.loyalty.permissions import SET_UP
from voronka.loyalty.queries import promos
from voronka.loyalty.views.cards import bound_client
from voronka.loyalty.views.words import plain
from voronka.people import queries as people
from voronka.people.services.cleaning import Problems

FIELDS = (
    "name", "kind", "way", "amount", "cap", "minimum", "per_client", "since", "until", "alone", "note", "code", "most",
    "who", "articles", "version",
)  # fmt: skip
MOST_ARTICLES = 500


@signed_in
@require_http_methods(["GET", "POST"])
def promo_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a promo, or change one."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = promos.get_promo(actor, public_id) if public_id else None
    if request.method == "GET":
        return _form(request, row, _typed_of(row, actor), _categories_of(row), {}, status=200)
    typed = {name: request.POST.get(name, "")[:40_000].replace("\0", "") for name in FIELDS}
    chosen = [str(one)[:20].replace("\0", "") for one in request.POST.getlist("category")[:1_000]]
    try:
        draft = _draft(actor, typed, chosen, row)
        version = int(typed["version"]) if typed["version"].isdecimal() and len(typed["version"]) < 9 else None
        saved = services.save_promo(
            actor=actor, draft=draft, now=timezone.now(), public_id=public_id, version=version if row else None
        )
    except Invalid as refusal:
        problems = {name: str(words) for name, words in refusal.fields.items()}
        return _form(request, row, typed, chosen, problems, status=422)
    messages.success(request, _("Saved"))
    return redirect("loyalty:promo", saved.public_id)


def _categories_of(row: Promo | None) -> list[str]:
    return promos.goods_of(row)[0] if row else []


def _typed_of(row: Promo | None, actor: Actor) -> dict[str, str]:
    """Return the fields of the form as a promo has them."""
    if row is None:
        return {"kind": "shared", "way": "percent"}
    code = None if row.is_batch else PromoCode.objects.select_related("client").filter(promo=row).first()
    last = None if row.until is None else row.until - timedelta(microseconds=1)
    return {
        "name": row.name,
        "kind": "batch" if row.is_batch else "shared",
        "way": "percent" if row.is_percent else "sum",
        "amount": plain(row.amount),
        "cap": plain(row.cap),
        "minimum": plain(row.minimum) if row.minimum else "",
        "per_client": str(row.per_client or ""),
        "since": "" if row.since is None else row.since.astimezone(actor.zone).date().isoformat(),
        "until": "" if last is None else last.astimezone(actor.zone).date().isoformat(),
        "alone": "" if row.with_terms else "yes",
        "note": row.note,
        "code": code.code if code else "",
        "most": str(code.most or "") if code else "",
        "who": people.name_shown(actor, code.client.name) if code and code.client else "",
        "articles": "\n".join(article for _id, article in promos.goods_of(row)[1]),
        "version": str(row.version),
    }


def _draft(actor: Actor, typed: Mapping[str, str], chosen: list[str], row: Promo | None) -> services.PromoDraft:
    """Read the form. Raises Invalid for what cannot be read."""
    problems = Problems()
    since, last = _day(typed, "since", problems), _day(typed, "until", problems)
    client = _client(actor, typed["who"], row, problems)
    draft = services.PromoDraft(
        name=typed["name"],
        is_batch=typed["kind"] == "batch",
        is_percent=typed["way"] != "sum",
        amount=_money(typed, "amount", problems) or Decimal(0),
        cap=_money(typed, "cap", problems),
        minimum=_money(typed, "minimum", problems) or Decimal(0),
        per_client=_count(typed, "per_client", problems),
        since=None if since is None else datetime.combine(since, time.min, actor.zone),
        until=None if last is None else datetime.combine(last + timedelta(days=1), time.min, actor.zone),
        with_terms=not typed["alone"],
        categories=chosen,
        variants=_variants(typed["articles"], problems),
        note=typed["note"],
        code=typed["code"],
        most=_count(typed, "most", problems),
        client=client,
    )
    problems.settle()
    return draft


def _client(actor: Actor, words: str, row: Promo | None, problems: Problems) -> str:
    """Return whom the code is for: the same as before where nothing else is typed."""
    if row is not None and not row.is_batch and words.strip():
        code = PromoCode.objects.select_related("client").filter(promo=row).first()
        if code and code.client and people.name_shown(actor, code.client.name) == words.strip():
            return str(code.client.public_id)
    try:
        return bound_client(actor, words[:200])
    except Invalid as refusal:
        problems.extend(refusal.fields)
        return ""


def _money(typed: Mapping[str, str], name: str, problems: Problems) -> Decimal | None:
    text = typed[name].replace("%", "").strip()[:40]
    if not text:
        return None
    try:
        return parse_amount(text)
    except ValueError:
        problems.add(name, _("This is no number."))
        return Decimal(1)


def _count(typed: Mapping[str, str], name: str, problems: Problems) -> int | None:
    bare = "".join(typed[name].split())
    if not bare:
        return None
    if not (bare.isascii() and bare.isdecimal() and len(bare) < 10):
        problems.add(name, _("A whole number from 1 on is needed."))
        return None
    return int(bare)


def _day(typed: Mapping[str, str], name: str, problems: Problems) -> date | None:
    text = typed[name].strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:
        problems.add(name, _("This is no day."))
        return None
    return found


def _variants(text: str, problems: Problems) -> list[str]:
    """Return the public ids of the articles, one a line; the first that is not there is named."""
    articles = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(articles) > MOST_ARTICLES:
        problems.add("goods", _("At most %(most)d categories and goods.") % {"most": MOST_ARTICLES})
        return []
    found = []
    for article in articles:
        known = catalogue.find_variants(code=article[:60])
        if not known:
            problems.add("goods", _("There is no article %(code)s.") % {"code": article[:60]})
            break
        found.append(known[0].public_id)
    return found


def _form(
    request: HttpRequest,
    row: Promo | None,
    typed: Mapping[str, str],
    chosen: list[str],
    problems: Mapping[str, str],
    *,
    status: int,
) -> HttpResponse:
    context = {
        "row": row,
        "typed": typed,
        "problems": problems,
        "kinds": [("shared", _("one code for all")), ("batch", _("codes for single use"))],
        "ways": [("percent", _("percent")), ("sum", _("a sum"))],
        "is_batch": typed.get("kind") == "batch",
        "categories": [(code, name, code in chosen) for code, name in category_names()],
        "chosen": len(chosen),
        "back": reverse("loyalty:promo", args=[row.public_id]) if row else reverse("loyalty:promos"),
    }
    return render(request, "loyalty/promo_edit.html", context, status=status)
