"""All addresses of clients, the main one first, as the actor may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from voronka.kit.actors import Actor
from voronka.kit.db.arrays import Array
from voronka.people.models import Address, Client

MAIN = "main"  # the id of the address that stands on the card itself


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """An address of a client: `id` is MAIN or that of its row, `line` street and house."""

    id: str
    label: str
    city: str
    line: str
    postcode: str

    @property
    def is_main(self) -> bool:
        """The main one gives the client his zone and his city in lists."""
        return self.id == MAIN

    @property
    def where(self) -> str:
        """Return the address in one line, without what it is to the client."""
        return ", ".join(filter(None, (self.postcode, self.city, self.line)))

    @property
    def words(self) -> str:
        """Return the address in one line as lists and files show it: "office: 660000, Красноярск, Мира, 1"."""
        return f"{self.label}: {self.where}" if self.label else self.where


def addresses_of(actor: Actor, client: Client) -> list[ClientAddress]:
    """Return the addresses of a client that the actor may see."""
    return list_addresses(actor, [client])[client.pk]


def list_addresses(actor: Actor, clients: Sequence[Client]) -> dict[int, list[ClientAddress]]:
    """Return the addresses of clients by client: the main one, then the others in their order; one statement."""
    found: dict[int, list[ClientAddress]] = {one.pk: [] for one in clients}
    for one in clients:
        _add(found[one.pk], actor, MAIN, one.address_label, one.city, one.address, one.postcode)
    rows = Address.objects.filter(client_id__any_of=Array(list(found))).order_by("client_id", "position", "id")
    for row in rows:
        _add(found[row.client_id], actor, row.public_id, row.label, row.city, row.line, row.postcode)
    return found


def find_address(actor: Actor, client: Client, address_id: str) -> ClientAddress | None:
    """Return one address of a client by its id, None where he has none such that the actor may see."""
    return next((one for one in addresses_of(actor, client) if one.id == address_id), None)


def _add(held: list[ClientAddress], actor: Actor, address_id: str, *texts: str) -> None:
    sees, sees_city = actor.sees("client.address"), actor.sees("client.city")
    label, city, line, postcode = texts
    one = ClientAddress(
        address_id,
        label if sees else "",
        city if sees_city else "",
        line if sees else "",
        postcode if sees else "",
    )
    if one.city or one.line:
        held.append(one)
