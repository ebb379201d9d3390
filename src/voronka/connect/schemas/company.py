"""The company, who acts, what lists can be asked for."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told

ModuleCodes = Annotated[
    list[Annotated[str, Field(max_length=40)]],
    Field(max_length=100, examples=[["import"]], description="`code` of modules, the whole list."),
]
UnusedCodes = Annotated[
    list[Annotated[str, Field(max_length=80)]],
    Field(max_length=300, examples=[["section:work"]], description="`unusable` of `GET /rights`, the whole list."),
]


class Company(Told):
    """The company's own defaults; calling hours are minutes of the client's day."""

    name: Annotated[str, Field(examples=["Oak and Sons"])]
    zone: Annotated[str, Field(examples=["Europe/Moscow"])]
    country: Annotated[str, Field(examples=["RU"])]
    currency: Annotated[str, Field(examples=["RUB"])]
    language: Annotated[str, Field(examples=["ru"])]
    call_opens_minute: Annotated[int, Field(examples=[540])]
    call_closes_minute: Annotated[int, Field(examples=[1200])]


class Module(Told):
    """Something that the whole company may switch off."""

    code: Annotated[str, Field(examples=["import"])]
    name: Annotated[str, Field(examples=["Loading of clients"])]
    is_on: Annotated[bool, Field(examples=[True])]


class CompanySettings(Company):
    """All settings of the company. `form_url`: where forms of sites are sent to.

    `is_led`: managers take clients strictly in the order of the feed. `unused`: sections and buttons that nobody uses.
    """

    is_led: bool
    form_url: Annotated[str, Field(examples=["https://crm.example.com/f/k7m2p9x4w3ab"])]
    modules: list[Module]
    unused: Annotated[list[str], Field(examples=[["section:work"]])]


class CompanyChanges(Given):
    """Only what is sent is changed; `modules_off` and `unused` are whole lists of codes."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Oak and Sons"])] | None = None
    zone: Annotated[str, Field(max_length=64, examples=["Asia/Krasnoyarsk"])] | None = None
    country: Annotated[str, Field(max_length=2, examples=["RU"])] | None = None
    currency: Annotated[str, Field(max_length=3, examples=["RUB"])] | None = None
    language: Literal["ru", "en"] | None = None
    call_opens_minute: Annotated[int, Field(ge=0, le=1440, examples=[540])] | None = None
    call_closes_minute: Annotated[int, Field(ge=0, le=1440, examples=[1200])] | None = None
    is_led: bool | None = None
    modules_off: ModuleCodes | None = None
    unused: UnusedCodes | None = None


class Blocked(Told):
    """A sender whose requests are thrown away."""

    id: PublicId
    kind: Annotated[str, Field(examples=["phone"])]
    value: Annotated[str, Field(examples=["+79161234567"])]
    at: datetime
    author: Named | None


class InboxSettings(Told):
    """Which requests wait to be sorted: all of these channels, all from these sources (`utm_source`); who is blocked.

    `blocked` is told to those only who sort requests.
    """

    channels: list[Literal["form", "api"]]
    sources: Annotated[list[str], Field(examples=[["yandex"]])]
    blocked: list[Blocked]


class InboxChanges(Given):
    """Only what is sent is changed, each as a whole list."""

    channels: Annotated[list[Literal["form", "api"]], Field(max_length=2)] | None = None
    sources: (
        Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200, examples=[["yandex"]])] | None
    ) = None


class Trade(Told):
    """What a company may be set up for at once: stages, buttons, reasons, own fields, letters, calling hours."""

    code: Annotated[str, Field(examples=["services"])]
    name: Annotated[str, Field(examples=["Services"])]
    about: str
    stages: Annotated[list[str], Field(examples=[["New", "Thinking", "Agreed"]])]
    is_chosen: bool


class TradeList(Told):
    """The trades. `may_change`: one may be chosen still, no deal stands in a pipeline and nothing was changed."""

    items: list[Trade]
    may_change: bool


class TradeGiven(Given):
    """What the company sells."""

    trade: Annotated[str, Field(max_length=20, examples=["services"])]


class Taken(Told):
    """A list, or everything, that left the company as a file; employee null: by itself.

    `query`, what the list was asked for, is told to those only from whom nothing is hidden. `address`: where the person
    stood.
    """

    id: Annotated[int, Field(examples=[42])]
    at: Moment
    employee: Named | None
    what: Annotated[str, Field(examples=["client"])]
    query: Annotated[list[str], Field(examples=[["City: Omsk"]])]
    columns: Annotated[str, Field(examples=["Name, City"])]
    rows: Annotated[int, Field(examples=[120])]
    format: Annotated[str, Field(examples=["xlsx"])]
    address: Annotated[str, Field(examples=["203.0.113.7"])]


class TakenList(Told):
    """A page of the log of exports, newest first."""

    items: list[Taken]
    next: str | None


class TaskRules(Told):
    """After how many hours of being overdue the head hears of a task."""

    overdue_hours: Annotated[int, Field(examples=[24])]


class TaskRulesGiven(Given):
    """After how many hours of being overdue the head hears of a task."""

    overdue_hours: Annotated[int, Field(ge=0, le=100_000, examples=[24])]


class Me(Told):
    """Who acts: the company, the employee in whose name, the scopes of the key (null for a session), the rights."""

    company: Company
    employee: Named | None
    scopes: list[str] | None
    rights: Annotated[dict[str, Literal["own", "team", "all"]], Field(examples=[{"people.see_clients": "own"}])]


class Choice(Told):
    """A value that a filter takes, and its words."""

    value: str
    words: str


class Facet(Told):
    """Something that a list can be filtered (`f.CODE`) or put in order (`sort`) by."""

    code: Annotated[str, Field(examples=["city"])]
    name: str
    kind: Annotated[str, Field(examples=["text"])]
    sorts: bool
    choices: list[Choice] | None


class FacetList(Told):
    """All facets of a kind of record, the company's own fields among them."""

    items: list[Facet]
