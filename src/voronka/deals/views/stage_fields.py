"""The block of the stage's fields beside a deal: what the stage and its buttons demand first, edited in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.deals.models import Deal, Stage
from voronka.deals.permissions import PRESS
from voronka.deals.rules.buttons import Button
from voronka.deals.rules.limits import field_of_ask
from voronka.deals.rules.required import SUM, ask_key, demanded, is_missing, own_code
from voronka.deals.services.own_words import Names, own_words
from voronka.deals.services.required import code_of, held
from voronka.kit import pieces, wording
from voronka.kit.actors import Actor
from voronka.kit.screens import place

if TYPE_CHECKING:
    from voronka.people.models import CustomField

SHOWN = 6  # fields shown where the stage demands none, those of the deal first


@dataclass(frozen=True, slots=True)
class FieldsBlock:
    """The block: fields demanded here, the other ones, and how many each button still owes, by its key."""

    of: str
    end: str
    facts: Sequence[pieces.Fact]
    others: Sequence[pieces.Fact]
    needed: Mapping[str, int] = field(default_factory=dict)


def stage_fields(
    deal: Deal, actor: Actor, buttons: Sequence[Button], stages: Sequence[Stage], fields: "Sequence[CustomField]"
) -> FieldsBlock:
    """Return the block of a deal; `fields` are the company's own ones that the actor may see.

    The names of employees are asked for where a field holds one.
    """
    order = [(one.public_id, one.required_fields) for one in stages]
    owed = _owed(deal, actor, buttons, order)
    known = {code_of(one): one for one in sorted(fields, key=lambda one: one.subject != "deal")}
    own = deal.stage.required_fields
    first = list(dict.fromkeys([*own, *(code for codes in owed.values() for code in codes)]))
    first = [code for code in first if code in known or (code == SUM and actor.sees(SUM))]
    rest = [code for code in known if code not in first]
    names = Names.of((one.kind, held(deal, code)) for code, one in known.items())
    made = {code: _fact(deal, actor, code, known.get(code), buttons, owed, names) for code in [*first, *rest]}
    lead = first or rest[:SHOWN]
    filled = sum(not is_missing(held(deal, code)) for code in lead)
    end = _("%(filled)s of %(all)s") % {"filled": filled, "all": len(lead)} if lead else ""
    return FieldsBlock(
        of=_("“%(name)s”") % {"name": deal.stage.name},
        end=end,
        facts=[made[code] for code in lead],
        others=[made[code] for code in rest if code not in lead],
        needed={
            key: sum(is_missing(held(deal, code)) and (code == SUM or code in known) for code in codes)
            for key, codes in owed.items()
        },
    )


def _owed(
    deal: Deal, actor: Actor, buttons: Sequence[Button], order: Sequence[tuple[str, Sequence[str]]]
) -> dict[str, list[str]]:
    """Return the codes that a plain press of each button demands, of the fields that the actor sees."""
    if deal.open_task_id is None:
        return {}
    found = {}
    for one in buttons:
        codes = demanded(order, deal.stage.public_id, one.outcomes[0].steps)
        found[one.key] = [code for code in codes if actor.sees(field_of_ask(ask_key(code)))]
    return found


def _fact(
    deal: Deal,
    actor: Actor,
    code: str,
    custom: "CustomField | None",
    buttons: Sequence[Button],
    owed: Mapping[str, Sequence[str]],
    names: Names,
) -> pieces.Fact:
    name = custom.name if custom is not None else _("Sum")
    value, url = held(deal, code), ""
    if may_fill(deal, actor, code) and (custom is None or custom.kind != "file" or own_code(code)):
        url = reverse("deals:field", args=[deal.public_id, code])
    if not is_missing(value):
        leads = "" if url or custom is None or custom.kind != "file" else file_url(deal, code, str(value))
        return pieces.Fact(name, value_words(deal, actor, value, custom, names), "", url, leads)
    asking = next((one.label for one in buttons if code in owed.get(one.key, ())), "")
    if asking:
        return pieces.Fact(name, _("needed for “%(button)s”") % {"button": asking}, "need", url)
    if code in deal.stage.required_fields:
        return pieces.Fact(name, _("needed at this stage"), "need", url)
    return pieces.Fact(name, _("not given"), "empty", url)


def file_url(deal: Deal, code: str, file_id: str) -> str:
    """Return the address of a file in a field of the deal or of its client."""
    if own_code(code):
        return reverse("deals:file", args=[deal.public_id, file_id])
    return place("people:client-file", deal.client.public_id, file_id)


def may_fill(deal: Deal, actor: Actor, code: str) -> bool:
    """Tell whether the actor may fill a field in on the desk; the verb checks it again."""
    team_id = deal.responsible.team_id if deal.responsible is not None else None
    may_press = actor.may(PRESS, owner_id=deal.responsible_id, team_id=team_id)
    return may_press and deal.open_task_id is not None and actor.writes(field_of_ask(ask_key(code)))


def value_words(deal: Deal, actor: Actor, value: object, custom: "CustomField | None", names: Names) -> str:
    """Return the value of a field as people read it."""
    if custom is None:
        return wording.money(value, deal.currency, actor.language)  # type: ignore[arg-type]  # the deal's own sum
    return own_words(value, custom.kind, deal.currency, actor, names)
