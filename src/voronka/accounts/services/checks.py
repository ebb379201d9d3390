"""Checks of input that several services share."""

from zoneinfo import ZoneInfo

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from voronka.accounts.models import User
from voronka.kit.clocks import known_zones
from voronka.kit.errors import Invalid


def clean_line(field: str, text: str, *, most: int, needed: bool = True) -> str:
    """Return the text in one line without control signs. Raises Invalid for nothing or too much."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if needed and not line:
        raise Invalid(_("Fill this in."), fields={field: _("Fill this in.")})
    if len(line) > most:
        message = _("At most %(most)d signs.") % {"most": most}
        raise Invalid(message, fields={field: message})
    return line


def clean_email(text: str) -> str:
    """Return the address in lower case. Raises Invalid when it is none."""
    address = text.strip().lower()
    try:
        validate_email(address)
        if len(address) > 254:
            raise ValidationError("too long")
    except ValidationError as error:
        message = _("This is not an e-mail address.")
        raise Invalid(message, fields={"email": message}) from error
    return address


def clean_zone(text: str) -> str:
    """Return the name of an IANA zone. Raises Invalid for an unknown one."""
    if text not in known_zones():
        message = _("There is no such time zone.")
        raise Invalid(message, fields={"zone": message})
    return ZoneInfo(text).key


def clean_choice(field: str, text: str, choices: tuple[str, ...]) -> str:
    """Return the text when it is one of the choices. Raises Invalid otherwise."""
    if text not in choices:
        message = _("Choose one of the list.")
        raise Invalid(message, fields={field: message})
    return text


def check_password(password: str, user: User | None = None) -> None:
    """Refuse a password that is short, common or made of the address. Raises Invalid with all the reasons."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise Invalid(message, fields={"password": message}) from error
