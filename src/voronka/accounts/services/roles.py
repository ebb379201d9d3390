"""What roles may do, and the rule that nobody gives more than he has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.accounts.events import RoleChanged, RoleDeleted, RoleMade
from voronka.accounts.models import Employee, Role
from voronka.accounts.permissions import MANAGE_ROLES
from voronka.accounts.rules import OWNER, allowed_reach, beyond, limits_of_role, wider_fields
from voronka.accounts.services.checks import clean_line
from voronka.accounts.services.switches import unusable_codes
from voronka.kit import modules
from voronka.kit.actors import Access, Actor, Reach, all_rights
from voronka.kit.errors import Denied, Invalid, NotFound, Refusal
from voronka.kit.events import publish
from voronka.kit.ids import new_public_id
from voronka.kit.limits import limited_fields

MOST_ROLES = 60


@dataclass(frozen=True, slots=True)
class RoleChoices:
    """What a role is asked to become. What is not named stays.

    `rights` give the reach of rights by code, `fields` the access to fields by code; `modules_off` and `unused` are
    whole lists of codes, None where they stay.
    """

    rights: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    modules_off: Collection[str] | None = None
    unused: Collection[str] | None = None


def change_role_rights(*, actor: Actor, role_id: int, rights: Mapping[str, int]) -> list[str]:
    """Set the reach of the named rights in a role; see change_role."""
    return change_role(actor=actor, role_id=role_id, wanted=RoleChoices(rights=rights))


def change_role(*, actor: Actor, role_id: int, wanted: RoleChoices) -> list[str]:
    """Change what a role may do, sees and uses; return the codes of rights and fields that differ now.

    The owner's role has every right and is changed by nobody; nobody gives a right wider than his own or a field
    that is closed to himself, nor takes away a right that he has not. Raises Denied, Invalid, NotFound.
    """
    actor.require(MANAGE_ROLES)
    with transaction.atomic():
        role = _locked(role_id)
        if role.code == OWNER:
            raise Denied(_("The owner may do everything, and nobody can change that."))
        require_within(actor, role)
        differing = _set_rights(actor, role, wanted.rights) + _set_fields(actor, role, wanted.fields)
        before = role.modules_off, role.unused
        if wanted.modules_off is not None:
            role.modules_off = _known(wanted.modules_off, {one.code for one in modules.all_modules()})
        if wanted.unused is not None:
            role.unused = _known(wanted.unused, unusable_codes())
        if differing or before != (role.modules_off, role.unused):
            role.save(update_fields=["rights", "fields", "modules_off", "unused"])
            publish(RoleChanged(role_id=role.pk, rights=differing))
    return differing


def make_role(*, actor: Actor, name: str, like: str) -> Role:
    """Make a role of the company's own that may do what the role of the code `like` may; return it.

    Raises Denied where that one may do more than the actor, Invalid for a name that is taken, Refusal for too many.
    """
    actor.require(MANAGE_ROLES)
    with transaction.atomic():
        model = Role.objects.filter(code=like).first()
        if model is None:
            raise Invalid(_no_role(), fields={"like": _no_role()})
        require_within(actor, model)
        if Role.objects.count() >= MOST_ROLES:
            raise Refusal(_("A company has at most %(most)d roles: delete one first.") % {"most": MOST_ROLES})
        role = Role(
            code=f"own-{new_public_id()}",
            name=_free_name(name),
            rights={code: int(reach) for code, reach in queries.reach_of_role(model).items()},
            fields={} if model.code == OWNER else dict(model.fields),
            modules_off=[] if model.code == OWNER else model.modules_off,
            unused=[] if model.code == OWNER else model.unused,
        )
        role.save(force_insert=True)
        publish(RoleMade(role_id=role.pk, like=model.code))
    return role


def rename_role(*, actor: Actor, role_id: int, name: str) -> bool:
    """Give a role another name; tell whether it differs. Raises Denied, Invalid, NotFound."""
    actor.require(MANAGE_ROLES)
    with transaction.atomic():
        role = _locked(role_id)
        require_within(actor, role)
        wanted = _free_name(name, but=role.pk)
        if wanted == role.name:
            return False
        role.name = wanted
        role.save(update_fields=["name"])
        publish(RoleChanged(role_id=role.pk, rights=[]))
    return True


def delete_role(*, actor: Actor, role_id: int, successor: str) -> int:
    """Delete a role and give its people the role of the code `successor`; return how many they were.

    The owner's role stays, and nobody deletes his own. Raises Denied, Invalid, NotFound, Refusal.
    """
    actor.require(MANAGE_ROLES)
    with transaction.atomic():
        rows = {one.pk: one for one in Role.objects.select_for_update().order_by("id")}
        role = rows.get(role_id)
        if role is None:
            raise NotFound(_no_role())
        if role.code == OWNER:
            raise Denied(_("The role of the owner cannot be deleted."))
        require_within(actor, role)
        people = Employee.objects.filter(role_id=role.pk)
        if actor.employee_id is not None and people.filter(pk=actor.employee_id).exists():
            raise Refusal(_("This is your own role: let another administrator delete it."))
        heir = next((one for one in rows.values() if one.code == successor and one.pk != role.pk), None)
        if heir is None:
            message = _("Choose the role that its people get.")
            raise Invalid(message, fields={"successor": message})
        require_within(actor, heir)
        moved = people.update(role=heir)
        role.delete()
        publish(RoleDeleted(role_id=role_id, successor_id=heir.pk, employees=moved))
    return moved


def require_within(actor: Actor, role: Role) -> None:
    """Raise Denied unless the actor himself has all that the role has: else he could raise himself by it."""
    _require_own(actor, queries.reach_of_role(role))
    _require_own_fields(actor, limits_of_role(role.code, role.fields))


def _set_rights(actor: Actor, role: Role, rights: Mapping[str, int]) -> list[str]:
    now, wanted = queries.reach_of_role(role), _checked(rights)
    differing = sorted(code for code, reach in wanted.items() if now[code] != reach)
    _require_own(actor, {code: max(wanted[code], now[code]) for code in differing})
    if differing:
        role.rights = {**now, **wanted}
    return differing


def _set_fields(actor: Actor, role: Role, fields: Mapping[str, int]) -> list[str]:
    known = {one.code for one in limited_fields()}
    wrong = _("There is no such field.")
    for code, number in fields.items():
        if code not in known or number not in list(map(int, Access)):
            raise Invalid(wrong, fields={code: wrong})
    now = limits_of_role(role.code, role.fields)
    wanted = {**now, **{code: Access(number) for code, number in fields.items()}}
    _require_own_fields(actor, wanted)
    differing = sorted(code for code in fields if wanted[code] != now.get(code, Access.EDIT))
    role.fields = {code: int(access) for code, access in wanted.items() if access is not Access.EDIT}
    return differing


def _require_own(actor: Actor, reaches: Mapping[str, Reach]) -> None:
    if actor.giving is not None:
        if beyond(reaches, actor.giving):
            raise Denied(_("A program may neither give nor take these rights: only people do, on the page of roles."))
        return
    own = {right.code: actor.reach(right) for right in all_rights()}
    if beyond(reaches, own):
        raise Denied(_("You cannot give or take rights that you do not have yourself."))


def _require_own_fields(actor: Actor, wanted: Mapping[str, Access]) -> None:
    if wider_fields(wanted, actor.limits):
        raise Denied(_("You cannot open fields that are closed to yourself."))


def _known(codes: Collection[str], known: Collection[str]) -> list[str]:
    if set(codes) - set(known):
        raise Invalid(_("The page is broken: reload it and try again."))
    return sorted(set(codes))


def _locked(role_id: int) -> Role:
    role = Role.objects.select_for_update().filter(pk=role_id).first()
    if role is None:
        raise NotFound(_no_role())
    return role


def _no_role() -> str:
    return _("There is no such role: perhaps somebody has deleted it. Look at the list of roles.")


def _free_name(name: str, *, but: int = 0) -> str:
    tidy = clean_line("name", name, most=100)
    if Role.objects.filter(name__iexact=tidy).exclude(pk=but).exists():
        message = _("There is a role with this name already.")
        raise Invalid(message, fields={"name": message})
    return tidy


def _checked(rights: Mapping[str, int]) -> dict[str, Reach]:
    declared = {right.code: right for right in all_rights()}
    checked = {}
    for code, number in rights.items():
        if code not in declared or number not in [int(reach) for reach in allowed_reach(declared[code])]:
            raise Invalid(_("There is no such right."), fields={code: _("There is no such right.")})
        checked[code] = Reach(number)
    return checked
