"""Refusals: expected errors that are told to people, with a code for machines."""

from collections.abc import Mapping


class Refusal(Exception):
    """The thing asked for cannot be done, and the message says what, where and how to mend it.

    `message` is already in the language of the reader (translate when raising); `code` is stable;
    `fields` names the inputs at fault, each with its own message. Raised inside a transaction, it rolls
    the transaction back. One middleware turns it into a page, a fragment or JSON with `status`.
    """

    status = 409
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = dict(fields or {})


class Denied(Refusal):
    """The actor lacks the right."""

    status = 403
    code = "denied"


class NotFound(Refusal):
    """No such record, or none that the actor may know of: strangers cannot tell which."""

    status = 404
    code = "not_found"


class Invalid(Refusal):
    """The input is wrong at the named places."""

    status = 422
    code = "invalid"


class Conflict(Refusal):
    """The record has changed since the actor read it, or somebody else holds it."""

    status = 409
    code = "conflict"


class TooMany(Refusal):
    """Tried too often; wait."""

    status = 429
    code = "too_many"
