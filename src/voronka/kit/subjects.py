"""Subjects: what an event, a task, a file or a panel is about.

The owning part registers each kind with the capabilities it offers; others ask for a capability by its
protocol, never for the class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Subject:
    """A record by kind and id: `client:17`."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """How to treat subjects of a kind.

    `page` gives the address of the record's page; `names` the names of many at once (missing ids are
    left out); `capabilities` maps a protocol to the function that opens it for an id.
    """

    kind: str
    name: "str | _StrPromise"
    page: Callable[[int], str]
    names: Callable[[list[int]], Mapping[int, str]]
    capabilities: Mapping[type, Callable[[int], object]] = field(default_factory=dict)


_kinds: dict[str, SubjectKind] = {}


def register_subject(kind: SubjectKind) -> None:
    """Register a kind of subject; once each, at start."""
    if kind.kind in _kinds:
        raise ValueError(f"subject {kind.kind} is registered twice")
    _kinds[kind.kind] = kind


def subject_kind(kind: str) -> SubjectKind:
    """Return a registered kind; KeyError names an unknown one."""
    return _kinds[kind]


def all_subject_kinds() -> list[SubjectKind]:
    """Return every registered kind."""
    return list(_kinds.values())


def offer(kind: str, capability: type[C], opener: Callable[[int], C]) -> None:
    """Let an upper part add a capability to a lower part's kind, at start. Raises KeyError, ValueError for a second."""
    known = _kinds[kind]
    if capability in known.capabilities:
        raise ValueError(f"subject {kind} offers {capability.__name__} already")
    _kinds[kind] = replace(known, capabilities={**known.capabilities, capability: opener})


def find_capability(subject: Subject, capability: type[C]) -> C | None:
    """Open a capability of a record, None where its kind is unknown or does not offer it."""
    known = _kinds.get(subject.kind)
    return open_capability(subject, capability) if known is not None and capability in known.capabilities else None


def open_capability(subject: Subject, capability: type[C]) -> C:
    """Open a capability of a record.

    Raises LookupError when its kind does not offer it: the caller should have asked `offers` before.
    """
    opener = _kinds[subject.kind].capabilities.get(capability)
    if opener is None:
        raise LookupError(f"{subject.kind} offers no {capability.__name__}")
    opened = opener(subject.id)
    if not isinstance(opened, capability):
        raise TypeError(f"{subject.kind} opened {type(opened).__name__} for {capability.__name__}")
    return opened
