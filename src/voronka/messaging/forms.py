"""Forms of messages."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

BODY_LIMIT = 20_000


class TemplateForm(forms.Form):
    """A template of letters."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=100)
    subject = forms.CharField(label=_("Subject of the letter"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Text"), max_length=BODY_LIMIT, strip=False, widget=forms.Textarea({"rows": 14, "spellcheck": "true"})
    )
