"""Products made and changed: fields, variants, what kits are made of, what goes together, what may be chosen."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.catalogue import queries, services
from voronka.catalogue.forms import ProductForm, VariantForm, product_initial, refuse, typed, variant_initial
from voronka.catalogue.models import KitLine, OptionGroup, Product, Related, Variant
from voronka.catalogue.permissions import EDIT, SEE
from voronka.catalogue.queries.goods import get_product
from voronka.catalogue.services import GroupDraft, OptionDraft, ProductDraft, VariantDraft
from voronka.catalogue.services.words import read_delta, read_quantity
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in

MOST_ROWS = 200
SPARE_ROWS = 3  # empty rows for more of something, on pages that work without script


@signed_in
@require_http_methods(["GET", "POST"])
def goods_add(request: HttpRequest) -> HttpResponse:
    """Make a product with its variants."""
    actor_of(request).require(EDIT)
    draft = ProductDraft(name=request.GET.get("name", "")[:300])
    return _edit(request, draft, None)


@signed_in
@require_http_methods(["GET", "POST"])
def goods_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a product and its variants."""
    actor_of(request).require(EDIT)
    product = get_product(public_id)
    return _edit(request, services.draft_of(product), product)


def _edit(request: HttpRequest, draft: ProductDraft, product: Product | None) -> HttpResponse:
    posted = typed(request)
    form = ProductForm(posted, initial=product_initial(draft))
    rows = _variant_forms(request, draft, is_new=product is None)
    status = 200
    if posted is not None and posted.get("act") != "more":
        filled = [one for one in rows if not one.is_blank()]
        if _are_valid(form, filled):
            saved = _save(request, form, filled, product)
            if saved is not None:
                messages.success(request, _("Saved"))
                return redirect("catalogue:goods-detail", saved.public_id)
        status = 422
    context = {
        "form": form,
        "rows": rows,
        "product": product,
        "version": posted.get("version", "") if posted is not None else product.version if product else "",
    }
    return render(request, "catalogue/goods_edit.html", context, status=status)


def _are_valid(form: ProductForm, rows: Sequence[VariantForm]) -> bool:
    return all([form.is_valid(), *(one.is_valid() for one in rows)])


def _save(
    request: HttpRequest, form: ProductForm, rows: Sequence[VariantForm], product: Product | None
) -> Product | None:
    variants = tuple(one.draft() for one in rows)
    if not variants and product is None:
        variants = (VariantDraft(),)
    given = request.POST.get("version", "")
    try:
        return services.save_product(
            actor=actor_of(request),
            draft=ProductDraft(**form.cleaned_data, variants=variants),
            now=timezone.now(),
            public_id=product.public_id if product else "",
            version=int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None,
        )
    except Invalid as wrong:
        places: list[tuple[str, forms.Form]] = [(f"variants.{n}.", one) for n, one in enumerate(rows)]
        refuse([*places, ("", form)], wrong.fields, wrong.message)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return None


def _variant_forms(request: HttpRequest, draft: ProductDraft, *, is_new: bool) -> list[VariantForm]:
    """Return the forms of variants: those there are, and an empty one for one more."""
    posted = typed(request)
    if posted is not None:
        asked = posted.get("rows", "")
        count = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
        found = [VariantForm(posted, prefix=f"v{number}") for number in range(min(count, MOST_ROWS))]
        if posted.get("act") == "more":
            found.append(VariantForm(initial={"is_on_sale": True}, prefix=f"v{len(found)}"))
        return found
    drafts = draft.variants
    return [VariantForm(initial=variant_initial(one), prefix=f"v{number}") for number, one in enumerate(drafts)]


@signed_in
@require_GET
def goods_find(request: HttpRequest) -> HttpResponse:
    """Find variants for a choice, by name, article or barcode: public id, article, name."""
    actor_of(request).require(SEE)
    found = queries.find_variants(request.GET.get("q", "")[:200], most=12)
    rows = [{"id": one.public_id, "code": one.code, "name": one.name} for one in found]
    return JsonResponse({"goods": rows})


