"""What the address of a report asks for, and the chips by which it is changed: every view is a link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.audience.queries import figures
from voronka.audience.queries.asked import period_words
from voronka.audience.queries.scope import Person, Scope, scope_of
from voronka.audience.rules.periods import AGAINST, PERIODS, BadPeriod, Period, against_of, period_of
from voronka.audience.views import words
from voronka.catalogue import queries as catalogue
from voronka.kit import modules, wording
from voronka.kit.actors import EXPORT, Actor, Reach
from voronka.kit.clocks import wall
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, place

# What stands in the address, in its order; the rest of a query is dropped.
NAMES = (
    "period",
    "from",
    "to",
    "against",
    "vs_from",
    "vs_to",
    "pipeline",
    "manager",
    "source",
    "category",
    "product",
    "stage",
    "view",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A row of a chip's menu."""

    label: str
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a chip: what is chosen, what may be; `own` are the names of two typed days, `kept` goes with them."""

    code: str
    label: str
    value: str
    is_on: bool
    choices: Sequence[Choice]
    own: Sequence[tuple[str, str]] = ()
    kept: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Ask:
    """An address of a report, read: periods, whose work, source. `problems` says what of it made no sense."""

    actor: Actor
    route: str
    query: dict[str, str]
    now: datetime
    rules: accounts.CompanyRules
    scope: Scope
    period: Period
    against: Period
    person: Person | None = None
    source: str = ""
    sources: Sequence[str] = ()
    products: Sequence[int] | None = None
    product: str = ""
    categories: Sequence[tuple[str, str]] = ()
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _behind: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The company's day."""
        return wall(self.now, self.rules.zone).date()

    @property
    def employee_ids(self) -> tuple[int, ...] | None:
        """Whose work is asked for; None is everybody's."""
        return (self.person.employee_id,) if self.person is not None else self.scope.employee_ids

    def figures(self, pipeline_id: int | None = None) -> figures.Asked:
        """Return what the figures are asked for."""
        return figures.Asked(
            self.period.bounds(self.rules.zone),
            self.against.bounds(self.rules.zone),
            self.rules.currency,
            self.employee_ids,
            pipeline_id,
            self.source,
            self.products,
        )

    def money(self, value: Decimal) -> str:
        """Say a sum in the company's currency, in whole units: kopecks are for documents."""
        return wording.money(round(value), self.rules.currency, words.lang()) if value else wording.DASH

    def days(self, *, before: bool = False) -> tuple[date, date]:
        """Return the first and the last day of the period, or of the one before."""
        period = self.against if before else self.period
        return period.first, period.last

    def address(self, route: str = "", **changes: str) -> str:
        """Return the address of a report with these changes; empty values are left out."""
        query = {name: value for name, value in {**self.query, **changes}.items() if value}
        path = _path(route or self.route)
        return f"{path}?{urlencode(query)}" if query else path

    def behind(self, pipeline: str, what: str, who: str) -> str:
        """Return the address behind a figure of an employee: there are hundreds, so what they share is made once."""
        if pipeline not in self._behind:
            self._behind[pipeline] = self.address("audience:behind", pipeline=pipeline, stage="", view="", what="-")
        found = self._behind[pipeline].removesuffix("-") + what
        return f"{found}&who={who}" if who else found

    def chips(self) -> list[Chip]:
        """Return the chips of the periods, of the people where there are several, and of the sources."""
        found = [self._period_chip(), self._against_chip()]
        if len(self.scope.people) > 1:
            found.append(self._person_chip())
        if len(self.sources) > 1 or self.source:
            found.append(self._source_chip())
        if self.categories:
            found.append(self._category_chip())
        return found

    def _period_chip(self) -> Chip:
        names = {
            "month": _("This month"),
            "last-month": _("Last month"),
            "week": _("7 days"),
            "quarter": _("Quarter"),
        }
        code = self.query.get("period", PERIODS[0])
        choices = [
            Choice(name, self.address(**{"period": key, "from": "", "to": ""}), key == code)
            for key, name in names.items()
        ]
        said = words.period_words(self.period, self.today)
        own = (("from", self.period.first.isoformat()), ("to", self.period.last.isoformat()))
        kept = self._kept("period", "from", "to")
        return Chip("period", _("Period"), said, True, choices, own, [("period", "own"), *kept])

    def _against_chip(self) -> Chip:
        code = self.query.get("against", AGAINST[0])
        names = {"before": _("the period before"), "year": _("a year before")}
        choices = [
            Choice(name, self.address(against=key, vs_from="", vs_to=""), key == code) for key, name in names.items()
        ]
        said = words.period_words(self.against, self.today)
        own = (("vs_from", self.against.first.isoformat()), ("vs_to", self.against.last.isoformat()))
        kept = self._kept("against", "vs_from", "vs_to")
        return Chip("against", _("against"), said, False, choices, own, [("against", "own"), *kept])

    def _person_chip(self) -> Chip:
        everybody = pgettext("reports", "all managers")
        choices = [Choice(everybody, self.address(manager=""), self.person is None)]
        choices += [
            Choice(one.name, self.address(manager=one.public_id), one == self.person)
            for one in self.scope.people
            if one.is_active or one == self.person
        ]
        said = self.person.name if self.person is not None else everybody
        return Chip("manager", "", said, self.person is not None, choices)

    def _category_chip(self) -> Chip:
        everything, chosen = _("all goods"), self.query.get("category", "")
        choices = [Choice(everything, self.address(category="", product=""), not chosen and not self.product)]
        choices += [
            Choice(name, self.address(category=code, product=""), code == chosen) for code, name in self.categories
        ]
        said = self.product or dict(self.categories).get(chosen, everything)
        return Chip("category", "", said, bool(chosen or self.product), choices)

    def _source_chip(self) -> Chip:
        everything = _("all sources")
        choices = [Choice(everything, self.address(source=""), not self.source)]
        choices += [
            Choice(words.source_words(one), self.address(source=one), one == self.source) for one in self.sources
        ]
        said = words.source_words(self.source) if self.source else everything
        return Chip("source", "", said, bool(self.source), choices)

    def _kept(self, *but: str) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.query.items() if name not in but]

    @property
    def may_export(self) -> bool:
        """Tell whether the actor may take the report out."""
        return self.actor.may(EXPORT)


