"""What may be done to companies, roles, employees and the accounts of people."""

from voronka.accounts.services.companies import change_company, found_company, found_first_company, renew_form_key
from voronka.accounts.services.employees import (
    add_employee,
    add_team,
    change_employee,
    dismiss_employee,
    return_employee,
)
from voronka.accounts.services.invitations import Invitation, invite_again, join, read_invitation
from voronka.accounts.services.roles import change_role_rights

__all__ = [
    "Invitation",
    "add_employee",
    "add_team",
    "change_company",
    "change_employee",
    "change_role_rights",
    "dismiss_employee",
    "found_company",
    "found_first_company",
    "invite_again",
    "join",
    "read_invitation",
    "renew_form_key",
    "return_employee",
]
