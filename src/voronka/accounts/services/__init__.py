"""What may be done to companies, roles, employees and the accounts of people."""

from voronka.accounts.services.companies import (
    change_company,
    found_company,
    found_first_company,
    keep_demo_logins,
    renew_form_key,
)
from voronka.accounts.services.employees import (
    add_employee,
    add_team,
    change_employee,
    dismiss_employee,
    return_employee,
)
from voronka.accounts.services.exports import export_company, find_export, keep_export, order_export
from voronka.accounts.services.invitations import Invitation, invite_again, join, read_invitation
from voronka.accounts.services.letters import make_reset_path, send_invitation_letter, send_reset_letter
from voronka.accounts.services.list_exports import log_list_export, require_list_export
from voronka.accounts.services.networks import change_networks, let_everybody_in
from voronka.accounts.services.profiles import change_profile, choose_place, set_language, set_theme
from voronka.accounts.services.roles import (
    RoleChoices,
    change_role,
    change_role_rights,
    delete_role,
    make_role,
    rename_role,
)
from voronka.accounts.services.switches import switch_modules, unusable_codes

__all__ = [
    "Invitation",
    "RoleChoices",
    "add_employee",
    "add_team",
    "change_company",
    "change_employee",
    "change_networks",
    "change_profile",
    "change_role",
    "change_role_rights",
    "choose_place",
    "delete_role",
    "dismiss_employee",
    "export_company",
    "find_export",
    "found_company",
    "found_first_company",
    "invite_again",
    "join",
    "keep_demo_logins",
    "keep_export",
    "let_everybody_in",
    "log_list_export",
    "make_reset_path",
    "make_role",
    "order_export",
    "read_invitation",
    "rename_role",
    "renew_form_key",
    "require_list_export",
    "return_employee",
    "send_invitation_letter",
    "send_reset_letter",
    "set_language",
    "set_theme",
    "switch_modules",
    "unusable_codes",
]
