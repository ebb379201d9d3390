"""Sign-ins as other parts name them: a mark that says nothing of the session, and whether it still stands."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import salted_hmac

from voronka.accounts.models import Employee

_SALT = "voronka.accounts.sign-in"


def mark_of(session: SessionBase) -> str:
    """Return the mark of the sign-in in which a request was made; "" where there is none."""
    return _mark(session.session_key) if session.session_key else ""


def mark_of_place(company_id: int, employee_id: int) -> str:
    """Return the mark by which a browser knows whose device it is, after another has signed in."""
    return _mark(f"{company_id}:{employee_id}")


def standing_marks(employee_id: int) -> set[str]:
    """Return the marks of an employee's sign-ins that stand: not ended, not run out, the password still the same.

    Those that do not are struck from the list of sessions on the way.
    """
    employee = Employee.objects.select_related("user").filter(pk=employee_id, is_active=True).first()
    if employee is None:
        return set()
    return {_mark(one.session_key) for one in UserSession.objects.purge_and_list(employee.user)}


def _mark(what: str) -> str:
    return salted_hmac(_SALT, what, algorithm="sha256").hexdigest()[:32]
