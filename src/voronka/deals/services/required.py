"""What the stages demand: fields that must be filled in before a deal goes on.

A press that leads a deal forward asks for what is missing of every stage it passes, the one it leaves and the one
it comes to included; one that wins it asks for what its present stage demands. Going back, losing and putting
away ask for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, Stage
from voronka.deals.rules.limits import field_of_ask
from voronka.deals.rules.required import OWN, SUM, aim_of, ask_key, demanded, is_missing, own_code
from voronka.deals.services.drafts import DealDraft
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.steps import Ask, Effect, Step
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import CustomField


@dataclass(frozen=True, slots=True)
class Need:
    """A field that stands empty and is demanded; `ask` takes its value, None for a file, which a press cannot take."""

    code: str
    name: str
    ask: Ask | None


class FieldsNeeded(Refusal):
    """The deal cannot go on: `fields` are empty, and whoever presses cannot fill them in here."""

    status = 409
    code = "field_needed"


def needs_of(deal: Deal, steps: Sequence[Step], actor: Actor) -> list[Need]:
    """Return what a press with these steps must fill in first; two statements where it leads on, else none.

    A deal emptied for its reader tells nothing of the fields that he does not see: they are taken for filled in.
    """
    stored = [{**step.model_dump(), "kind": step.kind} for step in steps]
    if not any(aim_of(stored)):
        return []
    codes = demanded(stages_of(deal), deal.stage.public_id, stored)
    if deal.is_emptied or deal.client.is_emptied:
        codes = [code for code in codes if actor.sees(field_of_ask(ask_key(code)))]
    return missing(deal, codes)


def stages_of(deal: Deal) -> list[tuple[str, Sequence[str]]]:
    """Return the stages of the deal's pipeline with what each demands (rules.required.Stages)."""
    rows = Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position")
    return list(rows.values_list("public_id", "required_fields"))


def missing(deal: Deal, codes: Sequence[str]) -> list[Need]:
    """Return those of the demanded fields that stand empty, in their order; fields that are gone demand nothing."""
    empty = [code for code in codes if is_missing(held(deal, code))]
    known = known_fields() if set(empty) - {SUM} else {}
    needs = []
    for code in empty:
        if code == SUM:
            needs.append(Need(SUM, _("Sum"), _sum_ask()))
        elif code in known:
            field = known[code]
            needs.append(Need(code, field.name, custom_ask(field)))
    return needs


def known_fields() -> "dict[str, CustomField]":
    """Return the company's own fields of clients and deals by the codes under which stages demand them."""
    return {code_of(one): one for one in people.list_custom_fields(subject=None)}


def code_of(field: "CustomField") -> str:
    """Return the code under which stages demand an own field."""
    return f"{OWN}{field.code}" if field.subject == "deal" else field.code


def find_field(code: str) -> "CustomField | None":
    """Return the own field in use that a code demands."""
    own = own_code(code)
    return people.find_custom_field(own or code, subject="deal" if own else "client")


def ask_of(code: str) -> Ask | None:
    """Return the question that takes the value of a field; None for one that is gone or takes a file."""
    if code == SUM:
        return _sum_ask()
    field = find_field(code)
    return custom_ask(field) if field is not None else None


def _sum_ask() -> Ask:
    return Ask("sum", "money", _("Sum"))


def custom_ask(field: "CustomField") -> Ask | None:
    """Return the question that takes the value of an own field; None for a file, which a press cannot take."""
    if field.kind == "file":
        return None
    options = [(one, one) for one in field.options]
    if field.kind == "person":
        options = [(one.public_id, one.name) for one in accounts.list_employees()]
    elif field.kind == "yes_no":
        options = [("yes", _("yes")), ("no", _("no"))]
    return Ask(ask_key(code_of(field)), field.kind, field.name, options=options)


def held(deal: Deal, code: str) -> object:
    """Return what a demanded field holds now."""
    if code == SUM:
        return deal.sum
    return deal.fields.get(own_code(code)) if own_code(code) else deal.client.fields.get(code)


def require_fillable(needs: Sequence[Need], actor: Actor) -> None:
    """Raise FieldsNeeded where something is demanded that the actor cannot fill in at a press."""
    shut = [one for one in needs if one.ask is None or not actor.writes(field_of_ask(one.ask.key))]
    if not shut:
        return
    seen = [one for one in shut if one.ask is None or actor.sees(field_of_ask(one.ask.key))]
    names = ", ".join(f"“{one.name}”" for one in seen)
    files = [one for one in shut if one.ask is None]
    if files and all(own_code(one.code) for one in files):
        message = _("Add beside the deal first: %(names)s.") % {"names": names}
    elif files:
        message = _("Add on the client's card first: %(names)s.") % {"names": names}
    elif seen:
        message = _("The stage needs %(names)s, and your role may not fill it in: ask somebody who may.")
        message %= {"names": names}
    else:
        message = _("The stage needs fields that your role does not see: ask somebody who does.")
    raise FieldsNeeded(message, fields={one.code: _("needed at this stage") for one in seen})


def joined(asks: Sequence[Ask], needs: Sequence[Need]) -> list[Ask]:
    """Return what a press asks: the steps' own questions, then the demanded fields that no step asks for.

    A step's question about a demanded field cannot be skipped.
    """
    keys = {one.ask.key for one in needs if one.ask is not None}
    own = [replace(ask, required=True) if ask.key in keys else ask for ask in asks]
    asked = {ask.key for ask in own}
    return [*own, *(one.ask for one in needs if one.ask is not None and one.ask.key not in asked)]


def fill(draft: DealDraft, needs: Sequence[Need], asked: Sequence[Ask], typed: Mapping[str, Any]) -> list[Effect]:
    """Put the answers to demanded fields that no step takes on the draft; `asked` are the steps' own questions."""
    own = {ask.key for ask in asked}
    effects = []
    for need in needs:
        if need.ask is None or need.ask.key in own:
            continue
        answer = typed.get(need.ask.key)
        if answer is None:
            continue
        if need.code == SUM:
            draft.set_sum(answer)
        elif own_code(need.code):
            draft.set_own_field(own_code(need.code), as_kept(answer))
        else:
            draft.set_field(need.code, as_kept(answer))
        effects.append(Effect("field", f"{need.name}: {answer_words(need.ask, answer)}"))
    return effects


def as_kept(answer: Any) -> Any:
    """Return an answer as JSON keeps it: days in ISO, sums as text."""
    if isinstance(answer, date):
        return answer.isoformat()
    return str(answer) if isinstance(answer, Decimal) else answer


def answer_words(ask: Ask | None, answer: Any) -> str:
    """Return the answer to a question as people read it."""
    if ask is None:
        return ""
    if ask.kind == "person":
        return accounts.employee_names([answer]).get(answer, "")
    if ask.kind == "yes_no":
        return _("yes") if answer else _("no")
    if isinstance(answer, list):
        return ", ".join(map(str, answer))
    return str(as_kept(answer))
