"""Letters about signing in, sent by the worker: their links are made at that moment and nowhere kept."""

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from voronka.accounts import queries
from voronka.accounts.models import Employee, User
from voronka.accounts.services.invitations import make_link


def reset_path(user: User) -> str:
    """Return the path of the page where the person chooses a new password: once, within three days."""
    key = EmailAwarePasswordResetTokenGenerator().make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


def make_reset_path(*, email: str) -> str | None:
    """Return such a path for the person of this address, for the administrator of the installation."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    return None if user is None else reset_path(user)


def send_reset_letter(*, user_id: int, site: str) -> None:
    """Send the person a link to choose a new password; `site` is the address of this installation."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        _send(user, "password_reset", {"url": site.rstrip("/") + reset_path(user)})


@transaction.atomic
def send_invitation_letter(*, employee_id: int, site: str) -> None:
    """Send a person of the current company his invitation, by a fresh link; one who has joined gets nothing."""
    employee = Employee.objects.select_related("user").filter(pk=employee_id, is_active=True, joined_at=None).first()
    if employee is None:
        return
    token = make_link(employee, now=timezone.now())
    employee.save(update_fields=["invitation"])
    path = reverse("accounts:join", args=[token])
    company = queries.get_company_rules().name
    _send(employee.user, "invitation", {"url": site.rstrip("/") + path, "company": company, "name": employee.name})


def _send(user: User, template: str, context: dict[str, str]) -> None:
    with translation.override(user.language):
        text = render_to_string(f"accounts/letters/{template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [user.email])
