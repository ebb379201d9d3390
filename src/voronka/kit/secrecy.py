"""Columns that hold what opens something: no archive tells them, whoever takes it."""

from django.db import models
from encrypted_fields.fields import EncryptedFieldMixin

# Hashes of links, invitations and keys, of those too by which talks move. What is encrypted is known by its field.
_HASHES = frozenset({"hash", "link_hash", "invitation", "move_key"})


def secret_columns(model: type[models.Model]) -> list[str]:
    """Return the columns of a model that are encrypted or hold the hash of a secret, by name."""
    fields = model._meta.concrete_fields
    return sorted(str(one.column) for one in fields if one.column in _HASHES or isinstance(one, EncryptedFieldMixin))
