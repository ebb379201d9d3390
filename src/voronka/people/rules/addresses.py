"""Whether two addresses, as pairs of city and line, are one place: plain texts, compared without case and Ё."""

Place = tuple[str, str]
MOST_ADDRESSES = 20  # of a client, the main one among them


def same_place(one: Place, other: Place) -> bool:
    """Tell whether two addresses say the same."""
    return _key(one) == _key(other)


def is_within(less: Place, more: Place) -> bool:
    """Tell whether an address says nothing that the other one does not: the same, or a part of it left out."""
    city, line = _key(less)
    return city in ("", _key(more)[0]) and line in ("", _key(more)[1])


def _key(place: Place) -> Place:
    city, line = (" ".join(text.casefold().replace("ё", "е").split()) for text in place)
    return city, line
