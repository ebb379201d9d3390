"""Forms of sites."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SiteForm(forms.Form):
    """A site; the service checks what is typed."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=100, required=False)
    origins = forms.CharField(
        label=_("Addresses of the site, one a line"),
        required=False,
        max_length=10_000,
        help_text=_(
            "As your visitors see them: https://shop.ru. Visits are taken from pages of these addresses only."
        ),
        widget=forms.Textarea({"rows": 3}),
    )
    is_on = forms.BooleanField(label=_("Visits are counted"), required=False)
    asks_consent = forms.BooleanField(
        label=_("Only after the visitor has agreed"),
        required=False,
        help_text=_("Nothing is kept or sent before your page calls voronka.consent(true)."),
    )
    takes_contacts = forms.BooleanField(
        label=_("Take the phone, e-mail and name from forms of the site"),
        required=False,
        help_text=_("Passwords and cards are never taken."),
    )
    keep_days = forms.IntegerField(label=_("How many days visits are kept"), min_value=1, max_value=3_650)
    basket_minutes = forms.IntegerField(
        label=_("A basket is left after so many minutes without anything"),
        min_value=5,
        max_value=10_080,
        initial=60,
        required=False,
        help_text=_("Then automations begin, such as the letter about the basket."),
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class SiteChatForm(forms.Form):
    """The chat of a site; the service checks what is typed."""

    is_on = forms.BooleanField(
        label=_("The chat is on this site"),
        required=False,
        help_text=_("A round button in a corner; the panel is loaded when it is pressed."),
    )
    greeting = forms.CharField(
        label=_("Greeting"),
        required=False,
        max_length=300,
        help_text=_("Where it is empty, that of the company's chat is said."),
        widget=forms.Textarea({"rows": 2}),
    )
    colour = forms.CharField(
        label=_("Colour of the button and of the visitor's words"),
        max_length=7,
        help_text=_("On a page where it could not be read it becomes darker or lighter by itself."),
        widget=forms.TextInput({"type": "color"}),
    )
    side = forms.ChoiceField(
        label=pgettext_lazy("of a page", "Corner"),
        required=False,
        choices=[("right", _("at the bottom right")), ("left", _("at the bottom left"))],
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
