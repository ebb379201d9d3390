"""What the rooms of sites offer to the script in other people's pages: calls that it may make, modules that it loads.

A call is a question or an act of a page, answered at the wire server's address (`/w/call/NAME`), so that a strict
policy needs no second origin. It runs in a thread of that server, in one transaction of the site's company.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class OpenCall:
    """What a page asks. Anybody may ask anything: `about` is JSON of a known size and nothing more.

    `visitor` is the key that his browser made, 32 hexadecimal figures, "" where it keeps none; it says nothing of who
    he is. `address` is the visitor's network address, for counting only. `width` is that of his screen in pixels.
    `file` is what was sent along to a call that takes files. One who is not `is_followed` may not be: his key is of one
    page, and nothing is joined to what he does elsewhere.
    """

    company_id: int
    site_id: int
    visitor: str
    has_consent: bool
    is_bot: bool
    origin: str
    address: str
    zone: str
    device: str
    width: int
    language: str
    now: datetime
    about: Mapping[str, Any] = field(default_factory=dict)
    file: BinaryIO | None = None
    is_followed: bool = True

    def text(self, name: str, most: int) -> str:
        """Return a text of what was sent, shortened; "" where it is none."""
        value = self.about.get(name)
        return value[:most].strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """Return a whole number of what was sent."""
        value = self.about.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Bytes:
    """An answer that is no JSON: a page keeps it or draws it, no browser ever opens it as a page."""

    body: bytes


# Returns JSON, or bytes where the call is heavy. Raises Refusal: its words and code reach the page.
Answerer = Callable[[OpenCall], Mapping[str, Any] | Bytes]
# What the module of a room is told of a site when the page loads, None where it is not needed: site's id, now.
Teller = Callable[[int, datetime], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its name; `needs_tracking` refuses visitors who may not be followed (no consent, privacy control).

    One that `is_heavy` gives bytes; one that takes files of `most_bytes` is heavy too. Few of these run at once.
    """

    name: str
    act: Answerer
    needs_tracking: bool
    is_heavy: bool = False
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """Something happened on a visitor's page just now, and he may be answered on it.

    `kind` is that of an event (rules.batches.SHAPES), "tick": time has passed on the page as somebody wanted, "acted"
    or "closed": what was shown was answered, `about` has its `key` and the public id of its `widget`. `page` is the
    path; `about` is what the event says, with its `id` where the page tells one: such a moment brings nobody in twice.
    Scenarios hear it (services.staging) and may offer something to be shown (services.showing). `address` is for
    counting only, "" in tries.
    """

    site_id: int
    visitor_id: int
    client_id: int | None
    kind: str
    page: str
    zone: str
    device: str
    now: datetime
    about: Mapping[str, Any] = field(default_factory=dict)
    address: str = field(default="", repr=False)


_calls: dict[str, Call] = {}
_tellers: dict[str, Teller] = {}


def register_call(
    name: str, act: Answerer, *, needs_tracking: bool = False, is_heavy: bool = False, most_bytes: int = 0
) -> None:
    """Offer a call to pages; `name` is like "widgets.act". Raises ValueError where another has the name."""
    if name in _calls:
        raise ValueError(f"two calls are named {name}")
    _calls[name] = Call(name, act, needs_tracking, is_heavy or most_bytes > 0, most_bytes)


def register_module(name: str, tells: Teller) -> None:
    """Let the script load `script/modules/NAME.js` on sites of which `tells` has something to say to it.

    What it says with `"asked": true` is loaded for visitors who may not be followed too: a module that does nothing
    before the visitor himself has asked for it.
    """
    if name in _tellers:
        raise ValueError(f"two modules are named {name}")
    _tellers[name] = tells


def find_call(name: str) -> Call | None:
    """Return a call by its name."""
    return _calls.get(name)


def tellers() -> Mapping[str, Teller]:
    """Return who tells the modules of a site."""
    return dict(_tellers)
