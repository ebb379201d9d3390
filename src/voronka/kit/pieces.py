"""Values that screen components take: plain and typed, so that a page says what it shows and nothing else.

Components read attributes by name, so a dict with the same keys does as well. Texts come ready for people
(translated by the caller); `html` in a name means that the text may hold `<b>` and is already safe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class NavItem:
    """A section of the top bar. Alt with its number opens it."""

    label: str
    url: str
    active: bool = False
    count: int = 0
    counts: str = ""
    live: str = ""


@dataclass(frozen=True)
class Link:
    """A row of a menu or a way out of a page."""

    label: str
    url: str
    icon: str = ""


@dataclass(frozen=True)
class Frame:
    """What the top bar and the scripts of every page need, as context variable `frame`.

    `theme` is light, dark or auto (as the system); zones are IANA names; an empty address leaves its control out.
    """

    me: str = ""
    email: str = ""
    company: str = ""
    theme: str = "auto"
    language: str = "ru"
    home_url: str = "/"
    now: datetime | None = None
    my_zone: str = "Europe/Moscow"
    my_place: str = ""
    still: bool = False
    search_url: str = ""
    quick: Sequence[tuple[str, str, str]] = ()
    bell_url: str = ""
    due_url: str = ""
    unread: int = 0
    live_url: str = ""
    theme_url: str = ""
    language_url: str = ""
    sign_out_url: str = ""
    help_url: str = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Stage:
    """A stage of the track: time spent in it or a count under its name; tone "late" or "heed"."""

    name: str
    spent: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Tab:
    """A way to look at a list; `url` is asked for by htmx and works as a link."""

    label: str
    url: str = ""
    count: int | None = None
    active: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing that happened. Kinds: client, late, gain, pin, thin or none."""

    time: str
    icon: str
    head_html: str
    kind: str = ""
    side: str = ""
    text: str = ""
    talk: Sequence[tuple[str, str]] = ()
    url: str = ""
    inside: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class FeedDay:
    """A day of the feed with its entries, newest first."""

    head: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Press:
    """One outcome of the talk.

    `do` is the address a press posts to; `ask` the address of the question it asks first (strip, menu, field);
    `menu` the address of its outcomes behind the small arrow. `hidden` goes with the post (request id, version).
    Kinds: next, gain, late or none. `shut` says why it cannot be pressed now.
    """

    name: str
    icon: str = ""
    then: str = ""
    kind: str = ""
    key: str = ""
    do: str = ""
    ask: str = ""
    menu: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    is_open: bool = False
    shut: str = ""


@dataclass(frozen=True)
class Choice:
    """A row of the press menu: posts `value`, or asks further by `ask`."""

    name: str
    then: str = ""
    value: str = ""
    ask: str = ""
    is_first: bool = False


@dataclass(frozen=True)
class Quick:
    """A ready moment of the strip: ISO moment, its name by the client's clock, what it is by mine."""

    at: str
    name: str
    then: str


@dataclass(frozen=True)
class StripDay:
    """A day of the strip with its load; state on (shown), off (day off) or none."""

    label: str
    number: str
    tasks: int
    state: str = ""
    url: str = ""


@dataclass(frozen=True)
class StripHour:
    """An hour of the strip: both clocks and tasks between them, own or the team's (`a_head` is how many one has).

    `at` is the ISO moment of its beginning, `day` what the day is called in the result ("Сегодня").
    Kinds: quiet (must not call), off (I am not at work), night (folded hours, `text` says which) or none.
    """

    client: str
    mine: str
    at: str = ""
    tasks: int = 0
    kind: str = ""
    first: str = ""
    say: str = ""
    text: str = ""
    day: str = ""
    pick: str = ""
    a_head: int | None = None

    @property
    def load(self) -> int:
        """How many tasks one person has in the hour: what its bar is tall by."""
        return self.tasks if self.a_head is None else self.a_head


@dataclass(frozen=True)
class Fact:
    """A named value. Kinds: need (wanted by a press), empty, or none.

    `url` opens its editing, `leads` goes to what it names.
    """

    name: str
    value: str
    kind: str = ""
    url: str = ""
    leads: str = ""


@dataclass(frozen=True)
class Stat:
    """A number that matters, its name and what to compare it with; tone gain, late, heed or spend."""

    name: str
    value: str
    more: str = ""
    tone: str = ""
    more_tone: str = ""


@dataclass(frozen=True)
class Found:
    """A row of the palette."""

    icon: str
    name_html: str
    url: str
    facts_html: str = ""
    end: str = ""
    call_url: str = ""


@dataclass(frozen=True)
class FoundGroup:
    """Rows of the palette under one name."""

    name: str
    rows: Sequence[Found]


@dataclass(frozen=True)
class Cell:
    """A cell of the import check. Kinds: fix (we mend it), heed (you decide), late (row will not pass), none."""

    text: str
    why: str = ""
    kind: str = ""


@dataclass(frozen=True)
class CheckRow:
    """A row of the import check: its number in the file, state icon, tone (gain, heed, late) and word."""

    number: int
    icon: str
    tone: str
    word: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """A recognised column of the import: our name, where it comes from."""

    name: str
    source: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Way:
    """One answer to an import remark."""

    value: str
    label: str
    chosen: bool = False
