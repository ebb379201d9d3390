"""What a person may change about himself."""

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.accounts.events import EmployeeChanged
from voronka.accounts.models import Employee, User
from voronka.accounts.services.checks import clean_choice, clean_line, clean_zone
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.events import publish

THEMES = ("auto", "light", "dark")
LANGUAGES = ("ru", "en")


def change_profile(*, actor: Actor, first_name: str, last_name: str, zone: str) -> list[str]:
    """Change one's own name and clock in the company; return the codes of fields that differ now.

    Raises Invalid, or NotFound for an actor without a place of his own.
    """
    with transaction.atomic():
        employee = Employee.objects.select_for_update().filter(pk=actor.employee_id or 0).first()
        if employee is None:
            raise NotFound(_("There is no such employee."))
        wanted = {
            "first_name": clean_line("first_name", first_name, most=100),
            "last_name": clean_line("last_name", last_name, most=100, needed=False),
            "zone": clean_zone(zone),
        }
        differing = [name for name, value in wanted.items() if getattr(employee, name) != value]
        for name in differing:
            setattr(employee, name, wanted[name])
        if differing:
            employee.save(update_fields=differing)
            publish(EmployeeChanged(employee_id=employee.pk, fields=differing))
    return differing


def set_theme(*, user_id: int, theme: str) -> None:
    """Remember the colours of the person's screens: auto, light or dark. Raises Invalid."""
    User.objects.filter(pk=user_id).update(theme=clean_choice("theme", theme, THEMES))


def set_language(*, user_id: int, language: str) -> None:
    """Remember the language of the person's screens: ru or en. Raises Invalid."""
    User.objects.filter(pk=user_id).update(language=clean_choice("language", language, LANGUAGES))


def choose_place(*, user_id: int, employee_id: int) -> tuple[int, int]:
    """Return (company id, employee id) of the person's own place of that id. Raises NotFound for any other."""
    for place in queries.places_of_user(user_id):
        if place[1] == employee_id:
            return place
    raise NotFound(_("There is no such company."))
