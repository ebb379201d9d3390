"""Values on their way to the child: plain data only, so that a text can reach no object."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

Value = (
    str | int | float | bool | Decimal | date | datetime | None | Mapping[str, "Value"] | Sequence["Value"]
)  # fmt: skip

_PLAIN = frozenset((str, int, float, bool, type(None)))
MARK = "\0"  # no field is called so: PostgreSQL holds no NUL


def pack(value: object) -> object:
    """Return the value as JSON can carry it, types that it lacks marked.

    Raises TypeError for anything but plain data, ValueError for moments without a zone.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:  # most of what comes, told without asking what else it may be
        return {
            str(key): inner if type(inner) in _PLAIN else pack(inner)
            for key, inner in value.items()  # type: ignore[attr-defined]  # a dict
        }
    if isinstance(value, str | int | float):
        return _bare(value)
    if isinstance(value, Decimal):
        return {MARK: "n", "v": str(value)}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment in a text needs its zone")
        return {MARK: "t", "v": value.isoformat()}
    if isinstance(value, date):
        return {MARK: "d", "v": value.isoformat()}
    if isinstance(value, Mapping):
        return {str(key): pack(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [pack(inner) for inner in value]
    raise TypeError(f"a text cannot hold a {type(value).__name__}")


def _bare(value: str | float) -> str | float:
    """Strip a subclass (lazy text, enumeration) to its plain type."""
    return str(value) if isinstance(value, str) else int(value) if isinstance(value, int) else float(value)


def unpack(value: dict[str, object]) -> object:
    """Undo the marks; for the `object_hook` of JSON."""
    mark = value.get(MARK)
    if mark is None:
        return value
    raw = str(value["v"])
    if mark == "n":
        return Decimal(raw)
    return datetime.fromisoformat(raw) if mark == "t" else date.fromisoformat(raw)
