"""Forms of cards: what people type, checked by the services; the form keeps it whatever comes of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.wording import RUSSIAN_ZONES, tongue
from voronka.people.models import CustomField
from voronka.people.rules.limits import COLUMNS, CONTACTS
from voronka.people.services import ClientDraft, ContactDraft

SPARE_CONTACTS = 2
TEXTS = (
    "name", "last_name", "first_name", "middle_name", "city", "address", "address_label", "postcode", "position",
    "comment",
    "inn", "kpp", "ogrn", "bik", "account", "external_id", "source",
)  # fmt: skip
CONTACT_KINDS = (
    ("phone", gettext_lazy("phone")),
    ("email", gettext_lazy("e-mail")),
    ("telegram", "Telegram"),
    ("whatsapp", "WhatsApp"),
    ("vk", gettext_lazy("VK")),
    ("max", "MAX"),
    ("site", gettext_lazy("site")),
)


class MinuteField(forms.CharField):
    """A time of the day typed as 9:00, kept as minutes."""

    def to_python(self, value: Any) -> Any:  # Django's own signature
        """Return minutes of the day, None for nothing. Raises ValidationError."""
        text = (super().to_python(value) or "").replace(".", ":")
        if not text:
            return None
        hours, _sign, minutes = text.partition(":")
        if len(text) > 5 or not hours.isdecimal() or not (minutes or "0").isdecimal():
            raise forms.ValidationError(_("Write the time like 9:00."))
        total = int(hours) * 60 + int(minutes or "0")
        if total > 1440 or int(minutes or "0") > 59:
            raise forms.ValidationError(_("Write the time like 9:00."))
        return total


def minute_text(minutes: int | None) -> str:
    """Write minutes of the day as they are typed."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


