"""Letters about signing in, sent by the worker: their links are made at that moment and nowhere kept."""

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from voronka.accounts import queries
from voronka.accounts.models import Employee, User
from voronka.accounts.services.invitations import make_link
from voronka.kit import jobs
from voronka.kit.tenancy import current_company_id


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


def hand_out_invitation(*, employee_id: int, token: str, site: str) -> str | None:
    """Send the letter with a fresh link where letters go out (None), else return the link for whoever invited.

    `site` is the address of this installation.
    """
    if settings.MAIL_REACHES_PEOPLE:
        jobs.defer("accounts.invitation_letter", company_id=current_company_id(), employee_id=employee_id, site=site)
        return None
    return invitation_link(token, site=site)


def invitation_link(token: str, *, site: str) -> str:
    """Return the whole address by which somebody takes his place."""
    return site.rstrip("/") + reverse("accounts:join", args=[token])


@transaction.atomic
def send_invitation_letter(*, employee_id: int, site: str) -> None:
    """Send a person of the current company his invitation, by a fresh link; one who has joined gets nothing."""
    employee = Employee.objects.select_related("user").filter(pk=employee_id, is_active=True, joined_at=None).first()
    if employee is None:
        return
    token = make_link(employee, now=timezone.now())
    employee.save(update_fields=["invitation"])
    url, company = invitation_link(token, site=site), queries.get_company_rules().name
    _send(employee.user, "invitation", {"url": url, "company": company, "name": employee.name})


def _send(user: User, template: str, context: dict[str, str]) -> None:
    with translation.override(user.language):
        text = render_to_string(f"accounts/letters/{template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [user.email])
