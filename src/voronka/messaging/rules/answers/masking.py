"""What in a question may tell who asks is blanked before it is kept."""

import re

MASK = "…"
# An address begins where its word does: tried at each letter, one long word would take time by its square.
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+|https?://\S+|(?<!\w)@\w{3,}")
# Five digits and more, as phones, cards and numbers of orders are written: in one or with blanks, dashes, brackets.
_NUMBER = re.compile(r"\+?\(?\d(?:[\s().–-]{0,2}\d){4,}")


def masked(question: str) -> str:
    """Return a question without mail addresses, links, names of messengers and long numbers."""
    return _NUMBER.sub(MASK, _ADDRESS.sub(MASK, question))
