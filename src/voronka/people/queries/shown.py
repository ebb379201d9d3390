"""Cards as one reader may see them: the one place where hidden fields of clients are taken away.

Whatever shows, finds or gives out values of clients to a person passes through here or asks `Actor.sees`.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.files import get_file
from voronka.kit.limits import emptied
from voronka.kit.models import StoredFile
from voronka.people.models import Client, ContactPoint, CustomField
from voronka.people.queries.rows import list_custom_fields
from voronka.people.rules.limits import COLUMNS, codes_of_contact, custom_code

_MODEL_COLUMNS = [name for name in COLUMNS if name != "source"]
_LIKE_PHONE = re.compile(r"\+?[\d\s()\-.]{6,}\Z")


def shown(actor: Actor, client: Client) -> Client:
    """Empty in memory what the actor may not see of a card; such a card cannot be saved."""
    if not actor.limits:
        return client
    emptied(client, [name for name in _MODEL_COLUMNS if not actor.sees(COLUMNS[name])])
    if any(not actor.sees(custom_code(code)) for code in client.fields):
        client.fields = own_shown(actor, "client", client.fields)
        client.is_emptied = True
    name = name_shown(actor, client.name)
    if name != client.name:
        client.name = name
        client.is_emptied = True
    return client


def hides_any(actor: Actor) -> bool:
    """Tell whether some field of clients is hidden from the actor."""
    return any(code.startswith("client.") and not actor.sees(code) for code in actor.limits)


def name_shown(actor: Actor, name: str) -> str:
    """Return the name of a client, or words for it where it is nothing but a phone or an address that is hidden.

    A card made of a phone alone is called by it.
    """
    if not actor.limits:
        return name
    if not actor.sees("client.phone") and _LIKE_PHONE.match(name):
        return _("Client without a name")
    if not actor.sees("client.email") and "@" in name and " " not in name:
        return _("Client without a name")
    return name


def contacts_shown(actor: Actor, contacts: Iterable[ContactPoint]) -> list[ContactPoint]:
    """Return the contacts that the actor may see."""
    return [one for one in contacts if all(map(actor.sees, codes_of_contact(one.kind, one.value)))]


def fields_shown(actor: Actor, *, subject: str | None = "client", active: bool = True) -> list[CustomField]:
    """Return the company's own fields that the actor may see, in their order: of a subject, None for all."""
    found = list_custom_fields(subject=subject, active=active)
    return [one for one in found if actor.sees(custom_code(one.code, one.subject))]


def fields_open(actor: Actor, *, subject: str | None = "client") -> list[CustomField]:
    """Return the company's own fields that the actor may change, in their order: of a subject, None for all."""
    found = list_custom_fields(subject=subject)
    return [one for one in found if actor.writes(custom_code(one.code, one.subject))]


def own_shown(actor: Actor, subject: str, held: Mapping[str, object]) -> dict[str, object]:
    """Return those of the held values of own fields, by code, that the actor may see."""
    return {code: one for code, one in held.items() if actor.sees(custom_code(code, subject))}


def get_client_file(actor: Actor, client: Client, file_id: str) -> StoredFile:
    """Return a file of a card, as the actor was shown it. Raises NotFound, also for one of a field hidden from him."""
    file = get_file(actor, file_id) if file_id.isalnum() else None
    is_shown = not hides_any(actor) or file_id in client.fields.values()
    if file is None or not is_shown or (file.subject_kind, file.subject_id) != ("client", client.pk):
        raise NotFound(_("There is no such file."))
    return file
