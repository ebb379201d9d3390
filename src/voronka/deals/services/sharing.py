"""Giving new deals to people by the rules of their pipeline (docs/algorithms/sharing.md).

A Sharer reads the rules and people of one pipeline once and decides for as many deals as wanted; with `lock` the
rules stay locked until the transaction ends, so that turns go round exactly and loads count what others just gave.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, PipelineMember, ShareRule, ShareSeat
from voronka.deals.rules.sharing import Decision, Hours, Person, Rule, Way, decide
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.people import queries as people
from voronka.work import queries as work

OWNERS = 3  # how many earlier managers of a client are tried


@dataclass(frozen=True, slots=True)
class Case:
    """A deal to be given, real or imagined: its client, the way it came by, its sum."""

    client_id: int
    channel: str = ""
    amount: Decimal | None = None


@dataclass(slots=True)
class Sharer:
    """The rules and people of one pipeline at one moment; turns and loads move on with each decision."""

    rows: Sequence[ShareRule]
    people: dict[int, Person]
    members: Sequence[int]
    seats: Mapping[int, Sequence[int]]
    turns: dict[int, int | None] = field(default_factory=dict)
    # What was asked for beforehand: the clients that answer to a rule's conditions, and who has had each client.
    answering: dict[int, set[int]] = field(default_factory=dict)
    owners: Mapping[int, Sequence[int]] | None = None

    @classmethod
    def of(cls, pipeline_id: int, *, now: datetime, lock: bool, besides: Iterable[int] = ()) -> "Sharer":
        """Read the rules of a pipeline; nobody of `besides` is given anything. Six statements, two without rules."""
        found = ShareRule.objects.filter(pipeline_id=pipeline_id)
        if lock:
            # In one order for everybody, whatever their places in the list.
            list(found.select_for_update().order_by("id").values_list("id", flat=True))
        rows = list(found.order_by("position", "id"))
        if not rows:
            return cls([], {}, [], {})
        seats: dict[int, list[int]] = {}
        for rule_id, employee_id in ShareSeat.objects.filter(rule__in=rows).values_list("rule_id", "employee_id"):
            seats.setdefault(rule_id, []).append(employee_id)
        members = list(PipelineMember.objects.filter(pipeline_id=pipeline_id).values_list("employee_id", flat=True))
        turns = {one.pk: one.turn for one in rows}
        return cls(rows, people_now(now, besides), members, seats, turns)

    def foresee(self, client_ids: Sequence[int]) -> None:
        """Ask for many clients at once what `decide` asks for each: a statement a condition, and two for the owners."""
        system = Actor.system(current_company_id())
        for one in self.rows:
            if one.asked:
                self.answering[one.pk] = people.answering(system, client_ids, one.asked)
        if any(one.way == Way.OWNER for one in self.rows):
            self.owners = _owners_of(client_ids)

    def decide(self, case: Case) -> Decision:
        """Return whom one deal goes to, and count it as given."""
        if not self.rows:
            return Decision(None)
        rules = [
            Rule(
                one.pk,
                Way(one.way),
                Hours(one.hours),
                tuple(self.seats.get(one.pk, ())),
                self.turns[one.pk],
                self._holds(one, case),
            )
            for one in self.rows
        ]
        owners: Sequence[int] = []
        if any(one.way is Way.OWNER and one.holds for one in rules):
            owners = (_owners_of([case.client_id]) if self.owners is None else self.owners).get(case.client_id, [])
        decision = decide(rules, self.people, self.members, owners=owners)
        chosen = self.people.get(decision.employee_id or 0)
        if chosen is not None and decision.rule_id is not None:
            self.people[chosen.id] = replace(chosen, load=chosen.load + 1)
            if decision.way in (Way.TURN, Way.LOAD):
                self.turns[decision.rule_id] = chosen.id
        return decision

    def _holds(self, rule: ShareRule, case: Case) -> bool:
        if rule.channels and case.channel not in rule.channels:
            return False
        if rule.sum_from is not None and (case.amount is None or case.amount < rule.sum_from):
            return False
        if rule.sum_to is not None and (case.amount is None or case.amount > rule.sum_to):
            return False
        if not rule.asked:
            return True
        found = self.answering.get(rule.pk)
        if found is None:
            found = people.answering(Actor.system(current_company_id()), [case.client_id], rule.asked)
        return case.client_id in found

    def save(self) -> None:
        """Write down whose turn it was."""
        moved = [one for one in self.rows if self.turns[one.pk] != one.turn]
        for one in moved:
            one.turn = self.turns[one.pk]
        ShareRule.objects.bulk_update(moved, ["turn"])


def people_now(now: datetime, besides: Iterable[int] = ()) -> dict[int, Person]:
    """Return everybody who works here, as they are at this moment: away, at work, how many tasks today."""
    left_out = set(besides)
    employees = [one for one in accounts.list_employees() if one.pk not in left_out and one.joined_at is not None]
    schedules = work.schedules_of([(one.pk, one.zone) for one in employees])
    loads = work.open_until([one.pk for one in employees], until=now + timedelta(hours=12))
    found = {}
    for one in employees:
        schedule = schedules[one.pk]
        today = now.astimezone(ZoneInfo(one.zone)).date()
        found[one.pk] = Person(
            one.pk,
            load=loads.get(one.pk, 0),
            is_away=today in schedule.days_off,
            is_working=schedule.is_working(now),
            starts_at=schedule.next_working_moment(now),
        )
    return found


def _owners_of(client_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return who has had each client, the present one first: of the card, then of his latest deals."""
    deals = Deal.objects.filter(client_id__in=client_ids, responsible__isnull=False).order_by("client_id", "-id")
    earlier: dict[int, list[int]] = {}
    for client_id, employee_id in deals.values_list("client_id", "responsible_id"):
        if employee_id is not None and len(earlier.setdefault(client_id, [])) < OWNERS:
            earlier[client_id].append(employee_id)
    cards = people.client_rows(client_ids)
    own = {pk: [one.responsible_id] for pk, one in cards.items() if one.responsible_id is not None}
    return {pk: list(dict.fromkeys([*own.get(pk, []), *earlier.get(pk, [])])) for pk in {*own, *earlier}}
