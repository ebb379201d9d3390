"""Forms of signing in, of the profile and of settings; the services check what is typed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from babel import Locale
from django import forms
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.accounts.services.companies import COUNTRIES, CURRENCIES
from voronka.kit.errors import Invalid
from voronka.kit.wording import RUSSIAN_ZONES, tongue

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NEIGHBOURS = (
    ("Europe/Minsk", "Минск", "Minsk"),
    ("Europe/Chisinau", "Кишинёв", "Chisinau"),
    ("Asia/Tbilisi", "Тбилиси", "Tbilisi"),
    ("Asia/Yerevan", "Ереван", "Yerevan"),
    ("Asia/Baku", "Баку", "Baku"),
    ("Asia/Almaty", "Алматы", "Almaty"),
    ("Asia/Tashkent", "Ташкент", "Tashkent"),
    ("Asia/Bishkek", "Бишкек", "Bishkek"),
    ("Asia/Dushanbe", "Душанбе", "Dushanbe"),
    ("Asia/Ashgabat", "Ашхабад", "Ashgabat"),
    ("Europe/Istanbul", "Стамбул", "Istanbul"),
    ("Europe/Berlin", "Берлин", "Berlin"),
    ("Asia/Dubai", "Дубай", "Dubai"),
    ("UTC", "UTC", "UTC"),
)


def zone_choices(present: str = "") -> list[tuple[str, str]]:
    """Return zones with the names of their cities in the language of the page; the present one is always among them."""
    place = 1 if (get_language() or "ru").startswith("ru") else 2
    choices = [(names[0], names[place]) for names in (*RUSSIAN_ZONES, *NEIGHBOURS)]
    if present and present not in dict(choices):
        choices.append((present, present))
    return choices


def take(form: forms.Form, act: Callable[[], object]) -> bool:
    """Run a service with what the form holds; put what it refuses beside the inputs. Tells whether it went through."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Invalid as refusal:
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, message)
        if not refusal.fields:
            form.add_error(None, refusal.message)
        return False
    return True


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, None when the page was only asked for."""
    return request.POST if request.method == "POST" else None


class SignInForm(LoginForm):
    """Address and password; what is wrong stands beside the password and names neither."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Work e-mail")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""

    def clean(self) -> dict[str, Any] | None:
        """Move the refusal of the pair to the password."""
        try:
            super().clean()
        except forms.ValidationError as error:
            self.add_error("password", error)
        return cast("dict[str, Any]", self.cleaned_data)


class _Garbage:
    """Refuses an answer of a device that is none, where the library would stumble over it."""

    def _clean_form(self) -> None:
        try:
            super()._clean_form()  # type: ignore[misc]  # of the form beside it
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            _refuse_credential(self, error)

    def _clean_fields(self) -> None:
        try:
            super()._clean_fields()  # type: ignore[misc]  # of the form beside it
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            _refuse_credential(self, error)


def _refuse_credential(form: Any, error: Exception) -> None:  # a form of the library
    form.add_error("credential", _("The device answered something odd. Try once more, or sign in by the password."))
    form.cleaned_data = {}


class PasskeyLoginForm(_Garbage, LoginWebAuthnForm):
    """Signing in by a passkey."""


class PasskeyFactorForm(_Garbage, AuthenticateWebAuthnForm):
    """A passkey as second factor."""


class PasskeyAgainForm(_Garbage, ReauthenticateWebAuthnForm):
    """A passkey once more, before a change."""


class PasskeyForm(_Garbage, AddWebAuthnForm):
    """A new passkey: it opens the door by itself, so the device asks for the finger, the face or the PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"].label = _("What to call it")
        self.fields["name"].max_length = 60
        self.fields["name"].help_text = _("So that you know it in the list: work laptop, phone, key on the ring.")

    def clean(self) -> dict[str, Any]:
        """Ask the device for the finger, the face or the PIN, as one that opens the door alone must."""
        self.cleaned_data["passwordless"] = True
        return cast("dict[str, Any]", super().clean())


class PasskeyNameForm(EditWebAuthnForm):
    """The name of a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What to call it")
        self.fields["name"].max_length = 60


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[object, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _password(label: "str | _StrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        strip=False,
        help_text=gettext_lazy("At least 12 signs. A few unrelated words are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": "12"}),
    )