class ClientForm(forms.Form):
    """A card, new or known, with the inputs that the actor may change.

    `known_fields` are the company's own among them, `contacts` how many rows of contacts to show.
    """

    kind = forms.ChoiceField(
        label=gettext_lazy("Person or organisation"),
        choices=[("person", gettext_lazy("person")), ("organisation", gettext_lazy("organisation"))],
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False)
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False)
    middle_name = forms.CharField(label=gettext_lazy("Middle name"), required=False)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"),
        required=False,
        choices=[("", "—"), ("f", gettext_lazy("female")), ("m", gettext_lazy("male"))],
    )
    birthday = forms.CharField(label=gettext_lazy("Birthday"), required=False)
    city = forms.CharField(label=gettext_lazy("City"), required=False)
    address = forms.CharField(label=gettext_lazy("Address"), required=False)
    address_label = forms.CharField(
        label=gettext_lazy("What this address is"),
        required=False,
        widget=forms.TextInput({"placeholder": gettext_lazy("home, office, delivery")}),
    )
    postcode = forms.CharField(label=gettext_lazy("Postcode"), required=False)
    position = forms.CharField(label=gettext_lazy("Position"), required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    call_opens = MinuteField(label=gettext_lazy("Calls from"), required=False)
    call_closes = MinuteField(label=gettext_lazy("Calls until"), required=False)
    is_vip = forms.BooleanField(label=gettext_lazy("VIP client"), required=False)
    responsible = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    comment = forms.CharField(label=gettext_lazy("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    inn = forms.CharField(label=gettext_lazy("INN"), required=False)
    kpp = forms.CharField(label=gettext_lazy("KPP"), required=False)
    ogrn = forms.CharField(label=gettext_lazy("OGRN"), required=False)
    bik = forms.CharField(label=gettext_lazy("BIK of the bank"), required=False)
    account = forms.CharField(label=gettext_lazy("Account"), required=False)
    external_id = forms.CharField(label=gettext_lazy("Number in another system"), required=False)
    source = forms.CharField(label=gettext_lazy("Where from"), required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        *,
        actor: Actor,
        known_fields: Sequence[CustomField] = (),
        contacts: int = SPARE_CONTACTS,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}))
        self.known = list(known_fields)
        people = [("", "—"), *((str(one.pk), one.name) for one in accounts.list_employees())]
        self.fields["responsible"].choices = people  # type: ignore[attr-defined]  # a ChoiceField
        present = str(self["zone"].value() or "")
        self.fields["zone"].choices = zone_choices(actor.language, present)  # type: ignore[attr-defined]
        for name in [name for name in self.fields if not actor.writes(COLUMNS.get(name, ""))]:
            del self.fields[name]
        kinds: list[tuple[str, Any]] = [(kind, word) for kind, word in CONTACT_KINDS if actor.writes(CONTACTS[kind])]
        rows = _contact_rows(data) if data is not None else contacts
        self.usual_kind = kinds[0][0] if kinds else ""
        self.rows = range(min(max(rows, SPARE_CONTACTS), 40) if kinds else 0)
        for number in self.rows:
            self.fields[f"contact_{number}_kind"] = forms.ChoiceField(
                label=_("Kind"), choices=kinds, required=False, initial=kinds[0][0]
            )
            self.fields[f"contact_{number}"] = forms.CharField(label=_("Contact"), required=False)
            self.fields[f"contact_{number}_label"] = forms.CharField(
                label=_("Remark"), required=False, widget=forms.TextInput({"placeholder": _("Remark")})
            )
        for field in self.known:
            self.fields[f"field_{field.code}"] = _custom_input(field, people)

    def contact_rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Return kind, value and remark of each row of contacts."""
        return [(self[f"contact_{n}_kind"], self[f"contact_{n}"], self[f"contact_{n}_label"]) for n in self.rows]

    def custom_inputs(self) -> list[forms.BoundField]:
        """Return the inputs of the company's own fields."""
        return [self[f"field_{field.code}"] for field in self.known]

    def group(self, *names: str) -> list[forms.BoundField]:
        """Return those of the inputs that the actor may change, by name."""
        return [self[name] for name in names if name in self.fields]

    def who(self) -> list[forms.BoundField]:
        """Return the inputs that say who the client is."""
        return self.group("kind", "name", "position", "gender", "birthday")

    def where(self) -> list[forms.BoundField]:
        """Return the inputs of place and time."""
        return self.group("city", "address", "postcode", "address_label", "zone", "call_opens", "call_closes")

    def requisites(self) -> list[forms.BoundField]:
        """Return the inputs of requisites."""
        return self.group("inn", "kpp", "ogrn", "bik", "account")

    def rest(self) -> list[forms.BoundField]:
        """Return the remaining inputs."""
        return self.group("responsible", "is_vip", "source", "external_id", "comment")

    def parts(self) -> list[forms.BoundField]:
        """Return the parts of the name."""
        return self.group("last_name", "first_name", "middle_name")

    def values(self) -> dict[str, object]:
        """Return what was typed by fields of ClientDraft; the form is valid."""
        held = self.cleaned_data
        found: dict[str, object] = {name: held[name] for name in TEXTS if name in held}
        found |= {"kind": held["kind"], "gender": held["gender"]}
        if "birthday" in held:
            found["birthday"] = held["birthday"] or None
        found |= {"zone": held["zone"], "is_vip": held["is_vip"]}
        found |= {"call_opens_minute": held["call_opens"], "call_closes_minute": held["call_closes"]}
        found["responsible_id"] = int(held["responsible"]) if held["responsible"] else None
        found["contacts"] = self._contacts()
        found["fields"] = {field.code: held[f"field_{field.code}"] for field in self.known if field.kind != "file"}
        return found

    def uploads(self) -> "dict[str, UploadedFile[bytes] | None]":
        """Return the files that came, by field code; None takes the present one away. The form is valid."""
        held = {one.code: self.cleaned_data.get(f"field_{one.code}") for one in self.known if one.kind == "file"}
        return {code: file or None for code, file in held.items() if isinstance(file, UploadedFile) or file is False}

    def draft(self) -> ClientDraft:
        """Return what was typed as a draft; the form is valid."""
        return ClientDraft(**self.values())  # type: ignore[arg-type]  # by name, typed above

    def _contacts(self) -> tuple[ContactDraft, ...]:
        held = self.cleaned_data
        return tuple(
            ContactDraft(
                kind=held[f"contact_{n}_kind"] or self.usual_kind,
                value=held[f"contact_{n}"],
                label=held[f"contact_{n}_label"],
            )
            for n in self.rows
            if held[f"contact_{n}"].strip()
        )

    def typed_contacts(self) -> tuple[ContactDraft, ...]:
        """Return the contacts typed so far; the form need not be valid."""
        held = self.cleaned_data
        rows = [(held.get(f"contact_{n}_kind") or self.usual_kind, held.get(f"contact_{n}", "")) for n in self.rows]
        return tuple(ContactDraft(kind=kind, value=value) for kind, value in rows if value.strip())

    def place_of(self, code: str) -> str | None:
        """Return the input at which a refusal's field belongs; None when there is none."""
        if code.startswith("contact_"):
            filled = [n for n in self.rows if self.cleaned_data.get(f"contact_{n}", "").strip()]
            number = int(code.removeprefix("contact_"))
            return f"contact_{filled[number]}" if number < len(filled) else None
        known = {"call_opens_minute": "call_opens", "responsible_id": "responsible", "contacts": "contact_0"}
        name = known.get(code, code)
        return name if name in self.fields else None

    def refuse(self, problems: Mapping[str, str], message: str = "") -> None:
        """Put what a service refused beside the inputs."""
        # All places first: an input that has its error no longer counts among the filled ones.
        for place, text in [(self.place_of(code), text) for code, text in problems.items()]:
            self.add_error(place, text)
        if not problems:
            self.add_error(None, message)


def _custom_input(field: CustomField, people: list[tuple[str, str]]) -> forms.Field:
    kinds = CustomField.Kind
    if field.kind == kinds.CHOICE:
        return forms.ChoiceField(
            label=field.name, required=False, choices=[("", "—"), *((one, one) for one in field.options)]
        )
    if field.kind == kinds.CHOICES:
        return forms.MultipleChoiceField(
            label=field.name,
            required=False,
            choices=[(one, one) for one in field.options],
            widget=forms.SelectMultiple(attrs={"size": min(len(field.options), 6)}),
        )
    if field.kind == kinds.PERSON:
        return forms.ChoiceField(label=field.name, required=False, choices=people)
    if field.kind == kinds.YES_NO:
        choices = [("", "—"), ("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(label=field.name, required=False, choices=choices)
    if field.kind == kinds.TEXT:
        return forms.CharField(label=field.name, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    if field.kind == kinds.FILE:
        return forms.FileField(label=field.name, required=False, help_text=_("at most 20 MB"))
    return forms.CharField(label=field.name, required=False, help_text=_HINTS.get(field.kind, ""))


_HINTS: dict[str, Any] = {  # lazy texts
    CustomField.Kind.NUMBER: gettext_lazy("a number: 12,5"),
    CustomField.Kind.MONEY: gettext_lazy("a sum: 1 500,50"),
    CustomField.Kind.DATE: gettext_lazy("a day: 31.12.2026"),
    CustomField.Kind.LINK: gettext_lazy("a link: https://example.ru"),
}


def _contact_rows(data: QueryDict) -> int:
    numbers = [
        int(name.removeprefix("contact_"))
        for name in data
        if name.startswith("contact_") and name.removeprefix("contact_").isdecimal() and len(name) < 12
    ]
    return max(numbers, default=-1) + 1


def zone_choices(language: str, present: str = "") -> list[tuple[str, str]]:
    """Return the zones of Russia by their cities; the present one is always among them."""
    place = 1 if tongue(language) == "ru" else 2
    choices = [("", _("by address and phone")), *((names[0], names[place]) for names in RUSSIAN_ZONES)]
    if present and present not in dict(choices):
        choices.append((present, present))
    return choices


def initial_of(draft: ClientDraft) -> dict[str, object]:
    """Return a draft as the form shows it."""
    found: dict[str, object] = {name: getattr(draft, name) for name in TEXTS}
    birthday = draft.birthday
    found |= {
        "kind": draft.kind,
        "gender": draft.gender,
        "birthday": f"{birthday:%d.%m.%Y}" if isinstance(birthday, date) else birthday or "",
        "zone": draft.zone,
        "is_vip": draft.is_vip,
        "call_opens": minute_text(draft.call_opens_minute),
        "call_closes": minute_text(draft.call_closes_minute),
        "responsible": str(draft.responsible_id or ""),
    }
    for number, one in enumerate(draft.contacts):
        found[f"contact_{number}_kind"] = one.kind
        found[f"contact_{number}"] = one.value
        found[f"contact_{number}_label"] = one.label
    for code, value in draft.fields.items():
        found[f"field_{code}"] = custom_text(value)
    return found


def custom_text(value: object) -> object:
    """Return a value of a custom field as its input shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-" == value[7:8]:
        return f"{value[8:]}.{value[5:7]}.{value[:4]}"
    return value


class FieldForm(forms.Form):
    """A custom field of the company."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            ("text", gettext_lazy("text")),
            ("number", gettext_lazy("number")),
            ("money", gettext_lazy("sum of money")),
            ("date", gettext_lazy("date")),
            ("choice", gettext_lazy("one choice")),
            ("choices", gettext_lazy("several choices")),
            ("person", gettext_lazy("employee")),
            ("link", gettext_lazy("link")),
            ("file", gettext_lazy("file")),
            ("yes_no", gettext_lazy("yes or no")),
        ],
    )
    options = forms.CharField(
        label=gettext_lazy("Choices, one in a line"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def lines(self) -> list[str]:
        """Return the choices; the form is valid."""
        return [line for line in self.cleaned_data["options"].splitlines() if line.strip()]


def texts_of(data: QueryDict | Mapping[str, object]) -> dict[str, str]:
    """Return what a form holds as plain texts, to be compared with what it held at first."""
    if isinstance(data, QueryDict):
        return {name: "\n".join(str(one) for one in data.getlist(name)) for name in data}
    return {
        name: "\n".join(map(str, value)) if isinstance(value, list) else _typed(value) for name, value in data.items()
    }


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


def read_base(text: str) -> dict[str, str]:
    """Read what the form held when it was opened; a spoilt text is nothing."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in held.items()} if isinstance(held, dict) else {}
