"""Whose data the running code may touch, and on whose behalf: a context variable, never a global."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


class NoCompany(RuntimeError):
    """Company data were asked for where no company has been named: the code lacks `company_context`."""


class OutsideTransaction(RuntimeError):
    """A job asked the database outside of a transaction, where the policies show it nothing: it lacks `atomic`."""


@dataclass(frozen=True, slots=True)
class Place:
    """The company of the running code and who acts there, from where.

    `employee_id` is None for the system itself (jobs, public forms); `origin` says which door the act
    came through: an address of a person, or a name such as `job` or `form`. `is_strict` refuses statements
    outside of a transaction, which would find nothing and say nothing.
    """

    company_id: int
    employee_id: int | None = None
    origin: str = ""
    is_strict: bool = False

    def actor_json(self) -> str:
        """Return what the history triggers write beside a change."""
        return json.dumps({"employee": self.employee_id, "origin": self.origin}, ensure_ascii=False)


_place: ContextVar[Place | None] = ContextVar("place", default=None)


def current_place() -> Place | None:
    """Return the place of the running code, None outside any company."""
    return _place.get()


def current_company_id() -> int:
    """Return the company of the running code.

    Raises NoCompany outside `company_context`: the first wall of tenancy fails closed.
    """
    place = _place.get()
    if place is None:
        raise NoCompany("no company is named here: wrap the code in company_context(company_id)")
    return place.company_id


def current_settings() -> tuple[int | None, str]:
    """Return the company id and the actor as JSON, for the database session."""
    place = _place.get()
    return (None, "") if place is None else (place.company_id, place.actor_json())


@contextmanager
def company_context(
    company_id: int, *, employee_id: int | None = None, origin: str = "", strict: bool = False
) -> Iterator[Place]:
    """Run the block inside one company: managers filter by it and the database shows no other.

    May be entered before or inside a transaction; inside, the database session is told at once and
    told back on leaving. With `strict`, here and in contexts inside, a statement outside of a transaction raises
    OutsideTransaction.
    """
    outer = _place.get()
    place = Place(company_id, employee_id, origin, strict or (outer is not None and outer.is_strict))
    token = _place.set(place)
    is_told = outer is not None and place == replace(outer, is_strict=place.is_strict)
    try:
        if not is_told:
            _tell_open_transaction()
        yield place
    finally:
        _place.reset(token)
        if not is_told:
            _tell_open_transaction()


@contextmanager
def place_of_compiling(place: Place) -> Iterator[None]:
    """Let queries be built, not run, as of a place: the database is not told."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def _tell_open_transaction() -> None:
    from django.db import connection

    from voronka.kit.db.base import DatabaseWrapper

    real = connection._connections[connection._alias]  # type: ignore[attr-defined]  # the proxy hides its class
    if not isinstance(real, DatabaseWrapper) or real.connection is None:
        return
    broken = real.needs_rollback or real.connection.info.transaction_status.name == "INERROR"
    if real.in_atomic_block and not broken:
        real.apply_company()
