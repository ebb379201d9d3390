"""Deals as one reader may see them: the one place where hidden fields of deals are taken away."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from voronka.deals.models import Deal
from voronka.deals.rules.limits import COLUMNS
from voronka.kit.actors import Actor
from voronka.kit.limits import emptied
from voronka.people import queries as people

# Fields that a letter may tell: its subject stands among the effects of a press.
_IN_LETTERS = ("deal.sum", "client.city")
_OWN = ("client.custom.", "deal.custom.")  # begin the codes of the company's own fields, which letters may tell too


def shown(actor: Actor, deal: Deal) -> Deal:
    """Empty in memory what the actor may not see of a deal and, where it is loaded, of its client."""
    if not actor.limits:
        return deal
    if "client" in deal._state.fields_cache:
        deal.client = people.shown(actor, deal.client)
    seen = people.own_shown(actor, "deal", deal.fields)
    if len(seen) < len(deal.fields):
        deal.fields, deal.is_emptied = seen, True
    return emptied(deal, [name for name, code in COLUMNS.items() if not actor.sees(code)])


def effects_shown(actor: Actor, effects: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return the kept effects of a press that the actor may see; one that tells a field names its value."""
    if not actor.limits:
        return list(effects)
    hides_own = any(not actor.sees(code) for code in actor.limits if code.startswith(_OWN))
    hides_field = hides_own or not actor.sees("deal.sum")
    hides_letter = hides_own or not all(map(actor.sees, _IN_LETTERS))
    hides_tag = not actor.sees("deal.tags")
    found: list[Mapping[str, str]] = []
    for one in effects:
        if (one["code"] == "field" and hides_field) or (one["code"] == "tag" and hides_tag):
            continue
        if one["code"] == "letter" and hides_letter:
            found.append({**one, "words": _("a letter to the client")})
        elif one["code"] == "sms" and hides_letter:
            found.append({**one, "words": _("an SMS to the client")})
        else:
            found.append(one)
    return found


def comment_shown(actor: Actor, comment: str) -> str:
    """Return what was written at a press, nothing where the actor may not see it."""
    return comment if actor.sees("deal.comment") else ""