def _variant_of(text: str) -> Variant | None:
    """Return the variant that a person named: by its article, a barcode, or the public id that a choice has put in."""
    line = text.strip()[:200].replace("\0", "")
    if not line:
        return None
    found = Variant.objects.filter(code=line).first() or Variant.objects.filter(public_id=line).first()
    if found is None:
        cards = queries.find_variants(barcode=line) or queries.find_variants(line, most=2)
        found = Variant.objects.get(pk=cards[0].id) if len(cards) == 1 else None
    return found


@signed_in
@require_http_methods(["GET", "POST"])
def kit_edit(request: HttpRequest, public_id: str, variant_id: str) -> HttpResponse:
    """Say what a kit is made of: an article or a barcode and a quantity on each row."""
    actor = actor_of(request)
    actor.require(EDIT)
    product = get_product(public_id)
    kit = Variant.objects.filter(product=product, public_id=variant_id).first()
    if kit is None:
        raise NotFound(_("There is no such variant."))
    if request.method == "POST":
        rows = [
            {"what": what, "quantity": quantity, "why": "", "name": ""}
            for what, quantity in zip(request.POST.getlist("what"), request.POST.getlist("quantity"), strict=False)
            if what.strip()
        ][:MOST_ROWS]
        if _set_lines(request, kit, rows):
            messages.success(request, _("Saved"))
            return redirect("catalogue:goods-detail", public_id)
    else:
        lines = KitLine.objects.filter(kit=kit).select_related("part").order_by("position", "id")
        rows = [
            {"what": one.part.code, "quantity": f"{one.quantity.normalize():f}", "why": "", "name": one.part.name}
            for one in lines
        ]
    spare = [{"what": "", "quantity": "1", "why": "", "name": ""} for _number in range(SPARE_ROWS)]
    context = {"product": product, "kit": kit, "rows": [*rows, *spare]}
    return render(request, "catalogue/kit_edit.html", context, status=422 if request.method == "POST" else 200)


def _set_lines(request: HttpRequest, kit: Variant, rows: list[dict[str, str]]) -> bool:
    found = [_variant_of(one["what"]) for one in rows]
    for row, part in zip(rows, found, strict=True):
        row["name"] = part.name if part else ""
        row["why"] = "" if part else _("Not found: write an article, a barcode or the whole name.")
    if any(one is None for one in found):
        return False
    lines = [(part.public_id, row["quantity"]) for part, row in zip(found, rows, strict=True) if part is not None]
    try:
        services.set_kit_lines(actor=actor_of(request), variant=kit.public_id, lines=lines)
    except Invalid as wrong:
        for number, row in enumerate(rows):
            row["why"] = wrong.fields.get(f"lines.{number}", "")
        if not any(row["why"] for row in rows):
            messages.error(request, wrong.message)
        return False
    return True


@signed_in
@require_http_methods(["GET", "POST"])
def related_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what goes with a product: an article on each line, for each of the two kinds."""
    actor = actor_of(request)
    actor.require(EDIT)
    product = get_product(public_id)
    texts, whys = {}, dict.fromkeys(Related.Kind.values, "")
    for kind in Related.Kind.values:
        rows = Related.objects.filter(product=product, kind=kind).order_by("position", "id")
        first = Variant.objects.filter(product_id__in=[one.other_id for one in rows])
        code_of = dict(first.order_by("-position", "-id").values_list("product_id", "code"))  # the first one stays
        codes = [code_of[one.other_id] for one in rows]
        texts[kind] = request.POST.get(kind, "")[:5_000] if request.method == "POST" else "\n".join(codes)
    if request.method == "POST":
        for kind, text in texts.items():
            whys[kind] = _set_related(request, product, kind, text)
        if not any(whys.values()):
            messages.success(request, _("Saved"))
            return redirect("catalogue:goods-detail", public_id)
    context = {"product": product, "texts": texts, "whys": whys}
    return render(request, "catalogue/related_edit.html", context, status=422 if request.method == "POST" else 200)


def _set_related(request: HttpRequest, product: Product, kind: str, text: str) -> str:
    """Set one kind of what goes together; return what is wrong, empty when nothing is."""
    lines = [line for line in text.splitlines() if line.strip()][:MOST_ROWS]
    found = [_variant_of(line) for line in lines]
    missing = [line.strip() for line, one in zip(lines, found, strict=True) if one is None]
    if missing:
        return _("Not found: %(names)s") % {"names": ", ".join(missing[:5])}
    ids = [one.product_id for one in found if one is not None]
    names = dict(Product.objects.filter(pk__in=ids).values_list("id", "public_id"))
    try:
        services.set_related(
            actor=actor_of(request), product=product.public_id, kind=kind, others=[names[one] for one in ids]
        )
    except Invalid as wrong:
        return wrong.message
    return ""


@signed_in
@require_http_methods(["GET", "POST"])
def options_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what the buyer may choose: groups of options, each with its price and what it takes from stock."""
    actor = actor_of(request)
    actor.require(EDIT)
    product = get_product(public_id)
    groups = _typed_groups(request) if request.method == "POST" else _groups_of(product)
    why = ""
    if request.method == "POST":
        try:
            services.set_options(
                actor=actor, product=public_id, groups=[_draft(one) for one in groups if one["name"]]
            )
        except Invalid as wrong:
            why = " ".join(dict.fromkeys(wrong.fields.values())) or wrong.message
        else:
            messages.success(request, _("Saved"))
            return redirect("catalogue:goods-detail", public_id)
    context = {"product": product, "groups": [*groups, _empty_group()], "why": why}
    return render(request, "catalogue/options_edit.html", context, status=422 if why else 200)


