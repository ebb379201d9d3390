"""Modules, sections and buttons that the whole company leaves out."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts.events import CompanyChanged
from voronka.accounts.models import Company
from voronka.kit import modules
from voronka.kit.actors import CHANGE_SETTINGS, Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.kit.screens import all_sections

# Without this section nobody would find the way back.
ALWAYS = "section:settings"


def unusable_codes() -> set[str]:
    """Return the codes of sections and single things that a role, or the company, may leave out."""
    found = {f"section:{one.code}" for one in all_sections()} | {one.code for one in modules.all_items()}
    return found - {ALWAYS}


def switch_modules(*, actor: Actor, off: Collection[str], unused: Collection[str] | None = None) -> list[str]:
    """Switch off the modules of these codes, and all others on; return the codes that differ now.

    A switched-off module shows nowhere, its addresses are not found, its steps in buttons rest; what it has kept
    stays. `unused` are sections and buttons that nobody uses, None where they stay. Raises Denied, Invalid for an
    unknown code.
    """
    actor.require(CHANGE_SETTINGS)
    if set(off) - {one.code for one in modules.all_modules()} or set(unused or ()) - unusable_codes():
        raise Invalid(_("The page is broken: reload it and try again."))
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=actor.company_id)
        wanted = {"modules_off": sorted(set(off))}
        if unused is not None:
            wanted["unused"] = sorted(set(unused))
        differing = [name for name, codes in wanted.items() if getattr(company, name) != codes]
        codes = {code for name in differing for code in set(wanted[name]) ^ set(getattr(company, name))}
        for name in differing:
            setattr(company, name, wanted[name])
        if differing:
            company.save(update_fields=differing)
            publish(CompanyChanged(company_id=company.pk, fields=differing))
    return sorted(codes)
