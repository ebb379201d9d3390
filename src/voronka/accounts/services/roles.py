"""What roles may do, and the rule that nobody gives more than he has."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.accounts.events import RoleChanged
from voronka.accounts.models import Role
from voronka.accounts.permissions import MANAGE_ROLES
from voronka.accounts.rules import OWNER, allowed_reach, beyond
from voronka.kit.actors import Actor, Reach, all_rights
from voronka.kit.errors import Denied, Invalid, NotFound
from voronka.kit.events import publish


def change_role_rights(*, actor: Actor, role_id: int, rights: Mapping[str, int]) -> list[str]:
    """Set the reach of the named rights in a role; return the codes of those that differ now.

    The owner's role has every right and is changed by nobody; nobody gives a right wider than his own, nor
    takes away one that he has not. Raises Denied, Invalid, NotFound.
    """
    actor.require(MANAGE_ROLES)
    with transaction.atomic():
        role = Role.objects.select_for_update().filter(pk=role_id).first()
        if role is None:
            raise NotFound(_("There is no such role."))
        if role.code == OWNER:
            raise Denied(_("The owner may do everything, and nobody can change that."))
        require_within(actor, role)
        now, wanted = queries.reach_of_role(role), _checked(rights)
        differing = sorted(code for code, reach in wanted.items() if now[code] != reach)
        _require_own(actor, {code: max(wanted[code], now[code]) for code in differing})
        if differing:
            role.rights = {**now, **wanted}
            role.save(update_fields=["rights"])
            publish(RoleChanged(role_id=role.pk, rights=differing))
    return differing


def require_within(actor: Actor, role: Role) -> None:
    """Raise Denied unless the actor himself has all that the role has: else he could raise himself by it."""
    _require_own(actor, queries.reach_of_role(role))


def _require_own(actor: Actor, reaches: Mapping[str, Reach]) -> None:
    own = {right.code: actor.reach(right) for right in all_rights()}
    if beyond(reaches, own):
        raise Denied(_("You cannot give or take rights that you do not have yourself."))


def _checked(rights: Mapping[str, int]) -> dict[str, Reach]:
    declared = {right.code: right for right in all_rights()}
    checked = {}
    for code, number in rights.items():
        if code not in declared or number not in [int(reach) for reach in allowed_reach(declared[code])]:
            raise Invalid(_("There is no such right."), fields={code: _("There is no such right.")})
        checked[code] = Reach(number)
    return checked
