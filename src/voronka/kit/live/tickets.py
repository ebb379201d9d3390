"""Tickets: the web server signs who may listen to what, the wire server believes the signature alone.

A ticket opens a stream within its five minutes; the open page asks for a new one whenever it connects again.
"""

from dataclasses import dataclass

from django.core import signing

SALT = "voronka.live"
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who listens: an employee of a company, or nobody who has an account (0) in the one `room` he may hear.

    With an `origin` the stream is open to pages of that one alone: a site of others' that may show the room.
    """

    company_id: int
    employee_id: int
    room: str = ""
    origin: str = ""


def sign(ticket: Ticket) -> str:
    """Return the ticket as text for an address."""
    return signing.dumps([ticket.company_id, ticket.employee_id, ticket.room, ticket.origin], salt=SALT)


def read(text: str) -> Ticket | None:
    """Return the ticket, None when it is forged, broken or older than five minutes."""
    try:
        company_id, employee_id, room, origin = signing.loads(text, salt=SALT, max_age=SECONDS)
        return Ticket(int(company_id), int(employee_id), str(room), str(origin))
    except (signing.BadSignature, ValueError, TypeError):
        return None
