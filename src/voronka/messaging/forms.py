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


class ArticleForm(forms.Form):
    """An answer of the knowledge base; the service checks what is typed."""

    title = forms.CharField(label=_("Question"), required=False)
    questions = forms.CharField(
        label=_("Further ways to ask, one a line"),
        required=False,
        help_text=_("Write two or three as people ask: the more, the surer the answer is found."),
        widget=forms.Textarea({"rows": 4, "spellcheck": "true"}),
    )
    answer = forms.CharField(
        label=_("Answer"), required=False, strip=False, widget=forms.Textarea({"rows": 7, "spellcheck": "true"})
    )
    version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    unanswered = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class ProposalForm(forms.Form):
    """An answer proposed for the knowledge base."""

    question = forms.CharField(label=_("Question"), required=False)
    answer = forms.CharField(
        label=_("Answer"), required=False, strip=False, widget=forms.Textarea({"rows": 7, "spellcheck": "true"})
    )


class SynonymsForm(forms.Form):
    """Words that mean the same, parted by commas or blanks."""

    words = forms.CharField(label=_("Words that mean the same"), required=False, max_length=1_000)


class ChatForm(forms.Form):
    """The chat on the site; the service checks what is typed."""

    is_on = forms.BooleanField(label=_("The chat is on"), required=False)
    greeting = forms.CharField(label=_("Greeting"), required=False, widget=forms.Textarea({"rows": 2}))
    away = forms.CharField(
        label=_("What is said when nobody is there"), required=False, widget=forms.Textarea({"rows": 2})
    )
    asks_first = forms.BooleanField(
        label=_("Ask for a name and a phone or an e-mail before the first message"), required=False
    )
    bot = forms.ChoiceField(
        label=_("The bot answers from the knowledge base"),
        choices=[
            ("never", pgettext_lazy("when the bot speaks", "never")),
            ("always", pgettext_lazy("when the bot speaks", "always")),
            ("open", _("in working hours")),
            ("away", _("out of working hours")),
        ],
        required=False,
        help_text=_(
            "It says that it is a bot, calls a person where it is not sure, and is silent once a person is there."
        ),
    )
    first_minutes = forms.IntegerField(
        label=_("The first answer comes within, working minutes"), required=False, min_value=0, max_value=10_000,
        help_text=_("0: no time is set. Whose time is near stands first; when it is over, people are told."),
    )  # fmt: skip
    next_minutes = forms.IntegerField(
        label=_("Each next answer comes within, working minutes"), required=False, min_value=0, max_value=10_000
    )
    most_talks = forms.IntegerField(
        label=_("Give talks by turn to those who are in, and have fewer open talks than"), required=False,
        min_value=0, max_value=200, help_text=_("0: nobody is given talks, everybody takes them himself."),
    )  # fmt: skip
    asks_rating = forms.BooleanField(label=_("Ask the visitor to rate the talk when it is closed"), required=False)
    unbound_days = forms.IntegerField(
        label=_("Talks with nobody of the base are kept for, days"), required=False, min_value=1, max_value=3_650,
        help_text=_("Of all channels; counted from the last line, then dropped with their files and answers."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class CannedForm(forms.Form):
    """A text that operators put into their answers; the service checks it."""

    code = forms.CharField(label=pgettext_lazy("of a thing", "Name"), required=False)
    text = forms.CharField(
        label=_("Text"), required=False, strip=False, widget=forms.Textarea({"rows": 4, "spellcheck": "true"})
    )
    is_macro = forms.BooleanField(
        label=_("A macro: at one press it answers by the text, if there is one, and does what is chosen here"),
        required=False,
    )
    tag = forms.CharField(label=_("Put on the tag"), required=False)
    department = forms.ChoiceField(label=_("Hand over to the department"), required=False)
    closes = forms.BooleanField(label=_("Close the talk"), required=False)
    id = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class DepartmentForm(forms.Form):
    """A department of the chat; the service checks it."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), required=False)
    is_offered = forms.BooleanField(label=_("Visitors may choose it"), required=False, initial=True)
    members = forms.MultipleChoiceField(label=_("Who answers"), required=False, widget=forms.CheckboxSelectMultiple)
    id = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
