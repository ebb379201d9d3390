"""The tree of categories."""

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import Category, FeedCategory, PriceRule, Product
from voronka.catalogue.permissions import EDIT
from voronka.catalogue.services.feeds.touching import mark_stale
from voronka.catalogue.services.locking import lock_whole
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound, Refusal
from voronka.people.services.cleaning import Problems, fit

MOST, MOST_DEPTH = 5_000, 12


@transaction.atomic
def save_category(*, actor: Actor, name: str, parent: str = "", public_id: str = "") -> Category:
    """Make a category, or rename and move one; `parent` is the public id of the one above, empty for the top.

    Raises Denied, NotFound, Invalid for a name that its neighbours have, or a place below itself.
    """
    actor.require(EDIT)
    lock_whole("categories")
    known = {one.pk: one for one in Category.objects.order_by("id")}
    problems = Problems()
    tidy = fit("name", name, 200, problems)
    if not tidy:
        problems.add("name", _("Give the category a name."))
    above = _find(known, parent) if parent else None
    row = _find(known, public_id) if public_id else Category()
    if public_id and above is not None and f"/{row.pk}/" in above.path:
        problems.add("parent", _("A category cannot lie below itself: choose another place."))
    below = [one.path.count("/") for one in known.values() if public_id and f"/{row.pk}/" in one.path]
    height = max(below) - row.path.count("/") if below else 0
    if above is not None and above.path.count("/") + height > MOST_DEPTH:
        problems.add("parent", _("Categories lie at most %(most)d deep.") % {"most": MOST_DEPTH})
    above_id = above.pk if above else None
    same = (one for one in known.values() if one.parent_id == above_id and one.name.lower() == tidy.lower())
    if any(one.pk != row.pk for one in same):
        problems.add("name", _("There is a category of this name here already."))
    if not public_id and len(known) >= MOST:
        problems.add("name", _("There are %(most)d categories already.") % {"most": MOST})
    problems.settle()
    if not public_id:
        beside = [one.position for one in known.values() if one.parent_id == above_id]
        row.position = max(beside, default=-1) + 1
    row.name, row.parent_id = tidy, above_id
    row.save()
    known[row.pk] = row
    _write_paths(known, row, above)
    mark_stale()
    return row


def _find(known: dict[int, Category], public_id: str) -> Category:
    found = next((one for one in known.values() if one.public_id == public_id), None)
    if found is None:
        raise NotFound(_("There is no such category."))
    return found


def _write_paths(known: dict[int, Category], row: Category, above: Category | None) -> None:
    """Write the path of a category and of all below it, where it differs."""
    was = row.path
    now = f"{above.path if above else '/'}{row.pk}/"
    if was == now:
        return
    moved = [one for one in known.values() if was and one.path.startswith(was) and one.pk != row.pk]
    for one in moved:
        one.path = now + one.path[len(was) :]
    row.path = now
    Category.objects.bulk_update([row, *moved], ["path"])


@transaction.atomic
def move_category(*, actor: Actor, public_id: str, by: int) -> Category:
    """Move a category up (-1) or down (+1) among its neighbours. Raises Denied, NotFound."""
    actor.require(EDIT)
    lock_whole("categories")
    row = _find({one.pk: one for one in Category.objects.all()}, public_id)
    beside = list(Category.objects.filter(parent_id=row.parent_id).order_by("position", "id"))
    at = next(number for number, one in enumerate(beside) if one.pk == row.pk)
    beside.insert(min(max(at + by, 0), len(beside) - 1), beside.pop(at))
    for number, one in enumerate(beside):
        one.position = number
    Category.objects.bulk_update(beside, ["position"])
    return row


@transaction.atomic
def delete_category(*, actor: Actor, public_id: str) -> None:
    """Delete a category without branches; its goods go to the one above it, or to none.

    Raises Denied, NotFound, Refusal while it has branches, or a rule of prices or a feed names it.
    """
    actor.require(EDIT)
    lock_whole("categories")
    row = _find({one.pk: one for one in Category.objects.all()}, public_id)
    if Category.objects.filter(parent_id=row.pk).exists():
        raise Refusal(_("There are categories below this one: move or delete them first."), code="has_branches")
    if PriceRule.objects.filter(category_id=row.pk).exists():
        raise Refusal(_("A rule of prices names this category: change the rule first."), code="has_rules")
    if FeedCategory.objects.filter(category_id=row.pk).exists():
        raise Refusal(_("A feed names this category: change the feed first."), code="has_feeds")
    Product.objects.filter(category_id=row.pk).update(category_id=row.parent_id)
    row.delete()
    mark_stale()


def category_for(path: tuple[str, ...]) -> Category | None:
    """Return the category of these names from the top down, made where it is missing; for lists from outside.

    The caller has checked the right. An empty path is no category.
    """
    lock_whole("categories")
    above: Category | None = None
    for name in path[:MOST_DEPTH]:
        tidy = " ".join(name.split())[:200]
        found = Category.objects.filter(parent=above, name__iexact=tidy).first() if tidy else above
        if found is None:
            found = Category.objects.create(name=tidy, parent=above)
            found.path = f"{above.path if above else '/'}{found.pk}/"
            found.save(update_fields=["path"])
        above = found
    return above
