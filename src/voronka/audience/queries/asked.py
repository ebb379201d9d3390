"""What a program asks of a report: two periods, whose work, which source; the same that the pages ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.audience.queries import figures
from voronka.audience.queries.funnel import StageRow
from voronka.audience.queries.scope import Person, Scope, scope_of
from voronka.audience.rules.periods import BadPeriod, Period, against_of, period_of
from voronka.catalogue import queries as catalogue
from voronka.deals.queries import reports as deals
from voronka.kit import modules
from voronka.kit.actors import Actor
from voronka.kit.clocks import day_bounds, wall
from voronka.kit.errors import Invalid, NotFound

LATE_PROMISE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Codes of both periods (rules.periods), their days where they are typed (ISO), a manager's id, a source,
    and public ids of a category or a product."""

    period: str = "month"
    first: str = ""
    last: str = ""
    against: str = "before"
    against_first: str = ""
    against_last: str = ""
    manager: str = ""
    source: str = ""
    category: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked, read: both periods as days, whose work of those the actor may see."""

    rules: accounts.CompanyRules
    scope: Scope
    period: Period
    against: Period
    person: Person | None
    source: str
    now: datetime
    products: Sequence[int] | None = None

    @property
    def people(self) -> Sequence[Person]:
        """Whose lines the report has."""
        return [self.person] if self.person is not None else self.scope.people

    @property
    def with_pool(self) -> bool:
        """Tell whether what nobody answers for is told too."""
        return self.person is None and self.scope.employee_ids is None

    def figures(self, pipeline_id: int | None = None) -> figures.Asked:
        """Return what the figures are asked for."""
        zone = self.rules.zone
        who = (self.person.employee_id,) if self.person is not None else self.scope.employee_ids
        return figures.Asked(
            self.period.bounds(zone), self.against.bounds(zone), self.rules.currency, who, pipeline_id, self.source,
            self.products,
        )  # fmt: skip


def read_report(actor: Actor, wanted: Wanted, *, now: datetime) -> Report:
    """Return what is asked. Raises Denied without the right to see reports, Invalid at the names of `Wanted`."""
    scope, rules = scope_of(actor), accounts.get_company_rules()
    today = wall(now, rules.zone).date()
    try:
        period = period_of(wanted.period, today, first=wanted.first, last=wanted.last)
        against = against_of(
            wanted.against, period, wanted.period, first=wanted.against_first, last=wanted.against_last
        )
    except BadPeriod as bad:
        place = {"from": "first", "to": "last", "vs_from": "against_first", "vs_to": "against_last"}[bad.field]
        message = period_words(bad)
        raise Invalid(message, fields={place: message}) from bad
    person = scope.find(wanted.manager) if wanted.manager else None
    if wanted.manager and person is None:
        message = _("There is no such manager, or you may not see his work.")
        raise Invalid(message, fields={"manager": message})
    if wanted.source and wanted.source not in figures.list_sources():
        message = _("No deal came from such a source.")
        raise Invalid(message, fields={"source": message})
    return Report(rules, scope, period, against, person, wanted.source, now, _products(actor, wanted))


def _products(actor: Actor, wanted: Wanted) -> Sequence[int] | None:
    """Return which goods are asked for: a product, or those of a category with all below it; None for all."""
    if not (wanted.product or wanted.category):
        return None
    is_on = modules.is_on(actor, "catalogue")
    if wanted.product:
        found = catalogue.product_id_of(wanted.product) if is_on else None
        if found is None:
            message = _("There is no such product.")
            raise Invalid(message, fields={"product": message})
        return [found]
    below = catalogue.products_below(wanted.category) if is_on else None
    if below is None:
        message = _("There is no such category.")
        raise Invalid(message, fields={"category": message})
    return below


def period_words(bad: BadPeriod) -> str:
    """Return why a period cannot be, in words."""
    return {
        "empty": _("A day is missing: give the first and the last one."),
        "no_day": _("There is no such day in the calendar."),
        "far": _("Reports know the days of 2000–2100."),
        "long": _("The period is too long: at most 800 days."),
    }[bad.code]


def count_overdue(today: date, zone: str, now: datetime) -> Mapping[int, int]:
    """Return by employee how many deals wait for a step whose time is over: a promise of ten minutes, a day."""
    midnight, _end = day_bounds(today, zone)
    return deals.count_overdue(promised_before=now - LATE_PROMISE, due_before=midnight)


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """A pipeline with its stages, as the funnel needs it; a request is to be answered in so many minutes."""

    pipeline_id: int
    public_id: str
    name: str
    answer_minutes: int
    stages: Sequence[StageRow]


def list_pipelines() -> list[PipelineRow]:
    """Return the pipelines with their stages; pipelines out of use last."""
    rows = deals.list_all_stages()
    pipelines = {one.pipeline_id: one.pipeline for one in rows}
    return [
        PipelineRow(
            one.pk,
            one.public_id,
            one.name,
            one.answer_minutes,
            [StageRow(row.pk, row.public_id, row.name, row.norm_days) for row in rows if row.pipeline_id == one.pk],
        )
        for one in sorted(pipelines.values(), key=lambda one: not one.is_active)
    ]


def find_pipeline(public_id: str) -> PipelineRow:
    """Return a pipeline, the first one where none is named. Raises Invalid, NotFound in a company without any."""
    rows = list_pipelines()
    found = next((one for one in rows if one.public_id == public_id), None)
    if public_id and found is None:
        message = _("There is no such pipeline.")
        raise Invalid(message, fields={"pipeline": message})
    if not rows:
        raise NotFound(_("There is no such pipeline."))
    return found or rows[0]