class StartForm(forms.Form):
    """The first company of an empty installation and its owner."""

    name = forms.CharField(label=gettext_lazy("Company"), max_length=200)
    owner_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, help_text=gettext_lazy("First name, then surname.")
    )
    email = forms.EmailField(label=gettext_lazy("Work e-mail"), widget=forms.EmailInput({"autocomplete": "username"}))
    password = _password(gettext_lazy("Password"))
    zone = forms.ChoiceField(label=gettext_lazy("Your time"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        _offer(self, "zone", zone_choices())
        self.fields["zone"].initial = "Europe/Moscow"


class JoinForm(forms.Form):
    """The password that an invited person chooses."""

    password = _password(gettext_lazy("Choose a password"))


class NameForm(forms.Form):
    """A person's name and clock in a company."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100)
    last_name = forms.CharField(label=gettext_lazy("Surname"), max_length=100, required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Works by the time of"))

    def __init__(self, *args: Any, zone: str = "", **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        _offer(self, "zone", zone_choices(zone))


class EmployeeForm(NameForm):
    """A place in the company."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), required=False, coerce=int, empty_value=None)
    strict_feed = forms.TypedChoiceField(
        label=gettext_lazy("Takes clients"),
        required=False,
        empty_value=None,
        coerce=lambda word: word == "yes",
        choices=[
            ("", gettext_lazy("As the company")),
            ("yes", gettext_lazy("Strictly in the order of the feed")),
            ("no", gettext_lazy("In any order")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        _offer(self, "role", [(role.code, role.name) for role in queries.list_roles()])
        _offer(self, "team", [("", _("No team")), *((team.pk, team.name) for team in queries.list_teams())])


class NewEmployeeForm(EmployeeForm):
    """A new place, with the address its person signs in by."""

    email = forms.EmailField(label=gettext_lazy("Work e-mail"), max_length=254)
    field_order = ["email", "first_name", "last_name", "role", "team", "zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        del self.fields["strict_feed"]


class TeamForm(forms.Form):
    """A new team."""

    team_name = forms.CharField(label=gettext_lazy("New team"), max_length=100)


def _half_hours(first: int, last: int) -> list[tuple[int, str]]:
    return [(minute, f"{minute // 60}:{minute % 60:02}") for minute in range(first, last + 1, 30)]


class CompanyForm(forms.Form):
    """Settings of the company."""

    name = forms.CharField(label=gettext_lazy("Company"), max_length=200)
    zone = forms.ChoiceField(label=gettext_lazy("Works by the time of"))
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=[(code, code) for code in COUNTRIES])
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES])
    language = forms.ChoiceField(
        label=gettext_lazy("Language of letters and documents"), choices=[("ru", "Русский"), ("en", "English")]
    )
    call_opens_minute = forms.TypedChoiceField(
        label=gettext_lazy("Calls from, by the client's clock"), choices=_half_hours(0, 1410), coerce=int
    )
    call_closes_minute = forms.TypedChoiceField(
        label=gettext_lazy("Calls till, by the client's clock"), choices=_half_hours(30, 1440), coerce=int
    )
    strict_feed = forms.BooleanField(
        label=gettext_lazy("Managers take clients strictly in the order of the feed"), required=False
    )

    def __init__(self, *args: Any, zone: str = "", **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        _offer(self, "zone", zone_choices(zone))
        names = Locale(tongue(get_language()))
        _offer(self, "country", [(code, names.territories[code]) for code in COUNTRIES])
        _offer(self, "currency", [(code, f"{names.currencies[code]}, {code}") for code in CURRENCIES])


class NewRoleForm(forms.Form):
    """A role of the company's own, begun as a copy of another one."""

    name = forms.CharField(label=gettext_lazy("Name of the new role"), max_length=100)
    like = forms.ChoiceField(label=gettext_lazy("To begin with, as"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        _offer(self, "like", [(role.code, role.name) for role in queries.list_roles()])
        self.fields["like"].initial = "manager"


class RoleNameForm(forms.Form):
    """The name of a role."""

    name = forms.CharField(label=gettext_lazy("Name of the role"), max_length=100)


class SuccessorForm(forms.Form):
    """The role that the people of a deleted one get."""

    successor = forms.ChoiceField(label=gettext_lazy("Its people get the role"))

    def __init__(self, *args: Any, but: str, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        roles = [(role.code, role.name) for role in queries.list_roles() if role.code not in (but, "owner")]
        _offer(self, "successor", [("", _("Choose a role")), *roles])


class NetworksForm(forms.Form):
    """The networks from which people may come in."""

    networks = forms.CharField(
        label=gettext_lazy("Networks, one in a line"),
        max_length=8_000,
        required=False,
        help_text=gettext_lazy("203.0.113.7, 203.0.113.0/24, 2001:db8::/48. Empty: from anywhere."),
        widget=forms.Textarea({"rows": "6", "spellcheck": "false", "autocapitalize": "off"}),
    )
