"""What the catalogue does with its rows when the client they name changes fate."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from voronka.catalogue.models import ClientTerms, Supplier
from voronka.kit.stakes import Moved, Stake, drop_rows, move_rows, register_stake


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients with terms of their own, and those that supply goods."""
    terms = ClientTerms.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    suppliers = Supplier.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    return {one for one in (*terms, *suppliers) if one is not None}


def tell(ids: Sequence[int]) -> list[str]:
    """Say that there are terms, and that the client supplies goods."""
    said = []
    if ClientTerms.objects.filter(client_id__in=ids).exists():
        said.append(_("personal prices"))
    if Supplier.objects.filter(client_id__in=ids).exists():
        said.append(_("supplier of goods"))
    return said


def lock(ids: Sequence[int]) -> None:
    """Lock what names the clients in key order: the verbs here lock their own rows before they name a card."""
    for model in (Supplier, ClientTerms):
        rows = model.objects.select_for_update().filter(client_id__in=ids).order_by("id")
        list(rows.values_list("id", flat=True))


def hold(ids: Sequence[int]) -> Mapping[int, str]:
    """Keep suppliers out of the recycle bin while goods are bought of them."""
    found = Supplier.objects.filter(client_id__in=ids, is_on=True).values_list("client_id", flat=True)
    return {one: _("supplies goods: switch the supplier off first") for one in found if one is not None}


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give suppliers to the survivor; of two agreed terms those of the survivor stay."""
    return [*_move_terms(ids, to), *move_rows(Supplier, "client_id", ids, to)]


def _move_terms(ids: Sequence[int], to: int) -> list[Moved]:
    """Let all agreements of one card stay, the survivor's own or else those of the first that has any."""
    rows = list(ClientTerms.objects.filter(client_id__in=[to, *ids]).order_by("id"))
    having = {row.client_id for row in rows}
    heir = next((one for one in (to, *ids) if one in having), to)
    done = drop_rows(ClientTerms, [row for row in rows if row.client_id not in (to, heir)])
    return done if heir == to else [*done, *move_rows(ClientTerms, "client_id", [heir], to)]


def withdraw(ids: Sequence[int]) -> None:
    """Let go of cards that an undone import takes away."""
    ClientTerms.objects.filter(client_id__in=ids).delete()
    Supplier.objects.filter(client_id__in=ids).update(client=None)


def erase(ids: Sequence[int]) -> None:
    """Forget the terms; the supplier stays as a name of the company's own."""
    ClientTerms.objects.filter(client_id__in=ids).delete()
    Supplier.objects.filter(client_id__in=ids).update(client=None)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the terms of the clients as plain values, for the data's owner."""
    for one in ClientTerms.objects.filter(client_id__in=ids).select_related("kind").order_by("id"):
        yield {
            "price": one.kind.name if one.kind else "",
            "discount": str(one.discount_percent),
            "since": one.since.isoformat() if one.since else "",
            "until": one.until.isoformat() if one.until else "",
        }


register_stake(
    Stake(
        "client",
        "catalogue",
        frozenset({"catalogue.ClientTerms", "catalogue.Supplier"}),
        touched=touched,
        tell=tell,
        lock=lock,
        hold=hold,
        move=move,
        withdraw=withdraw,
        erase=erase,
        export=export,
    )
)
