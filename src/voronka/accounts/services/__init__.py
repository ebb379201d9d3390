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
from voronka.accounts.services.profiles import change_profile, choose_place, set_language, set_theme
from voronka.accounts.services.roles import change_role_rights

__all__ = [
    "Invitation",
    "add_employee",
    "add_team",
    "change_company",
    "change_employee",
    "change_profile",
    "change_role_rights",
    "choose_place",
    "dismiss_employee",
    "export_company",
    "find_export",
    "found_company",
    "found_first_company",
    "invite_again",
    "join",
    "keep_demo_logins",
    "keep_export",
    "make_reset_path",
    "order_export",
    "read_invitation",
    "renew_form_key",
    "return_employee",
    "send_invitation_letter",
    "send_reset_letter",
    "set_language",
    "set_theme",
]