def _empty_option() -> dict[str, str]:
    return {"name": "", "delta": "", "part": "", "quantity": ""}


def _empty_group() -> dict[str, Any]:
    return {"name": "", "most": "1", "needed": False, "options": [_empty_option() for _n in range(SPARE_ROWS)]}


def _groups_of(product: Product) -> list[dict[str, Any]]:
    found = []
    rows = OptionGroup.objects.filter(product=product).order_by("position", "id")
    for group in rows.prefetch_related("options__part"):
        options = [
            {
                "name": one.name,
                "delta": "" if one.price_delta == 0 else f"{one.price_delta:f}",
                "part": one.part.code if one.part else "",
                "quantity": f"{one.quantity.normalize():f}" if one.quantity else "",
            }
            for one in sorted(group.options.all(), key=lambda one: (one.position, one.pk))
        ]
        found.append(
            {
                "name": group.name,
                "most": str(group.most),
                "needed": group.is_required,
                "options": [*options, *(_empty_option() for _n in range(SPARE_ROWS))],
            }
        )
    return found


def _typed_groups(request: HttpRequest) -> list[dict[str, Any]]:
    found = []
    for number in range(20):
        if f"g{number}-name" not in request.POST:
            break
        parts = [request.POST.getlist(f"g{number}-{name}")[:60] for name in ("option", "delta", "part", "quantity")]
        options = [
            dict(zip(("name", "delta", "part", "quantity"), row, strict=True)) for row in zip(*parts, strict=False)
        ]
        found.append(
            {
                "name": request.POST[f"g{number}-name"].strip(),
                "most": request.POST.get(f"g{number}-most", "1"),
                "needed": f"g{number}-needed" in request.POST,
                "options": options,
            }
        )
    return found


def _draft(group: dict[str, Any]) -> GroupDraft:
    """Return a group as it was typed. Raises Invalid."""
    most = group["most"].strip()
    try:
        options = tuple(_option(one) for one in group["options"] if one["name"].strip())
    except ValueError as error:
        raise Invalid(f"{group['name']}: {error}") from error
    return GroupDraft(
        name=group["name"],
        is_required=group["needed"],
        most=int(most) if most.isascii() and most.isdigit() and len(most) < 4 else 0,
        options=options,
    )


def _option(one: dict[str, str]) -> OptionDraft:
    part = _variant_of(one["part"])
    if one["part"].strip() and part is None:
        raise ValueError(_("Not found: %(names)s") % {"names": one["part"][:60]})
    quantity = read_quantity(one["quantity"] or "1") if part is not None else None
    delta = read_delta(one["delta"]) if one["delta"].strip() else Decimal(0)
    return OptionDraft(name=one["name"], price_delta=delta, part_id=part.pk if part else None, quantity=quantity)


def card_address(public_id: str) -> str:
    """Return the address of a product's page."""
    return reverse("catalogue:goods-detail", args=[public_id])