def read(request: HttpRequest, route: str, *, with_sources: bool = True) -> Ask:
    """Read the address of a report. Raises Denied without the right to see reports."""
    actor, now = actor_of(request), timezone.now()
    scope, rules = scope_of(actor), accounts.get_company_rules()
    query = {name: value for name in NAMES if (value := request.GET.get(name, "").strip()[:80])}
    today = wall(now, rules.zone).date()
    problems: list[str] = []
    period, against = _periods(query, today, problems)
    ask = Ask(actor, route, query, now, rules, scope, period, against, problems=problems)
    if query.get("from", "") > query.get("to", "~") and not problems:
        ask.notes.append(_("The days were the wrong way round: they have been turned."))
    if period.first > today:
        ask.notes.append(_("This period is still ahead."))
    if "manager" in query:
        ask.person = scope.find(query["manager"])
        if ask.person is None:
            problems.append(
                _("There is no such manager, or you may not see his work: all that you may see is shown.")
            )
            del query["manager"]
    if with_sources:
        ask.sources = figures.list_sources()
        _choose_source(ask)
    _choose_goods(ask)
    return ask


def _choose_goods(ask: Ask) -> None:
    """Read which goods are asked for: one product, or a category with all below it."""
    if not modules.is_on(ask.actor, "catalogue"):
        for name in ("product", "category"):
            ask.query.pop(name, None)
        return
    wanted, category = ask.query.get("product", ""), ask.query.get("category", "")
    if wanted or category or figures.any_goods():
        ask.categories = catalogue.category_names()
    if wanted:
        product = catalogue.product_id_of(wanted)
        if product is None:
            ask.problems.append(_("There is no such product: the report shows all goods."))
            del ask.query["product"]
        else:
            ask.products, ask.product = [product], catalogue.products_by_ids([product])[product][1]
    elif category:
        ask.products = catalogue.products_below(category)
        if ask.products is None:
            ask.problems.append(_("There is no such category: the report shows all goods."))
            del ask.query["category"]


