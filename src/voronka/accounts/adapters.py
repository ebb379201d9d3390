"""How allauth fits Voronka: nobody signs up by himself, and people are named without their data."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from encrypted_fields.fields import EncryptedFieldMixin


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator of a company, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no public sign-up."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted with the installation's key."""

    _box = type("Box", (EncryptedFieldMixin,), {})()

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return str(self._box.f.encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a stored secret."""
        return str(self._box.f.decrypt(encrypted_text.encode()).decode())
