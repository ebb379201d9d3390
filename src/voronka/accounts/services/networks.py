"""From which addresses people may come in."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.accounts.events import CompanyChanged
from voronka.accounts.models import Company, User
from voronka.accounts.rules.networks import MOST, BadNetworkError, is_inside, read_networks
from voronka.kit.actors import CHANGE_SETTINGS, Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.kit.tenancy import company_context


def change_networks(*, actor: Actor, lines: Sequence[str]) -> list[str]:
    """Let people in from the networks of these lines only, from anywhere when there is none; return them as kept.

    The address of the actor must be among them, so that nobody locks himself out. Sessions that are open elsewhere
    stop at their next request. Raises Denied, Invalid at `networks`.
    """
    actor.require(CHANGE_SETTINGS)
    try:
        wanted = read_networks(lines)
    except BadNetworkError as wrong:
        raise _invalid(_words(wrong)) from wrong
    if wanted and not is_inside(actor.origin, wanted):
        raise _invalid(
            _("You would lock yourself out: your own address %(address)s is not in the list. Add it.")
            % {"address": actor.origin or "?"}
        )
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=actor.company_id)
        if company.networks != wanted:
            company.networks = wanted
            company.save(update_fields=["networks"])
            publish(CompanyChanged(company_id=company.pk, fields=["networks"]))
    return wanted


def let_everybody_in(*, email: str) -> list[str]:
    """Drop the lists of the companies where a person works and return their names.

    For the administrator of the installation, when an owner has lost his network.
    """
    user_id = User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    freed = []
    for company_id, _employee_id in queries.places_of_user(user_id or 0):
        with company_context(company_id, origin="administrator"), transaction.atomic():
            company = Company.objects.select_for_update().get(pk=company_id)
            if company.networks:
                company.networks = []
                company.save(update_fields=["networks"])
                publish(CompanyChanged(company_id=company.pk, fields=["networks"]))
                freed.append(company.name)
    return freed


def _words(wrong: BadNetworkError) -> str:
    words = {
        "too_wide": _("“%(line)s” is half the world: such a list would keep nobody out. Empty the list instead."),
        "too_many": _("At most %(most)d networks."),
        "not_network": _(
            "“%(line)s” is no address and no network. Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48."
        ),
    }
    return words[wrong.reason] % {"line": wrong.line[:60], "most": MOST}


def _invalid(message: str) -> Invalid:
    return Invalid(message, fields={"networks": message})
