"""Forms of goods and prices; the services check what is typed."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.catalogue.queries.tree import category_names
from voronka.catalogue.rules import units, vat
from voronka.catalogue.services.shapes import ProductDraft, VariantDraft
from voronka.catalogue.services.words import (
    CURRENCIES,
    KIND_WORDS,
    VAT_WORDS,
    marking_choices,
    read_delta,
    read_percent,
    read_price,
)
from voronka.kit.errors import Invalid

NAME = pgettext_lazy("of a thing", "Name")


class SumField(forms.CharField):
    """A sum as people write it; `read` says what may stand there."""

    read = staticmethod(read_price)

    def clean(self, value: Any) -> Decimal | None:  # what a browser sends
        """Return the sum, None for an empty field."""
        text = str(super().clean(value)).strip()
        if not text:
            return None
        try:
            return self.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class DeltaField(SumField):
    """A sum that may be nought or less."""

    read = staticmethod(read_delta)


class PercentField(SumField):
    """A per cent."""

    read = staticmethod(lambda text: read_percent(text, least=Decimal("-99.99"), most=Decimal(10_000)))


def lines_of(pairs: Mapping[str, str]) -> str:
    """Return names with values as lines that people edit: `Материал: дуб`."""
    return "\n".join(f"{name}: {value}" for name, value in pairs.items())


def pairs_of(text: str) -> dict[str, str]:
    """Read lines of names with values. Raises ValueError with words for a line without a colon."""
    found = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if line.strip() and not colon:
            raise ValueError(_("Write a name, a colon and a value on each line: Material: oak."))
        if name.strip():
            found[" ".join(name.split())] = " ".join(value.split())
    return found


class PairsField(forms.CharField):
    """Names with values, a pair on each line."""

    widget = forms.Textarea({"rows": 3})

    def clean(self, value: Any) -> dict[str, str]:  # what a browser sends
        """Return the pairs."""
        try:
            return pairs_of(str(super().clean(value)))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class ProductForm(forms.Form):
    """What variants share."""

    name = forms.CharField(label=NAME, max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=lambda: list(KIND_WORDS.items()))
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        choices=lambda: [("", _("without a category")), *category_names()],
    )
    brand = forms.CharField(label=gettext_lazy("Brand"), max_length=120, required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=lambda: [(code, sign) for code, (sign, _x) in units.UNITS.items()]
    )
    is_weighed = forms.BooleanField(label=gettext_lazy("Weighed by scales"), required=False)
    vat = forms.ChoiceField(label=gettext_lazy("VAT"), choices=lambda: [(one, VAT_WORDS[one]) for one in vat.codes()])
    marking = forms.ChoiceField(
        label=gettext_lazy("Group of marked goods"),
        required=False,
        choices=lambda: [("", _("not marked")), *marking_choices()],
    )
    attributes = PairsField(
        label=gettext_lazy("Properties"), required=False, help_text=gettext_lazy("One on each line: Material: oak")
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea({"rows": 4}), max_length=20_000
    )
    is_on_sale = forms.BooleanField(label=gettext_lazy("On sale"), required=False)


class VariantForm(forms.Form):
    """One variant. Grams and millimetres."""

    public_id = forms.CharField(required=False, widget=forms.HiddenInput)
    options = PairsField(
        label=gettext_lazy("What it differs in"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One on each line: Colour: white"),
    )
    code = forms.CharField(
        label=gettext_lazy("Article"), max_length=60, required=False, help_text=gettext_lazy("Empty: the next number")
    )
    barcodes = forms.CharField(
        label=gettext_lazy("Barcodes"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy("Several with a space between"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name in print"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Empty: the product and what it differs in"),
    )
    maker_code = forms.CharField(label=gettext_lazy("Maker's article"), max_length=80, required=False)
    scale_code = forms.CharField(label=gettext_lazy("Number for scales"), max_length=6, required=False)
    weight_g = forms.IntegerField(label=gettext_lazy("Weight, g"), required=False)
    length_mm = forms.IntegerField(label=gettext_lazy("Length, mm"), required=False)
    width_mm = forms.IntegerField(label=gettext_lazy("Width, mm"), required=False)
    height_mm = forms.IntegerField(label=gettext_lazy("Height, mm"), required=False)
    is_on_sale = forms.BooleanField(label=gettext_lazy("On sale"), required=False)

    def is_blank(self) -> bool:
        """Tell whether nothing was typed into a row for one more variant."""
        typed = (name for name in self.fields if name not in ("public_id", "is_on_sale"))
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in (*typed, "public_id"))

    def draft(self) -> VariantDraft:
        """Return the variant as it is wanted; the form is valid."""
        values = dict(self.cleaned_data)
        values["barcodes"] = tuple(values["barcodes"].replace(",", " ").replace(";", " ").split())
        return VariantDraft(**values)


def product_initial(draft: ProductDraft) -> dict[str, object]:
    """Return what the form of a product begins with."""
    names = ("name", "kind", "category", "brand", "unit", "is_weighed", "vat", "marking", "description", "is_on_sale")
    return {name: getattr(draft, name) for name in names} | {"attributes": lines_of(draft.attributes)}


def variant_initial(draft: VariantDraft) -> dict[str, object]:
    """Return what the form of a variant begins with."""
    names = (
        "public_id", "code", "name", "maker_code", "scale_code", "weight_g", "length_mm", "width_mm", "height_mm",
        "is_on_sale",
    )  # fmt: skip
    found = {name: getattr(draft, name) for name in names}
    return found | {"options": lines_of(draft.options), "barcodes": " ".join(draft.barcodes)}


def refuse(forms_by_place: Iterable[tuple[str, forms.Form]], fields: Mapping[str, str], message: str) -> None:
    """Put what a service refuses beside the inputs: `variants.0.code` at `code` of the form of that place."""
    places = list(forms_by_place)
    for name, text in fields.items():
        for place, form in places:
            field = name.removeprefix(place)
            if name.startswith(place) and field in form.fields:
                form.add_error(field, text)
                break
        else:
            places[-1][1].add_error(None, text)
    if not fields:
        places[-1][1].add_error(None, message)


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, None when the page was only asked for."""
    return request.POST if request.method == "POST" else None


