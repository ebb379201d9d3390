"""Values of custom fields, set by whoever moves a client: a press, an import, the card."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.people.events import ClientChanged
from voronka.people.models import Client


@transaction.atomic
def set_custom_fields(
    *,
    actor: Actor,
    client_id: int,
    values: Mapping[str, object],
    now: datetime,
    over: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Set custom fields of a client to validated JSON values and return what they held before.

    None empties a field. With `over`, a field is set only while it still holds the value given there: what
    somebody changed since stays. The caller has asked for the right to move the client.
    """
    client = Client.objects.select_for_update().get(pk=client_id)
    if over is not None:
        values = {code: value for code, value in values.items() if client.fields.get(code) == over.get(code)}
    before = {code: client.fields.get(code) for code in values}
    changed = [code for code, value in values.items() if before[code] != value]
    if changed:
        client.fields = {code: value for code, value in {**client.fields, **values}.items() if value is not None}
        client.version += 1
        client.save(update_fields=["fields", "version"])
        fields = [f"custom.{code}" for code in changed]
        publish(ClientChanged(client_id=client_id, fields=fields, version=client.version), at=now)
    return before
