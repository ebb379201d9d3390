"""The order form of the shop: what it sells, how much of it there is, what somebody wants of it."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.origin import client_address
from voronka.kit.public_pages import is_over, language_of, private, refused
from voronka.kit.tenancy import company_context
from voronka.loyalty.queries.referrals import PARAMETER, get_terms
from voronka.orders import services
from voronka.orders.client_page.showing import unit_shown
from voronka.orders.client_page.views import PAGE, read_quantity, wrong_link
from voronka.orders.queries import list_delivery, list_payment
from voronka.orders.queries.shop import Offered, get_shop_page, offered
from voronka.orders.services.shop_page import FormOrder, order_by_form
from voronka.people import services as people

FIELDS = (
    "name",
    "phone",
    "email",
    "city",
    "address",
    "comment",
    "delivery",
    "payment",
    "consent",
    "subscribe",
    "promo",
    "friend",
)
QUANTITY = "n-"


@csrf_exempt  # a form for strangers: no cookie gives anybody anything here
@require_http_methods(["GET", "POST"])
def order_form(request: HttpRequest, form_key: str) -> HttpResponse:
    """Show what the shop sells and take an order; sent twice, it is one."""
    with translation.override(language_of(request)):
        if is_over(PAGE, request, "act" if request.method == "POST" else "look"):
            return refused(request, 429, _("Too many requests from one place. Wait a little and try again."))
        company_id = accounts.company_of_form(form_key)
        if company_id is None:
            return wrong_link(request)
        with company_context(company_id, origin="order form"):
            if not get_shop_page().is_on:
                return wrong_link(request)
            answer = _taken(request, form_key, company_id) if request.method == "POST" else _page(request, form_key)
            return private(answer)


def _taken(request: HttpRequest, form_key: str, company_id: int) -> HttpResponse:
    held = {name: request.POST.get(name, "")[:2_000].replace("\0", "") for name in FIELDS}
    wanted: dict[str, Decimal] = {}
    try:
        if request.POST.get(people.HONEYPOT, ""):
            return _thanks(request)  # only a machine fills in what nobody sees; it is told nothing
        wanted = _wanted(request)
        operation = _operation(request)
        made = order_by_form(
            _form_order(request, held, wanted), actor=Actor.system(company_id, origin="order form"),
            now=timezone.now(), operation=operation, address=client_address(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, form_key, held, refusal=refusal)
    if made is None:
        return _thanks(request)
    answer = redirect(f"{reverse('orders:client', args=[services.token_of(made)])}?done=new")
    answer.status_code = 303
    return answer


def _thanks(request: HttpRequest) -> HttpResponse:
    context = {"company": accounts.get_company_rules(), "shop": get_shop_page(), "lang": language_of(request)}
    return render(request, "orders/client/thanks.html", context)


def _operation(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("operation", ""))
    except ValueError:
        raise Invalid(_("The page is broken: reload it and try again.")) from None


def _wanted(request: HttpRequest) -> dict[str, Decimal]:
    """Return the quantities by public id; empty and zero ones are left out. Raises Invalid at their places."""
    found: dict[str, Decimal] = {}
    wrong: dict[str, str] = {}
    for name in list(request.POST)[:1_000]:
        text = request.POST.get(name, "").strip()
        if not name.startswith(QUANTITY) or not text:
            continue
        public_id = name.removeprefix(QUANTITY)[:20]
        try:
            quantity = read_quantity(text)
        except Invalid:
            wrong[f"quantity-{public_id}"] = _("Say how many.")
            continue
        if quantity:
            found[public_id] = quantity
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    return found


def _form_order(request: HttpRequest, held: Mapping[str, str], wanted: Mapping[str, Decimal]) -> FormOrder:
    """Read who orders, as the lead form reads its fields: the same names, consents and signs of spam."""
    sent = {name: held[name] for name in ("name", "phone", "email", "city", "consent", "subscribe")}
    sent |= {"message": held["comment"], "filled_seconds": request.POST.get("filled_seconds", "")[:10]}
    touch = people.read_intake(sent, referrer=request.headers.get("Referer", "")[:1_000]).touch
    lacks = {}
    if not touch.phones:
        lacks["phone"] = _("Leave a phone: we confirm the order by it.")
    if not held["consent"]:
        lacks["consent"] = _("Without your consent we may not keep your data.")
    if lacks:
        raise Invalid(" ".join(lacks.values()), fields=lacks)
    return FormOrder(
        touch,
        wanted,
        held["delivery"],
        held["payment"],
        held["address"][:500],
        held["comment"],
        held["promo"][:40],
        held["friend"][:20],
    )


def _page(
    request: HttpRequest, form_key: str, held: Mapping[str, str] | None = None, *, refusal: Refusal | None = None
) -> HttpResponse:
    company, shop, lang = accounts.get_company_rules(), get_shop_page(), language_of(request)
    text = request.GET.get("q", "")[:100].replace("\0", "")
    goods = offered(shop, now=timezone.now(), text=text)
    chosen = {name: request.POST.get(name, "")[:20] for name in request.POST if name.startswith(QUANTITY)}
    problems = dict(refusal.fields) if refusal is not None else {}
    context = {
        "company": company,
        "shop": shop,
        "seller": shop.seller or company.name,
        "lang": lang,
        "other": "en" if lang == "ru" else "ru",
        "goods": [_shown(one, chosen, problems, company.currency, lang) for one in goods],
        "text": text,
        "held": held or {},
        "problems": problems,
        "why": _why(refusal, problems),
        "delivery": [(one, _price(one.cost, company.currency, lang)) for one in list_delivery()],
        "payment": list_payment(),
        "operation": request.POST.get("operation") or str(uuid.uuid4()),
        "honeypot": people.HONEYPOT,
        "form_key": form_key,
        "asks_friend": get_terms().is_on,
        "friend": (held or {}).get("friend") or request.GET.get(PARAMETER, "")[:20].replace("\0", ""),
    }
    return render(request, "orders/client/form.html", context, status=refusal.status if refusal else 200)


def _why(refusal: Refusal | None, problems: Mapping[str, str]) -> str:
    """Return what is wrong in the whole: where places are named, that they are to be looked at."""
    if refusal is None:
        return ""
    return problems.get("goods", "") or (_("Look at the marked places.") if problems else refusal.message)


def _price(cost: Decimal, currency: str, lang: str) -> str:
    return wording.money(cost, currency, lang) if cost else _("no charge")


def _shown(
    one: Offered, chosen: Mapping[str, str], problems: Mapping[str, str], currency: str, lang: str
) -> dict[str, Any]:
    """Return goods as the form shows them. How many there are is told where there are few."""
    few = one.free is not None and one.free < 10
    left = "" if one.free is None else _("not in stock") if one.free <= 0 else _("in stock")
    if few and one.free is not None and one.free > 0:
        left = _("only %(n)s left") % {"n": wording.number(one.free.normalize(), lang)}
    return {
        "id": one.public_id,
        "field": QUANTITY + one.public_id,
        "name": one.name,
        "code": one.code,
        "price": wording.money(one.price, currency, lang),
        "amount": str(one.price),
        "unit": unit_shown(one.unit),
        "left": left,
        "is_out": one.free is not None and one.free <= 0,
        "most": "" if one.free is None else f"{one.free.normalize():f}",
        "step": "0.001" if one.is_weighed else "1",
        "value": chosen.get(QUANTITY + one.public_id, ""),
        "why": problems.get(f"quantity-{one.public_id}", ""),
    }
