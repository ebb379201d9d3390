"""What the cards of two clients have in common."""

from voronka.people import queries as people


def cards_alike(one: int, other: int) -> set[str]:
    """Return what two cards have in common: `phone`, `email`, `payment` (taxpayer's number or bank account)."""
    if one == other:
        return set()
    cards = people.client_rows([one, other])
    if len(cards) < 2:
        return set()
    found = set[str]()
    if set(people.phones_of(one)) & set(people.phones_of(other)):
        found.add("phone")
    if set(people.emails_of(one)) & set(people.emails_of(other)):
        found.add("email")
    first, second = cards[one], cards[other]
    if (first.inn and first.inn == second.inn) or (first.account and first.account == second.account):
        found.add("payment")
    return found
