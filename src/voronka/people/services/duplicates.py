"""The live hint: cards that may be the one being typed."""

from dataclasses import dataclass

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.people.models import Client, ContactPoint
from voronka.people.queries.duplicates import find_sharing
from voronka.people.rules.names import name_key
from voronka.people.rules.requisites import parse_inn
from voronka.people.services.cards import match_keys, prepare_contacts
from voronka.people.services.cleaning import Problems
from voronka.people.services.shapes import ClientDraft


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may be the same client.

    `signs` are codes of what speaks for it (phone, email, inn, name); `verdict` is same or likely.
    """

    client: Client
    contacts: list[ContactPoint]
    signs: tuple[str, ...]
    verdict: str


def likely_duplicates(
    *, actor: Actor, draft: ClientDraft, client_id: int | None = None, most: int = 5
) -> list[Candidate]:
    """Return the cards that may be the client of a draft, surest first; `client_id` is the draft's own card.

    What of the draft cannot be read yet, since somebody is still typing, is left out.
    """
    contacts = prepare_contacts(draft.contacts, accounts.get_company_rules().country, Problems())
    key = name_key(draft.name)
    inn = parse_inn(draft.inn).value
    keys = match_keys({"name_key": key, "inn": inn}, contacts)
    found = []
    for sharing in find_sharing(actor, keys, but=client_id):
        held = {(one.kind, one.value) for one in sharing.contacts}
        signs = [
            kind for kind in ("phone", "email") if any((kind, c.value) in held for c in contacts if c.kind == kind)
        ]
        signs += ["inn"] if inn and inn == sharing.client.inn else []
        signs += ["name"] if key and key == sharing.client.name_key else []
        if signs:
            verdict = "same" if len(signs) > 1 or "inn" in signs else "likely"
            found.append(Candidate(sharing.client, sharing.contacts, tuple(signs), verdict))
    found.sort(key=lambda one: (one.verdict != "same", -len(one.signs), one.client.pk))
    return found[:most]
