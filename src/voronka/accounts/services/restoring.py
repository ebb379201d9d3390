"""Old values of companies and employees put back from the history, by the usual services."""

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.accounts.services.companies import change_company
from voronka.accounts.services.employees import change_employee
from voronka.kit import history
from voronka.kit.actors import Actor

_SETTINGS = (  # an address of the form that was given up stays so
    "name",
    "zone",
    "country",
    "currency",
    "language",
    "call_opens_minute",
    "call_closes_minute",
    "strict_feed",
)
_FIELDS = ("first_name", "last_name", "zone", "strict_feed", "team_id")


def restore_company(actor: Actor, row_id: int, column: str, value: Any) -> None:  # a JSON value of a column
    """Put one setting of the company back."""
    change_company(actor=actor, changes={column: value})


def restore_employee(actor: Actor, row_id: int, column: str, value: Any) -> None:  # a JSON value of a column
    """Put one field of an employee back; roles and dismissals have buttons of their own."""
    change_employee(actor=actor, employee_id=row_id, **{column: value})


def register() -> None:
    """Tell the history how these tables are named and put back."""
    history.register_restorer("accounts_company", restore_company, columns=_SETTINGS)
    history.register_restorer("accounts_employee", restore_employee, columns=_FIELDS)
    history.name_table(
        "accounts_company",
        gettext_lazy("Company"),
        {
            "name": pgettext_lazy("company", "name"),
            "zone": gettext_lazy("time zone"),
            "country": gettext_lazy("country"),
            "currency": gettext_lazy("currency"),
            "language": gettext_lazy("language"),
            "call_opens_minute": gettext_lazy("calls from, by the clock"),
            "call_closes_minute": gettext_lazy("calls till, by the clock"),
            "strict_feed": gettext_lazy("strict order of the feed"),
            "form_key": gettext_lazy("address of the form"),
            "modules_off": gettext_lazy("switched-off modules"),
            "unused": gettext_lazy("sections and buttons it does not use"),
            "networks": gettext_lazy("networks people come in from"),
        },
    )
    history.name_table(
        "accounts_employee",
        gettext_lazy("Employee"),
        {
            "first_name": gettext_lazy("first name"),
            "last_name": gettext_lazy("surname"),
            "zone": gettext_lazy("time zone"),
            "role_id": gettext_lazy("role"),
            "team_id": gettext_lazy("team"),
            "is_active": gettext_lazy("works here"),
            "joined_at": gettext_lazy("joined"),
            "strict_feed": gettext_lazy("strict order of the feed"),
        },
        hide=["invitation"],
    )
    history.name_table(
        "accounts_role",
        gettext_lazy("Role"),
        {
            "name": pgettext_lazy("company", "name"),
            "rights": gettext_lazy("rights"),
            "fields": gettext_lazy("fields it does not see or change"),
            "modules_off": gettext_lazy("switched-off modules"),
            "unused": gettext_lazy("sections and buttons it does not use"),
        },
    )
    history.name_table("accounts_team", gettext_lazy("Team"), {"name": pgettext_lazy("company", "name")})
