"""Names of variants as they are printed."""

from collections.abc import Mapping

MOST = 300


def printed(product: str, options: Mapping[str, str]) -> str:
    """Return the name of a variant: the product's, and what tells it from its neighbours."""
    return ", ".join([product, *(value for value in options.values() if value)])[:MOST]


def brought_in(text: str) -> str:
    """Return a text in capitals with Ё as Е, as columns to sort by keep it."""
    return text.upper().replace("Ё", "Е")
