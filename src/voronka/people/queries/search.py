"""Finding clients while typing, by part of a name, the end of a phone, an e-mail or an INN."""

import re
from dataclasses import dataclass

from django.db import connection

from voronka.kit.actors import Actor, Reach
from voronka.people.models import Client
from voronka.people.permissions import SEE_CLIENTS
from voronka.people.queries.clients import owners_within
from voronka.people.queries.shown import shown

QUERY_LIMIT = 200
_NUMBER = re.compile(r"[\d\s()+\-.‐-―−]*\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a typed text asks for; None is not asked."""

    words: list[str] | None = None
    digits: str | None = None
    mail: str | None = None
    code: str | None = None

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.words or self.digits or self.mail or self.code)


def read_asked(text: str) -> Asked:
    """Tell a phone, an INN, an e-mail and a name apart. A number of fewer than three digits asks for a name."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[:QUERY_LIMIT]).split())
    digits = re.sub(r"\D", "", line)
    if "@" in line:
        return Asked(mail=line.lower())
    if len(digits) >= 3 and _NUMBER.match(line):
        return Asked(digits=_national(digits, line), code=digits if len(digits) in range(4, 13) else None)
    words = line.upper().replace("Ё", "Е").split()
    return Asked(words=words[:6] or None)


def _national(digits: str, line: str) -> str:
    """Return the end of the number that is kept: 8 and +7 of a whole Russian number are the same."""
    if len(digits) == 11 and digits[0] in "78" and not line.startswith("+8"):
        return digits[1:]
    return digits


def _open_to(actor: Actor, asked: Asked) -> Asked:
    """Leave out what would tell a hidden field: whose phone ends so, who has this address or INN."""
    return Asked(
        words=asked.words,
        digits=asked.digits if actor.sees("client.phone") else None,
        mail=asked.mail if actor.sees("client.email") else None,
        code=asked.code if actor.sees("client.requisites") else None,
    )


def search_clients(actor: Actor, text: str, *, most: int = 50) -> list[int]:
    """Return the ids of the clients that the actor may see and the text finds, best first."""
    asked = _open_to(actor, read_asked(text))
    if not asked or actor.reach(SEE_CLIENTS) is Reach.NONE:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM people_search(%s::text[], %s, %s, %s, %s::bigint[], %s)",
            [asked.words, asked.digits, asked.mail, asked.code, owners_within(actor), most],
        )
        return [row[0] for row in cursor.fetchall()]


def find_clients(actor: Actor, text: str, *, most: int = 10) -> list[Client]:
    """Return the clients that the text finds, best first: for a palette or a choice."""
    ids = search_clients(actor, text, most=most)
    found = Client.objects.in_bulk(ids)
    return [shown(actor, found[one]) for one in ids if one in found]