def take(form: forms.Form, act: Callable[[], object]) -> bool:
    """Run a service with what the form holds; put what it refuses beside the inputs. Tells whether it went through."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Invalid as wrong:
        refuse([("", form)], wrong.fields, wrong.message)
        return False
    return True


class CategoryForm(forms.Form):
    """A category."""

    name = forms.CharField(label=NAME, max_length=200)
    parent = forms.ChoiceField(
        label=gettext_lazy("Lies in"), required=False, choices=lambda: [("", _("at the top")), *category_names()]
    )


class KindForm(forms.Form):
    """A kind of price."""

    name = forms.CharField(label=NAME, max_length=80)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Small Latin letters; it stays for ever")
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(one, one) for one in CURRENCIES])
    step = SumField(label=gettext_lazy("Round to"), help_text=gettext_lazy("0.01, 1, 10, 100"))
    ending = DeltaField(
        label=gettext_lazy("Ending"),
        required=False,
        help_text=gettext_lazy("0.99 below 1, 90 below 100; may be empty"),
    )
    guard_percent = PercentField(
        label=gettext_lazy("Hold a price that moved by more than, %"),
        required=False,
        help_text=gettext_lazy("Empty: do not watch"),
    )
    margin_percent = PercentField(
        label=gettext_lazy("Hold a price that leaves less above the cost than, % of itself"),
        required=False,
        help_text=gettext_lazy("Empty: do not watch"),
    )
    is_default = forms.BooleanField(label=gettext_lazy("The default kind"), required=False)
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)


class RuleForm(forms.Form):
    """A rule of markup."""

    name = forms.CharField(label=NAME, max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Makes the price"))
    supplier = forms.ChoiceField(label=gettext_lazy("Of the supplier"), required=False)
    category = forms.ChoiceField(
        label=gettext_lazy("Of the category"), required=False, choices=lambda: [("", _("any")), *category_names()]
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Bought in the currency"),
        required=False,
        choices=lambda: [("", _("any")), *((one, one) for one in CURRENCIES)],
    )
    cost_from = DeltaField(label=gettext_lazy("Cost from, ₽"), required=False)
    cost_to = DeltaField(label=gettext_lazy("Cost below, ₽"), required=False)
    markup_percent = PercentField(label=gettext_lazy("Markup, %"), required=False)
    plus = DeltaField(label=gettext_lazy("And add, ₽"), required=False)
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(
        self, *args: Any, kinds: Iterable[tuple[str, str]], suppliers: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["supplier"].choices = [("", _("any")), *suppliers]  # type: ignore[attr-defined]  # as above


class SupplierForm(forms.Form):
    """A supplier."""

    name = forms.CharField(label=NAME, max_length=200)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(one, one) for one in CURRENCIES])
    lead_days = forms.IntegerField(label=gettext_lazy("Days until goods come"), required=False)
    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, widget=forms.Textarea({"rows": 2}), max_length=2_000
    )
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)


class RateForm(forms.Form):
    """How many roubles a unit of a currency is."""

    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(one, one) for one in CURRENCIES if one != "RUB"]
    )
    per_unit = forms.DecimalField(label=gettext_lazy("Roubles for one"), max_digits=16, decimal_places=6)
    since = forms.DateField(label=gettext_lazy("From the day"), widget=forms.DateInput({"type": "date"}))


class FeedForm(forms.Form):
    """A feed out."""

    name = forms.CharField(label=NAME, max_length=100, help_text=gettext_lazy("For yourselves: site, market place"))
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("yml", gettext_lazy("YML, for market places")), ("csv", "CSV"), ("json", "JSON")],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Prices"))
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories"),
        required=False,
        choices=lambda: list(category_names()),
        widget=forms.SelectMultiple({"size": 8}),
        help_text=gettext_lazy("With all below them. None chosen: all goods"),
    )
    only_available = forms.BooleanField(label=gettext_lazy("Only what can be had now"), required=False)
    with_count = forms.BooleanField(label=gettext_lazy("Tell how many there are"), required=False)
    shop_name = forms.CharField(label=gettext_lazy("Name of the shop"), max_length=100)
    site = forms.CharField(label=gettext_lazy("Site of the shop"), max_length=500, help_text="https://shop.ru")
    page = forms.CharField(
        label=gettext_lazy("Page of a product"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("https://shop.ru/goods/{code}; may be empty"),
    )
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]  # a ChoiceField

    def clean_categories(self) -> tuple[str, ...]:
        """Return the chosen categories as a draft has them."""
        return tuple(self.cleaned_data["categories"])


class SourceForm(forms.Form):
    """Where a supplier's lists come from; only the fields of its kind are there."""

    pattern = forms.CharField(
        label=gettext_lazy("Name of the file"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("price*.xlsx; the newest one is taken. Empty: any"),
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the list"), max_length=2_000, help_text="https://…/price.xlsx"
    )
    host = forms.CharField(label=gettext_lazy("Mail server"), max_length=255, help_text="imap.example.com")
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65_535)
    login = forms.CharField(label=gettext_lazy("Login"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted. Empty: as it was"),
    )
    sender = forms.CharField(
        label=gettext_lazy("Letters from"),
        max_length=200,
        help_text=gettext_lazy("price@supplier.ru or a part of it"),
    )
    subject = forms.CharField(label=gettext_lazy("With the subject"), max_length=200, required=False)
    hour = forms.IntegerField(
        label=gettext_lazy("Look each night at, hour"), min_value=0, max_value=23, help_text=gettext_lazy("0 to 23")
    )
    is_on = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    PLACES = {
        "folder": ("pattern",),
        "url": ("url",),
        "mail": ("host", "port", "login", "password", "sender", "subject"),
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {field for fields in self.PLACES.values() for field in fields} - set(self.PLACES[kind]):
            del self.fields[name]
