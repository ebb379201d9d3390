"""How complete a card is: the share of the weights of its fields that are filled. Plain values.

Weights are the company's own where it has set them, else these. What does not concern a kind of client has no weight.
"""

from collections.abc import Collection, Mapping, Sequence

PERSON: Mapping[str, int] = {
    "phone": 20,
    "name": 15,
    "birthday": 15,
    "email": 10,
    "city": 10,
    "first_source": 5,
    "address": 0,
    "position": 0,
}
ORGANISATION: Mapping[str, int] = {
    "phone": 20,
    "inn": 15,
    "persons": 15,
    "email": 10,
    "city": 10,
    "first_source": 5,
    "address": 0,
    "site": 0,
}
OWN_FIELD = 3  # a field of the company's own
CUSTOM = "custom."
MOST_WEIGHT = 100


def shipped_weights(kind: str, own_codes: Sequence[str]) -> dict[str, int]:
    """Return the weights of a kind of client, person or organisation, before the company has set any."""
    known = ORGANISATION if kind == "organisation" else PERSON
    return {**known, **{CUSTOM + code: OWN_FIELD for code in own_codes}}


def share_of(weights: Mapping[str, int], filled: Collection[str]) -> int:
    """Return the filled share in per cent, rounded down, so that 100 is whole; 100 where nothing has weight."""
    total = sum(weights.values())
    return 100 if not total else 100 * sum(weights[code] for code in weights if code in filled) // total


def worth_most(weights: Mapping[str, int], filled: Collection[str], askable: Collection[str]) -> str:
    """Return the missing field that is worth most of those that can be asked for; empty when there is none."""
    missing = [code for code in weights if weights[code] and code not in filled and code in askable]
    return max(missing, key=lambda code: weights[code], default="")
