"""Settings of prices: kinds with rounding and guard, rules of markup, suppliers, rates of currencies."""

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.catalogue import services
from voronka.catalogue.forms import KindForm, RateForm, RuleForm, SupplierForm, take, typed
from voronka.catalogue.models import PriceKind, PriceRule, Rate, Supplier
from voronka.catalogue.permissions import CHANGE_PRICES, SET_UP_PRICES
from voronka.catalogue.queries.costs import variants_with_cost
from voronka.catalogue.queries.goods import list_kinds
from voronka.catalogue.services import KindDraft, RuleDraft, SupplierDraft
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    actor.require(SET_UP_PRICES)
    return actor


def _names() -> dict[str, str]:
    return {
        "kinds": _("Kinds of prices"),
        "price-rules": _("Rules of markup"),
        "suppliers": _("Suppliers"),
        "rates": _("Rates"),
        "terms": _("Personal prices"),
        "feeds": _("Feeds"),
    }


def page_of(code: str) -> str:
    """Return what a page of these settings is called."""
    return _names()[code]


def tabs_of(here: str) -> list[Tab]:
    """Return the ways between the pages of these settings."""
    return [Tab(name, reverse(f"catalogue:{code}"), active=code == here) for code, name in _names().items()]


def _page(request: HttpRequest, here: str, form: forms.Form | None, **more: Any) -> HttpResponse:
    context = {"tabs": tabs_of(here), "here": here, "form": form, **more}
    template = f"catalogue/{here.replace('-', '_')}.html"
    return render(request, template, context, status=422 if form is not None and form.errors else 200)


def _form_page(request: HttpRequest, here: str, form: forms.Form, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": reverse(f"catalogue:{here}"), "way": _names()[here]}
    return render(request, "catalogue/settings_form.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: forms.Form, act: Callable[[], object], back: str) -> HttpResponse | None:
    if request.method != "POST" or not take(form, act):
        return None
    messages.success(request, _("Saved"))
    return redirect(f"catalogue:{back}")


@signed_in
@require_GET
def kind_list(request: HttpRequest) -> HttpResponse:
    """Show the kinds of prices; a company that has none gets those that every shop begins with."""
    _actor(request)
    if not PriceKind.objects.exists():
        services.ship_kinds()
    return _page(request, "kinds", None, rows=list_kinds(on=False))


@signed_in
@require_http_methods(["GET", "POST"])
def kind_edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Make a kind of price, or change one; its code stays."""
    actor = _actor(request)
    row = PriceKind.objects.filter(code=code).first() if code else None
    if code and row is None:
        raise NotFound(_("There is no such kind of price."))
    names = [one.name for one in fields(KindDraft)]
    initial = {name: getattr(row, name) for name in names} if row else {"step": "0.01", "is_on": True}
    form = KindForm(typed(request), initial=initial)
    if row is not None:
        form.fields["code"].disabled = True
    done = _saved(
        request,
        form,
        lambda: services.save_kind(actor=actor, code=code, draft=KindDraft(**form.cleaned_data)),
        "kinds",
    )
    return done or _form_page(request, "kinds", form, row.name if row else _("New kind of price"))


@signed_in
@require_POST
def kind_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a kind that nothing needs."""
    services.delete_kind(actor=_actor(request), code=code)
    return redirect("catalogue:kinds")


# A thousand variants are a transaction of their own: all in one would hold them for as long as it takes.
@transaction.non_atomic_requests
@signed_in
@require_http_methods(["GET", "POST"])
def rule_list(request: HttpRequest) -> HttpResponse:
    """Show the rules in their order; posted, apply them to all goods that have a cost."""
    if request.method == "POST":
        with transaction.atomic():
            actor = _actor(request)
            actor.require(CHANGE_PRICES)
            priced = variants_with_cost()
        done = services.apply_rules(actor=actor, variant_ids=priced, now=timezone.now())
        said = _("Prices changed: %(changed)d, stood so already: %(same)d, held by the guard: %(held)d")
        messages.success(request, said % {"changed": done.changed, "same": done.same, "held": len(done.held)})
        return redirect("catalogue:price-rules")
    with transaction.atomic():
        actor = _actor(request)
        rows = PriceRule.objects.select_related("kind", "supplier", "category").order_by("position", "id")
        return _page(request, "price-rules", None, rows=list(rows), may_apply=actor.may(CHANGE_PRICES))


@signed_in
@require_http_methods(["GET", "POST"])
def rule_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a rule of markup, or change one."""
    actor = _actor(request)
    row = services.get_rule(public_id) if public_id else None
    initial: dict[str, Any] = {"is_on": True}
    if row is not None:
        initial = {one.name: getattr(row, one.name) for one in fields(RuleDraft)}
        initial |= {
            "kind": row.kind.code,
            "supplier": row.supplier.public_id if row.supplier else "",
            "category": row.category.public_id if row.category else "",
        }
    kinds = [(one.code, one.name) for one in list_kinds()]
    suppliers = list(Supplier.objects.filter(is_on=True).order_by("name").values_list("public_id", "name"))
    form = RuleForm(typed(request), initial=initial, kinds=kinds, suppliers=suppliers)

    def save() -> None:
        wanted = dict(form.cleaned_data)
        wanted["markup_percent"] = wanted["markup_percent"] or Decimal(0)
        wanted["plus"] = wanted["plus"] or Decimal(0)
        services.save_rule(actor=actor, public_id=public_id, draft=RuleDraft(**wanted))

    done = _saved(request, form, save, "price-rules")
    return done or _form_page(request, "price-rules", form, row.name if row else _("New rule"))


@signed_in
@require_POST
def rule_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move a rule up or down, or with `to` delete it."""
    actor, to = _actor(request), request.POST.get("to", "")
    if to == "delete":
        services.delete_rule(actor=actor, public_id=public_id)
    else:
        services.move_rule(actor=actor, public_id=public_id, by=-1 if to == "up" else 1)
    return redirect("catalogue:price-rules")


@signed_in
@require_GET
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Show who supplies goods."""
    _actor(request)
    rows = Supplier.objects.select_related("client").order_by("-is_on", "name")
    return _page(request, "suppliers", None, rows=list(rows))


@signed_in
@require_http_methods(["GET", "POST"])
def supplier_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a supplier, or change one; the card among clients stays as it is."""
    actor = _actor(request)
    row = Supplier.objects.select_related("client").filter(public_id=public_id).first() if public_id else None
    if public_id and row is None:
        raise NotFound(_("There is no such supplier."))
    names = ("name", "currency", "lead_days", "comment", "is_on")
    form = SupplierForm(
        typed(request), initial={name: getattr(row, name) for name in names} if row else {"is_on": True}
    )
    client = row.client.public_id if row and row.client else ""
    done = _saved(
        request,
        form,
        lambda: services.save_supplier(
            actor=actor, public_id=public_id, draft=SupplierDraft(**form.cleaned_data, client=client)
        ),
        "suppliers",
    )
    return done or _form_page(request, "suppliers", form, row.name if row else _("New supplier"))


@signed_in
@require_http_methods(["GET", "POST"])
def rate_list(request: HttpRequest) -> HttpResponse:
    """Show the rates of currencies, the newest first, and a form for one more."""
    actor = _actor(request)
    form = RateForm(typed(request), initial={"since": timezone.now().astimezone(actor.zone).date()})
    done = _saved(request, form, lambda: services.set_rate(actor=actor, **form.cleaned_data), "rates")
    return done or _page(request, "rates", form, rows=list(Rate.objects.order_by("-since", "currency")[:60]))
