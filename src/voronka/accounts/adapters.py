"""How allauth fits Voronka: nobody signs up by himself, and people are named without their data."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedFieldMixin

from voronka.kit import jobs
from voronka.kit.origin import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of a company, never by a visitor."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Address and password do not fit. Check the keyboard layout and Caps Lock."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or ask for a new password."),
        "rate_limited": _("Too many attempts. Wait a few minutes."),
        "enter_current_password": _("Type your present password."),
        "incorrect_password": _("This is not your present password."),
        "incorrect_code": _("This code does not fit. Wait for the next one and check the clock of the phone."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no public sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address by the one setting of trusted proxies."""
        return client_address(request) or "0.0.0.0"  # noqa: S104 - an unknown visitor, not a listening address

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the profile after a new password."""
        return reverse("accounts:profile")

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Put the letter off: a slow mail server, or the time a letter takes, must tell a visitor nothing.

        The queue keeps the person's id and the checked address of this site; the link is made when it is sent.
        """
        jobs.defer("accounts.reset_letter", user_id=user.pk, site=self.request.build_absolute_uri("/"))


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted with the installation's key."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "unknown_authenticator": _("This passkey is not known here. Sign in by the password and add it anew."),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002 - allauth's own
        """Return a name for a new passkey: numbered, until the person gives it a better one."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(n)s") % {"n": count + 1}

    _box = type("Box", (EncryptedFieldMixin,), {})()

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return str(self._box.f.encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a stored secret."""
        return str(self._box.f.decrypt(encrypted_text.encode()).decode())
