"""Who acts in an automation: the system of the company, in the company's language, with the modules that are on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils import translation

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id

MODULE = "flows"
ORIGIN = "automation"


@contextmanager
def machine() -> Iterator[Actor]:
    """Give the actor of automations: the system, in the company's language, without the modules that are off."""
    rules, off = accounts.get_company_rules(), frozenset(accounts.list_modules_off())
    actor = Actor.system(current_company_id(), zone=ZoneInfo(rules.zone), origin=ORIGIN)
    with translation.override(rules.language):
        yield replace(actor, language=rules.language, off=off, off_in_company=off)


def is_off(actor: Actor) -> bool:
    """Tell whether the company has switched automations off."""
    return MODULE in actor.off_in_company
