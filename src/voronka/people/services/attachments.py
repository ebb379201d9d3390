"""Files that stand in custom fields of cards."""

from datetime import datetime
from typing import IO

from voronka.kit.actors import Actor
from voronka.kit.files import store_file
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.clients import get_client_for

MOST_MIB = 20


def attach_file(
    *, actor: Actor, client_id: int, source: IO[bytes], name: str, content_type: str, now: datetime
) -> str:
    """Keep a file of a client and return its public id: the value of a file field.

    Raises Denied, NotFound, Invalid for a file of more than 20 MB.
    """
    client = get_client_for(actor, EDIT_CLIENTS, client_id=client_id)
    kept = store_file(
        source,
        name=name,
        subject_kind="client",
        subject_id=client.pk,
        added_by=actor.employee_id,
        now=now,
        content_type=content_type or "application/octet-stream",
        most_mib=MOST_MIB,
    )
    return str(kept.public_id)
