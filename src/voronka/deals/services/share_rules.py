"""Setting up whom new deals go to: the rules of a pipeline in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Pipeline, ShareRule, ShareSeat
from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.rules.edits import clean_line
from voronka.deals.rules.sharing import Decision, Hours, Way
from voronka.deals.services.pipelines import get_pipeline
from voronka.deals.services.sharing import Case, Sharer
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.people import queries as people

RULE_LIMIT, CONDITION_LIMIT = 30, 3
CHANNELS = ("form", "api", "import", "hand")


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as a person typed it: `people` are public ids, `asked` facets of the client by code."""

    name: str
    way: str
    hours: str = Hours.ANY
    people: Sequence[str] = ()
    channels: Sequence[str] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    sum_from: Decimal | None = None
    sum_to: Decimal | None = None


def list_rules(pipeline: Pipeline) -> list[ShareRule]:
    """Return the rules of a pipeline in their order, with their seats."""
    rows = ShareRule.objects.filter(pipeline=pipeline).prefetch_related("seats")
    return list(rows.order_by("position", "id"))


def get_rule(actor: Actor, public_id: str, *, lock: bool = False) -> ShareRule:
    """Return a rule for its set-up. Raises Denied or NotFound."""
    actor.require(EDIT_BUTTONS)
    rows = ShareRule.objects.select_related("pipeline")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such rule."))
    return found


@transaction.atomic
def add_rule(*, actor: Actor, pipeline_id: str, draft: RuleDraft) -> ShareRule:
    """Put a rule at the end of a pipeline's. Raises Denied, NotFound, Invalid, Refusal when there are too many."""
    pipeline = get_pipeline(actor, pipeline_id, lock=True)
    rows = list_rules(pipeline)
    if len(rows) >= RULE_LIMIT:
        raise Refusal(_("No more than %(limit)s fit here.") % {"limit": RULE_LIMIT}, code="too_many")
    rule = ShareRule(pipeline=pipeline, position=rows[-1].position + 1 if rows else 0)
    _write(rule, draft, actor)
    return rule


@transaction.atomic
def change_rule(*, actor: Actor, rule_id: str, draft: RuleDraft) -> ShareRule:
    """Change a rule; whose turn it is stays. Raises Denied, NotFound, Invalid."""
    rule = get_rule(actor, rule_id, lock=True)
    _write(rule, draft, actor)
    return rule


@transaction.atomic
def move_rule(*, actor: Actor, rule_id: str, to: int) -> ShareRule:
    """Put a rule at another place of its list."""
    rule = get_rule(actor, rule_id)
    get_pipeline(actor, rule.pipeline.public_id, lock=True)
    rows = [one for one in list_rules(rule.pipeline) if one.pk != rule.pk]
    rows.insert(max(0, min(to, len(rows))), rule)
    for position, one in enumerate(rows):
        one.position = position
    ShareRule.objects.bulk_update(rows, ["position"])
    return rule


@transaction.atomic
def drop_rule(*, actor: Actor, rule_id: str) -> Pipeline:
    """Delete a rule; deals that it gave stay where they are. Returns its pipeline."""
    rule = get_rule(actor, rule_id, lock=True)
    pipeline: Pipeline = rule.pipeline
    rule.delete()
    return pipeline


def try_out(
    *, actor: Actor, pipeline_id: str, client_id: str, channel: str, amount: Decimal | None, now: datetime
) -> Decision:
    """Tell whom a deal of this client would go to now, changing nothing. Raises Denied, NotFound."""
    pipeline = get_pipeline(actor, pipeline_id)
    client = people.get_client(actor, client_id)
    sharer = Sharer.of(pipeline.pk, now=now, lock=False)
    return sharer.decide(Case(client.pk, channel, amount))


def _write(rule: ShareRule, draft: RuleDraft, actor: Actor) -> None:
    problems: dict[str, str] = {}
    gone = _("This choice is no longer in the list.")
    if draft.way not in list(Way):
        problems["way"] = gone
    if draft.hours not in list(Hours):
        problems["hours"] = gone
    if set(draft.channels) - set(CHANNELS):
        problems["channels"] = gone
    known = {one.public_id: one.pk for one in accounts.list_employees()}
    if set(draft.people) - known.keys():
        problems["people"] = _("This employee no longer works here: choose another.")
    if draft.sum_from is not None and draft.sum_to is not None and draft.sum_from > draft.sum_to:
        problems["sum_to"] = _("The second sum is smaller than the first.")
    name = clean_line(draft.name[:600])
    if len(name) > 60:
        problems["name"] = _("Longer than %(limit)s signs.") % {"limit": 60}
    _wanted, wrong = facets.condition("client", dict(draft.asked), Actor.system(actor.company_id))
    for code, why in wrong.items():
        problems[f"value_{list(draft.asked).index(code) + 1}"] = gone if why == "unknown" else why
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    rule.name, rule.way, rule.hours = name, draft.way, draft.hours
    rule.channels, rule.asked = list(draft.channels), dict(draft.asked)
    rule.sum_from, rule.sum_to = draft.sum_from, draft.sum_to
    rule.save()
    wanted = {known[one] for one in draft.people}
    ShareSeat.objects.filter(rule=rule).exclude(employee_id__in=wanted).delete()
    here = set(ShareSeat.objects.filter(rule=rule).values_list("employee_id", flat=True))
    ShareSeat.objects.bulk_create([ShareSeat(rule=rule, employee_id=one) for one in sorted(wanted - here)])
