"""The live hint: cards that may be the one being typed."""

from dataclasses import dataclass

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.requisites import parse_inn
from voronka.people.models import Client, ContactPoint
from voronka.people.queries.duplicates import find_sharing
from voronka.people.rules.duplicates import Verdict, likeness
from voronka.people.rules.names import parse_name
from voronka.people.services.cards import ContactValue, comparable, match_keys, prepare_contacts
from voronka.people.services.cleaning import Problems
from voronka.people.services.shapes import ClientDraft


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may be the same client.

    `signs` are codes of what speaks for it and against it (rules.duplicates.Likeness); `verdict` is same, ask, or
    different where only a phone or an address is shared.
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
    read = parse_name(draft.name)
    values = {
        "kind": draft.kind,
        "name": draft.name,
        "last_name": draft.last_name or read.last,
        "first_name": draft.first_name or read.first,
        "middle_name": draft.middle_name or read.middle,
        "gender": draft.gender or read.gender,
        "inn": parse_inn(draft.inn).value,
        "city": draft.city,
    }
    mine, found = comparable(values, contacts), []
    for sharing in find_sharing(actor, match_keys(values, contacts), but=client_id):
        theirs = comparable(vars(sharing.client), [_value(one) for one in sharing.contacts])
        judged = likeness(mine, theirs)
        # A shared phone is worth showing even under another name: a family, or a name that is half typed.
        if judged.verdict is not Verdict.DIFFERENT or {"phone", "email"} & set(judged.signs):
            found.append((judged.score, sharing, judged))
    found.sort(key=lambda one: (-one[0], one[1].client.pk))
    return [
        Candidate(one.client, one.contacts, judged.signs, judged.verdict.value) for _s, one, judged in found[:most]
    ]


def _value(contact: ContactPoint) -> ContactValue:
    return ContactValue(contact.kind, contact.value, contact.raw)
