"""What kits are made of, what goes with what, and what the buyer may choose."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.events import ProductSaved
from voronka.catalogue.models import KitLine, Option, OptionGroup, Product, Related, Variant
from voronka.catalogue.permissions import EDIT
from voronka.catalogue.rules.kits import MOST_DEPTH, depth_with
from voronka.catalogue.services.locking import lock_whole
from voronka.catalogue.services.products import get_locked
from voronka.catalogue.services.shapes import GroupDraft, OptionDraft
from voronka.catalogue.services.words import MOST_PRICE, read_quantity
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.people.services.cleaning import Problems, fit

MOST_LINES, MOST_RELATED, MOST_GROUPS, MOST_CHOICES = 100, 50, 20, 50


@transaction.atomic
def set_kit_lines(*, actor: Actor, variant: str, lines: Sequence[tuple[str, Decimal | str]]) -> list[KitLine]:
    """Say what a kit is made of: public ids of variants with quantities, in their order; return the lines.

    Raises Denied, NotFound, Invalid: a part twice, a service, a kit that would come to hold itself or go too deep.
    """
    actor.require(EDIT)
    lock_whole("kits")
    kit = Variant.objects.select_related("product").filter(public_id=variant).first()
    if kit is None:
        raise NotFound(_("There is no such variant."))
    if kit.product.kind != Product.Kind.KIT:
        raise Invalid(_("Only a kit is made of parts: change the kind of the product."), code="not_a_kit")
    wanted = _read_lines(lines)
    parts_of: dict[int, set[int]] = {}
    for holder, part in KitLine.objects.exclude(kit=kit).values_list("kit_id", "part_id"):
        parts_of.setdefault(holder, set()).add(part)
    parts_of[kit.pk] = set(wanted)
    _check_depth(parts_of)
    have = {one.part_id: one for one in KitLine.objects.filter(kit=kit)}
    KitLine.objects.filter(pk__in=[one.pk for part, one in have.items() if part not in wanted]).delete()
    written = []
    changed = len(have.keys() - wanted.keys()) > 0
    for place, (part, quantity) in enumerate(wanted.items()):
        line = have.get(part) or KitLine(kit=kit, part_id=part)
        if line.pk is None or (line.quantity, line.position) != (quantity, place):
            line.quantity, line.position = quantity, place
            line.save()
            changed = True
        written.append(line)
    if changed:
        publish(ProductSaved(product_id=kit.product_id, is_new=False))
    return written


def _read_lines(lines: Sequence[tuple[str, Decimal | str]]) -> dict[int, Decimal]:
    problems = Problems()
    if len(lines) > MOST_LINES:
        problems.add("lines", _("A kit has at most %(most)d parts.") % {"most": MOST_LINES})
        problems.settle()
    rows = Variant.objects.filter(public_id__in=[one for one, _quantity in lines]).select_related("product")
    known = {one.public_id: one for one in rows}
    found: dict[int, Decimal] = {}
    for number, (public_id, quantity) in enumerate(lines):
        part = known.get(public_id)
        if part is None:
            problems.add(f"lines.{number}", _("There is no such variant."))
        elif part.product.kind == Product.Kind.SERVICE:
            problems.add(f"lines.{number}", _("A service cannot be a part of a kit: it does not lie in stock."))
        elif part.pk in found:
            problems.add(f"lines.{number}", _("This part is in the kit already: change its quantity."))
        else:
            try:
                found[part.pk] = read_quantity(str(quantity))
            except ValueError as error:
                problems.add(f"lines.{number}", str(error))
    problems.settle()
    return found


def _check_depth(parts_of: Mapping[int, set[int]]) -> None:
    """Check all kits: one that holds this one goes deeper with it."""
    try:
        deepest = max(depth_with(parts_of, one) for one in parts_of)
    except ValueError:
        message = _("A kit cannot hold itself, not even by way of another kit.")
        raise Invalid(message, code="cycle", fields={"lines": message}) from None
    if deepest > MOST_DEPTH:
        message = _("Kits within kits go at most %(most)d deep.") % {"most": MOST_DEPTH}
        raise Invalid(message, code="too_deep", fields={"lines": message})


@transaction.atomic
def set_related(*, actor: Actor, product: str, kind: str, others: Sequence[str]) -> None:
    """Say what goes with a product: public ids of products, in their order. Raises Denied, NotFound, Invalid."""
    actor.require(EDIT)
    if kind not in Related.Kind.values:
        raise Invalid(_("Choose one of the list."), fields={"kind": _("Choose one of the list.")})
    row = get_locked(product)
    wanted = list(dict.fromkeys(others))
    if len(wanted) > MOST_RELATED:
        raise Invalid(_("At most %(most)d of them.") % {"most": MOST_RELATED})
    if product in wanted:
        raise Invalid(_("A product cannot go with itself."))
    known = dict(Product.objects.filter(public_id__in=wanted).values_list("public_id", "id"))
    if len(known) != len(wanted):
        raise NotFound(_("There is no such product."))
    ids = [known[one] for one in wanted]
    have = Related.objects.filter(product=row, kind=kind)
    if list(have.order_by("position", "id").values_list("other_id", flat=True)) == ids:
        return
    have.delete()
    Related.objects.bulk_create(
        [Related(product=row, other_id=one, kind=kind, position=place) for place, one in enumerate(ids)]
    )
    publish(ProductSaved(product_id=row.pk, is_new=False))


@transaction.atomic
def set_options(*, actor: Actor, product: str, groups: Sequence[GroupDraft]) -> list[OptionGroup]:
    """Say what the buyer may choose; groups and options keep their ids by name. Raises Denied, NotFound, Invalid."""
    actor.require(EDIT)
    row = get_locked(product)
    problems = Problems()
    _check_groups(row, groups, problems)
    problems.settle()
    have = {one.name: one for one in OptionGroup.objects.filter(product=row)}
    names = [" ".join(one.name.split()) for one in groups]
    OptionGroup.objects.filter(pk__in=[one.pk for name, one in have.items() if name not in names]).delete()
    written = []
    for place, (name, draft) in enumerate(zip(names, groups, strict=True)):
        group = have.get(name) or OptionGroup(product=row, name=name)
        group.is_required, group.most, group.position = draft.is_required, draft.most, place
        group.save()
        _write_options(group, draft.options)
        written.append(group)
    publish(ProductSaved(product_id=row.pk, is_new=False))
    return written


def _check_groups(row: Product, groups: Sequence[GroupDraft], problems: Problems) -> None:
    if len(groups) > MOST_GROUPS:
        problems.add("groups", _("At most %(most)d of them.") % {"most": MOST_GROUPS})
        return
    if row.kind == Product.Kind.SERVICE and any(one.part_id for group in groups for one in group.options):
        problems.add("groups", _("Options of a service take nothing from stock."))
    parts = {one.part_id for group in groups for one in group.options if one.part_id}
    known = set(Variant.objects.filter(pk__in=parts).exclude(product=row).values_list("id", flat=True))
    seen: set[str] = set()
    for number, group in enumerate(groups):
        name = fit(f"groups.{number}.name", group.name, 100, problems)
        if not name or name in seen:
            problems.add(f"groups.{number}.name", _("Give each choice a name of its own."))
        seen.add(name)
        if not 1 <= group.most <= MOST_CHOICES or not 1 <= len(group.options) <= MOST_CHOICES:
            problems.add(f"groups.{number}", _("A choice has options, and lets choose one or more."))
        if sum(one.is_default for one in group.options) > group.most:
            problems.add(f"groups.{number}", _("More options are chosen beforehand than may be chosen."))
        _check_options(number, group.options, known, problems)


def _check_options(number: int, options: Sequence[OptionDraft], known: set[int], problems: Problems) -> None:
    names: set[str] = set()
    for at, one in enumerate(options):
        where = f"groups.{number}.options.{at}"
        name = fit(where, one.name, 100, problems)
        if not name or name in names:
            problems.add(where, _("Give each option a name of its own."))
        names.add(name)
        if not one.price_delta.is_finite() or abs(one.price_delta) > MOST_PRICE:
            problems.add(where, _("A price of a thousand million and more is surely a slip."))
        if one.part_id is not None and one.part_id not in known:
            problems.add(where, _("There is no such variant."))
        if (one.part_id is None) != (one.quantity is None) or (one.quantity is not None and one.quantity <= 0):
            problems.add(where, _("A quantity is more than nought."))


def _write_options(group: OptionGroup, wanted: Sequence[OptionDraft]) -> None:
    have = {one.name: one for one in Option.objects.filter(group=group)}
    names = [" ".join(one.name.split()) for one in wanted]
    Option.objects.filter(pk__in=[one.pk for name, one in have.items() if name not in names]).delete()
    for place, (name, draft) in enumerate(zip(names, wanted, strict=True)):
        option = have.get(name) or Option(group=group, name=name)
        option.price_delta, option.part_id, option.quantity = draft.price_delta, draft.part_id, draft.quantity
        option.is_default, option.position = draft.is_default, place
        option.save()
