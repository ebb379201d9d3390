"""The tree of categories, as choices and as pages need it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from voronka.catalogue.models import Category, Product


@dataclass(frozen=True, slots=True)
class Branch:
    """A category in the order of the tree: how deep it lies, how many products it holds itself."""

    row: Category
    depth: int
    count: int
    is_first: bool
    is_last: bool


def list_tree() -> list[Branch]:
    """Return all categories, each behind the one above it, in their order."""
    rows = list(Category.objects.order_by("position", "name", "id"))
    counts = dict(
        Product.objects.filter(category__isnull=False).values_list("category_id").annotate(n=Count("id")).order_by()
    )
    below: dict[int | None, list[Category]] = {}
    for one in rows:
        below.setdefault(one.parent_id, []).append(one)
    found: list[Branch] = []

    def walk(parent: int | None, depth: int) -> None:
        beside = below.get(parent, [])
        for number, one in enumerate(beside):
            found.append(Branch(one, depth, counts.get(one.pk, 0), number == 0, number == len(beside) - 1))
            walk(one.pk, depth + 1)

    walk(None, 0)
    return found


def category_names() -> Sequence[tuple[str, str]]:
    """Return the public id and the whole name of each category (`Дом / Столы`), in the order of the tree."""
    names: dict[int, str] = {}
    rows = Category.objects.order_by("path").only("id", "public_id", "name", "parent_id", "path")
    known = {one.pk: one for one in rows}
    for one in sorted(known.values(), key=lambda row: row.path.count("/")):
        above = names.get(one.parent_id or 0, "")
        names[one.pk] = f"{above} / {one.name}" if above else one.name
    return sorted(((known[pk].public_id, name) for pk, name in names.items()), key=lambda pair: pair[1])


def ids_below(category: Category) -> list[int]:
    """Return the ids of a category and of all below it."""
    rows = Category.objects.filter(path__gte=category.path, path__lt=category.path[:-1] + "0")
    return list(rows.values_list("id", flat=True))


def whole_names(ids: Sequence[int]) -> dict[int, str]:
    """Return the whole names of categories by id."""
    rows = dict(Category.objects.filter(pk__in=list(ids)).values_list("id", "path"))
    wanted = {int(part) for path in rows.values() for part in path.split("/") if part}
    names = dict(Category.objects.filter(pk__in=wanted).values_list("id", "name"))
    return {pk: " / ".join(names[int(part)] for part in path.split("/") if part) for pk, path in rows.items()}


def products_below(public_id: str) -> list[int] | None:
    """Return the ids of the products of a category and of all below it; None where there is no such category."""
    ids = branch_ids(public_id)
    return list(Product.objects.filter(category_id__in=ids).values_list("id", flat=True)) if ids else None


def products_by_ids(ids: Sequence[int]) -> dict[int, tuple[str, str, int | None]]:
    """Return public id, name and category of products by id; unknown ids are left out."""
    rows = Product.objects.filter(pk__in=list(ids)).values_list("id", "public_id", "name", "category_id")
    return {pk: (public_id, name, category) for pk, public_id, name, category in rows}


def product_id_of(public_id: str) -> int | None:
    """Return the id of a product by its public id."""
    return Product.objects.filter(public_id=public_id[:20]).values_list("id", flat=True).first()


def branch_ids(public_id: str) -> list[int]:
    """Return the ids of a category, by its public id, and of all below it; empty where there is no such category."""
    found = Category.objects.filter(public_id=public_id[:20]).first()
    return ids_below(found) if found is not None else []
