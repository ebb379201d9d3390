"""Signs and persons of cards, as the rules of duplicates want them."""

from rapidfuzz import fuzz

from voronka.people.rules.duplicates import Card as Person
from voronka.people.rules.duplicates import blocking_keys
from voronka.people.rules.import_plan import person_of
from voronka.people.services.imports.cards import Card

# Signs that are one person's or one household's: what the check counts doubles by.
STRONG = ("p", "e", "i")
ALIKE = 60.0  # per cent of equal letters; a misspelt name has far more


def person_of_card(card: Card) -> Person:
    """Return what the rules compare."""
    if card.person is None:
        card.person = person_of(card.values, card.contacts)
    return card.person


def keys_of(card: Card) -> set[str]:
    """Return the signs that a card should have."""
    return set(blocking_keys(person_of(card.values, card.contacts)))


def may_be_alike(key: str, name_key: str, other_name_key: str) -> bool:
    """Tell whether two cards that share a sign are worth reading.

    A birthday or a surname in a city is shared by strangers, and the rules ask there for names that agree; names
    without likeness settle it before the card is read, which is most of the work of a large base.
    """
    if key.startswith(STRONG) or fuzz.ratio(name_key, other_name_key) >= ALIKE:
        return True
    words, others = set(name_key.split()), set(other_name_key.split())
    return words <= others or others <= words
