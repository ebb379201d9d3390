"""Public ids: random, so that addresses tell nothing about how much a company has."""

import secrets

from django.db import models

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
PUBLIC_ID_LENGTH = 12
_PAIRS = tuple(one + other for one in ALPHABET for other in ALPHABET)
_MANY = len(ALPHABET) ** PUBLIC_ID_LENGTH


def new_public_id() -> str:
    """Return 12 random signs without look-alikes (59 bits): unguessable in an address, readable by phone."""
    number, signs = secrets.randbelow(_MANY), []
    for _place in range(PUBLIC_ID_LENGTH // 2):
        number, pair = divmod(number, len(_PAIRS))
        signs.append(_PAIRS[pair])
    return "".join(signs)


class PublicIdField(models.CharField):  # type: ignore[type-arg]  # generic in the stubs only
    """The id of a row that may stand in an address; unique over the whole database since it is random."""

    def __init__(self, **kwargs: object) -> None:
        kwargs |= {
            "max_length": PUBLIC_ID_LENGTH,
            "unique": True,
            "default": new_public_id,
            "editable": False,
        }
        super().__init__(**kwargs)  # type: ignore[arg-type]  # keyword arguments of Django's field

    def get_prep_value(self, value: object) -> object:
        """Turn what an address names into what the database can look for: a zero byte is of no id, and no error."""
        found = super().get_prep_value(value)
        return found.replace("\0", "?") if isinstance(found, str) else found

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Describe the field for migrations by its class alone."""
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "unique", "default", "editable"):
            kwargs.pop(key, None)
        return name, path, list(args), dict(kwargs)
