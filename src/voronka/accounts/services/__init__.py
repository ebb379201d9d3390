"""What may be done to companies, roles, employees and the accounts of people."""

from voronka.accounts.services.companies import (
    change_company,
    found_company,
    found_first_company,
    keep_demo_logins,
    renew_form_key,
)
from voronka.accounts.services.employees import (
    KEEP,
    add_employee,
    add_team,
    change_employee,
    dismiss_employee,
    return_employee,
)
from voronka.accounts.services.exports import export_company, find_export, keep_export, order_export
from voronka.accounts.services.invitations import Invitation, invite_again, join, read_invitation
from voronka.accounts.services.letters import (
    hand_out_invitation,
    invitation_link,
    make_reset_path,
    send_invitation_letter,
    send_reset_letter,
)
from voronka.accounts.services.list_exports import log_list_export, require_list_export, take_list_out
from voronka.accounts.services.networks import change_networks, let_everybody_in
from voronka.accounts.services.notices import mention, notify, read_notices
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
from voronka.accounts.services.views import change_view, drop_view, restore_view, save_view

__all__ = [
    "KEEP",
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
    "change_view",
    "choose_place",
    "delete_role",
    "dismiss_employee",
    "drop_view",
    "export_company",
    "find_export",
    "found_company",
    "found_first_company",
    "hand_out_invitation",
    "invitation_link",
    "invite_again",
    "join",
    "keep_demo_logins",
    "keep_export",
    "let_everybody_in",
    "log_list_export",
    "make_reset_path",
    "make_role",
    "mention",
    "notify",
    "order_export",
    "read_invitation",
    "read_notices",
    "rename_role",
    "renew_form_key",
    "require_list_export",
    "restore_view",
    "return_employee",
    "save_view",
    "send_invitation_letter",
    "send_reset_letter",
    "set_language",
    "set_theme",
    "switch_modules",
    "take_list_out",
    "unusable_codes",
]
