"""Roles and rights as plain values: what a role amounts to, and who may give what to whom."""

from collections.abc import Iterable, Mapping

from voronka.kit.actors import Access, Reach, Right

OWNER = "owner"
SHIPPED_ROLES = ("owner", "head", "manager", "marketer", "storekeeper", "cashier", "accountant", "reader")


def rights_of_role(code: str, stored: Mapping[str, int], declared: Iterable[Right]) -> dict[str, Reach]:
    """Return the reach of every declared right in the role `code` whose kept choices are `stored`.

    The owner has every right, whatever is kept. A right that the role's choices do not name yet (it came with a
    newer version) has the reach it ships with. What is kept but no longer declared is left out.
    """
    if code == OWNER:
        return {right.code: Reach.ALL for right in declared}
    return {
        right.code: Reach(stored[right.code]) if right.code in stored else right.shipped.get(code, Reach.NONE)
        for right in declared
    }


def limits_of_role(code: str, stored: Mapping[str, int]) -> dict[str, Access]:
    """Return the fields that the role narrows, by code; the owner's role narrows none.

    What is kept of a field that is gone meanwhile does no harm: nobody asks for it.
    """
    if code == OWNER:
        return {}
    return {name: Access(number) for name, number in stored.items() if number in (Access.HIDDEN, Access.READ)}


def wider_fields(given: Mapping[str, Access], own: Mapping[str, Access]) -> list[str]:
    """Return the codes of fields that are more open in `given` than in `own`."""
    return sorted(code for code, access in own.items() if given.get(code, Access.EDIT) > access)


def allowed_reach(right: Right) -> tuple[Reach, ...]:
    """Return the reaches that may be chosen for the right: all of them, or just no and yes."""
    return tuple(Reach) if right.by_record else (Reach.NONE, Reach.ALL)


def beyond(given: Mapping[str, Reach], own: Mapping[str, Reach]) -> list[str]:
    """Return the codes of rights that are wider in `given` than in `own`: nobody gives more than he has."""
    return sorted(code for code, reach in given.items() if reach > own.get(code, Reach.NONE))


def split_name(name: str) -> tuple[str, str]:
    """Return first name and surname of a name typed as "Anna Petrova"; a single word is the first name."""
    first, _, last = " ".join(name.split()).partition(" ")
    return first[:100], last[:100]