@cache
def _path(route: str) -> str:
    """Return the path of a page that takes nothing: a report has hundreds of addresses of a few pages."""
    return reverse(route)


def _choose_source(ask: Ask) -> None:
    wanted = ask.query.get("source", "")
    if wanted in ask.sources:
        ask.source = wanted
    elif wanted:
        ask.problems.append(_("No deal came from such a source: the report shows all sources."))
        del ask.query["source"]


def _periods(query: dict[str, str], today: date, problems: list[str]) -> tuple[Period, Period]:
    """Return both periods; what cannot be is told, and the usual one is taken in its place."""
    code = query.get("period", PERIODS[0])
    if code not in PERIODS:
        problems.append(_("There is no such period: the report shows this month."))
        code = query["period"] = PERIODS[0]
    try:
        period = period_of(code, today, first=query.get("from", ""), last=query.get("to", ""))
    except BadPeriod as bad:
        problems.append(_period_problem(bad))
        for name in ("period", "from", "to"):
            query.pop(name, None)
        code, period = PERIODS[0], period_of(PERIODS[0], today)
    other = query.get("against", AGAINST[0])
    if other not in AGAINST:
        problems.append(_("There is nothing like that to hold a period against: the period before is taken."))
        other = query["against"] = AGAINST[0]
    try:
        against = against_of(other, period, code, first=query.get("vs_from", ""), last=query.get("vs_to", ""))
    except BadPeriod as bad:
        problems.append(_period_problem(bad))
        for name in ("against", "vs_from", "vs_to"):
            query.pop(name, None)
        against = against_of(AGAINST[0], period, code)
    return period, against


def _period_problem(bad: BadPeriod) -> str:
    is_other = bad.field.startswith("vs_")
    rest = _("The period before is taken.") if is_other else _("This month is shown.")
    return f"{period_words(bad)} {rest}"


def tabs(ask: Ask) -> list[Tab]:
    """Return the ways between the reports; the periods, the manager and the source go along."""
    names = (("audience:funnel", _("Funnel")), ("audience:managers", _("Managers")))
    return [
        Tab(name, ask.address(route, stage="", view="", pipeline=""), active=route == ask.route)
        for route, name in names
    ]


def frame(ask: Ask, file_route: str) -> dict[str, object]:
    """Return what the head and the empty places of both reports show: chips, tabs, ways to tables and files."""
    is_narrow = ask.person is not None or bool(ask.source) or ask.products is not None
    return {
        "ask": ask,
        "chips": ask.chips(),
        "tabs": tabs(ask),
        "as_table": ask.query.get("view") == "table",
        "table_url": ask.address(view="table"),
        "picture_url": ask.address(view=""),
        "file_url": ask.address(file_route, view="", stage=""),
        "plain_url": reverse(ask.route),
        "against": words.period_words(ask.against, ask.today),
        "quarter_url": ask.address(**{"period": "quarter", "from": "", "to": ""}),
        "wide_url": ask.address(manager="", source="", category="", product="") if is_narrow else "",
        "import_url": place("people:import-new") if _may(ask.actor, "people.import_clients") else "",
        "deals_url": place("deals:deal-new") if _may(ask.actor, "deals.open") else "",
        "work_url": place("deals:workplace") if _may(ask.actor, "deals.press") else "",
    }


def _may(actor: Actor, code: str) -> bool:
    """Tell whether the actor has a right of another part, by its code: only where a link leads depends on it."""
    return actor.rights.get(code, Reach.NONE) is not Reach.NONE
