"""Forms of the set-up of pipelines; the services check what is typed."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Pipeline, PipelineMember, ShareRule, Stage
from voronka.deals.queries.pipelines import list_pipelines
from voronka.deals.rules.required import SUM, own_code
from voronka.deals.services import share_rules, share_words
from voronka.deals.services.pipelines import plain
from voronka.deals.services.required import known_fields
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.steps import Ask
from voronka.kit.tenancy import current_company_id


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
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, message)
        if not refusal.fields:
            form.add_error(None, refusal.message)
        return False
    return True


class NewPipelineForm(forms.Form):
    """A new pipeline."""

    name = forms.CharField(label=_("New pipeline"), max_length=100)


class NewStageForm(forms.Form):
    """A new stage."""

    name = forms.CharField(label=_("New stage"), max_length=60)


class NewReasonForm(forms.Form):
    """A new reason of refusal."""

    reason = forms.CharField(label=_("New reason"), max_length=100)


class NewDealForm(forms.Form):
    """A deal opened by hand; `asks` are the questions of own fields by the names of their inputs."""

    asks: Mapping[str, Ask] = MappingProxyType({})
    pipeline = forms.ChoiceField(label=_("Pipeline"))
    title = forms.CharField(label=_("What about"), max_length=200, required=False)
    amount = forms.CharField(
        label=_("Sum"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "decimal"})
    )
    responsible = forms.ChoiceField(label=_("Responsible"))
    first = forms.ChoiceField(
        label=_("First call"),
        choices=[("now", _("now")), ("morning", _("on the client's next working morning"))],
    )

    @classmethod
    def of(
        cls, data: QueryDict | None, *, may_assign: bool, may_sum: bool = True, asks: Sequence[Ask] = ()
    ) -> "NewDealForm":
        """Return the form with the pipelines in use, the people who may be chosen and inputs of own fields."""
        form = cls(data)
        if not may_sum:
            del form.fields["amount"]
        form.asks = {f"field_{ask.key.removeprefix('deal_')}": ask for ask in asks}
        form.fields |= {name: input_for(ask) for name, ask in form.asks.items()}
        people_of = [("me", gettext("me")), ("pool", gettext("nobody (common pool)"))]
        if may_assign:
            people_of += [(one.public_id, one.name) for one in accounts.list_employees()]
        choices = {
            "pipeline": [(one.public_id, one.name) for one in list_pipelines()],
            "responsible": people_of,
        }
        for name, options in choices.items():
            field = form.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options
        return form

    def values(self) -> dict[str, Any]:
        """Return what was typed as the verb takes it, own fields by their codes; the form is valid."""
        held = dict(self.cleaned_data)
        ids = {one.public_id: one.pk for one in accounts.list_employees()} if self.has_person() else {}
        fields = {name: held.pop(name) for name in self.asks}
        values = {
            name.removeprefix("field_"): ids.get(value) if self.asks[name].kind == "person" else value
            for name, value in fields.items()
        }
        return {**held, "fields": values}

    def has_person(self) -> bool:
        """Tell whether an own field asks for an employee."""
        return any(ask.kind == "person" for ask in self.asks.values())


def input_for(ask: Ask) -> forms.Field:
    """Return the input that takes the answer to the question of an own field, which may stay empty."""
    if ask.kind == "choices":
        return forms.MultipleChoiceField(
            label=ask.label, required=False, choices=ask.options, widget=forms.CheckboxSelectMultiple
        )
    if ask.kind in {"choice", "person", "yes_no"}:
        return forms.ChoiceField(label=ask.label, required=False, choices=[("", "—"), *ask.options])
    hints = {"number": _("a number: 12,5"), "money": _("a sum: 1 500,50"), "link": _("a link: https://example.ru")}
    widget = forms.Textarea({"rows": 2}) if ask.kind == "text" else forms.TextInput()
    if ask.kind == "date":
        widget = forms.DateInput({"type": "date"})
    return forms.CharField(label=ask.label, required=False, widget=widget, help_text=hints.get(ask.kind, ""))


class AfterImportForm(forms.Form):
    """How imported clients are put into a pipeline."""

    pipeline = forms.ChoiceField(label=_("Into the pipeline"))
    days = forms.IntegerField(
        label=_("Spread over working days"),
        min_value=1,
        max_value=60,
        initial=5,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    responsible = forms.ChoiceField(label=_("To whom"))
    title = forms.CharField(label=_("What about"), max_length=200, required=False)

    @classmethod
    def of(cls, data: QueryDict | None, *, may_assign: bool) -> "AfterImportForm":
        """Return the form with the pipelines in use and the people who may be chosen."""
        form = cls(data)
        people_of = [("pool", gettext("common pool")), ("me", gettext("me"))]
        if may_assign:
            people_of += [(one.public_id, one.name) for one in accounts.list_employees()]
        for name, options in (
            ("pipeline", [(one.public_id, one.name) for one in list_pipelines()]),
            ("responsible", people_of),
        ):
            field = form.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options
        return form


class SeenForm(forms.Form):
    """A form that sends back what the person saw, so that nobody's change is written over unseen."""

    def seen(self) -> dict[str, str]:
        """Return the values that the person saw, by field."""
        return {name: str(self.data[f"seen_{name}"]) for name in self.fields if f"seen_{name}" in self.data}

    def seen_inputs(self) -> list[tuple[str, str]]:
        """Return the hidden inputs for those values: of the first showing, kept while the form comes back."""
        kept = self.seen()
        return [(f"seen_{name}", kept.get(name, plain(self.initial.get(name)))) for name in self.fields]


class PipelineForm(SeenForm):
    """A pipeline's own settings."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=100)
    answer_minutes = forms.IntegerField(
        label=_("Answer a new request within, minutes"), min_value=1, max_value=10_000, widget=forms.TextInput
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_("Open deals stay where they are; new ones are not opened here."),
    )

    @classmethod
    def of(cls, pipeline: Pipeline, data: QueryDict | None) -> "PipelineForm":
        """Return the form of a pipeline."""
        return cls(data, initial={name: getattr(pipeline, name) for name in cls.base_fields})


class MembersForm(forms.Form):
    """Who works in a pipeline's common pool."""

    members = forms.MultipleChoiceField(label=_("Work here"), required=False, widget=forms.CheckboxSelectMultiple)

    @classmethod
    def of(cls, pipeline: Pipeline, data: QueryDict | None) -> "MembersForm":
        """Return the form of a pipeline."""
        employees = accounts.list_employees()
        inside = set(PipelineMember.objects.filter(pipeline=pipeline).values_list("employee_id", flat=True))
        form = cls(data, initial={"members": [one.public_id for one in employees if one.pk in inside]})
        field = form.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.public_id, f"{one.name}, {one.role.name}") for one in employees]
        return form


class StageForm(SeenForm):
    """A stage's own settings."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    probability = forms.IntegerField(
        label=_("Probability of a sale, %"), min_value=0, max_value=100, widget=forms.TextInput
    )
    norm_days = forms.IntegerField(
        label=_("A deal should stay here, days at most"),
        min_value=1,
        max_value=1000,
        required=False,
        widget=forms.TextInput,
        help_text=_("Empty: no norm."),
    )
    required_fields = forms.MultipleChoiceField(
        label=_("Fields needed at this stage"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A press that leads a deal forward asks for those still empty, of this stage and of every stage it passes;"
            " the API refuses it with the list."
        ),
    )

    @classmethod
    def of(cls, stage: Stage, data: QueryDict | None) -> "StageForm":
        """Return the form of a stage."""
        form = cls(data, initial={name: getattr(stage, name) for name in cls.base_fields})
        field = form.fields["required_fields"]
        assert isinstance(field, forms.MultipleChoiceField)
        own = [(code, one.name) for code, one in known_fields().items()]
        of_deal = [(SUM, gettext("Sum of the deal")), *(one for one in own if own_code(one[0]))]
        of_client = [one for one in own if not own_code(one[0])]
        groups = [(gettext("Of the deal"), of_deal), (gettext("Of the client"), of_client)]
        field.choices = [(name, rows) for name, rows in groups if rows]
        return form


class LeavingForm(forms.Form):
    """Where the deals of a stage go before it is deleted."""

    move_to = forms.ChoiceField(label=_("Its deals go to"), required=False)

    def __init__(self, *args: Any, others: list[Stage], **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        field = self.fields["move_to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((one.public_id, one.name) for one in others)]


class RuleForm(forms.Form):
    """A rule of whom new deals go to."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60, required=False)
    way = forms.ChoiceField(label=_("Give the deal"))
    people = forms.MultipleChoiceField(
        label=_("Among whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody ticked: all who work in the pipeline."),
    )
    hours = forms.ChoiceField(label=_("Who counts"))
    channels = forms.MultipleChoiceField(
        label=_("Only deals that came by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: by any way."),
    )
    sum_from = forms.DecimalField(
        label=_("Sum from"), required=False, min_value=0, max_digits=16, decimal_places=2, widget=forms.TextInput
    )
    sum_to = forms.DecimalField(
        label=_("Sum up to"), required=False, min_value=0, max_digits=16, decimal_places=2, widget=forms.TextInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        named = [("", "—"), *((code, str(one.name)) for code, one in _client_facets().items())]
        for number in range(1, share_rules.CONDITION_LIMIT + 1):
            label = _("Only clients with") if number == 1 else _("and with")
            self.fields[f"facet_{number}"] = forms.ChoiceField(label=label, required=False, choices=named)
            self.fields[f"value_{number}"] = forms.CharField(label=_("equal to"), required=False, max_length=200)
        choices = {
            "way": share_words.way_names(),
            "hours": share_words.hours_names(),
            "channels": share_words.channel_names(),
            "people": {one.public_id: f"{one.name}, {one.role.name}" for one in accounts.list_employees()},
        }
        for field, words in choices.items():
            self.fields[field].choices = [(str(key), name) for key, name in words.items()]  # type: ignore[attr-defined]  # all four are choice fields

    @classmethod
    def of(cls, rule: ShareRule | None, data: QueryDict | None) -> "RuleForm":
        """Return the form of a rule, or of a new one."""
        if rule is None:
            return cls(data, initial={"way": "turn", "hours": "any"})
        inside = {one.employee_id for one in rule.seats.all()}
        initial: dict[str, Any] = {  # of several types, as fields are
            name: getattr(rule, name) for name in ("name", "way", "hours", "channels", "sum_from", "sum_to")
        }
        initial["people"] = [one.public_id for one in accounts.list_employees() if one.pk in inside]
        for number, (code, value) in enumerate(rule.asked.items(), 1):
            initial |= {f"facet_{number}": code, f"value_{number}": value}
        return cls(data, initial=initial)

    def draft(self) -> share_rules.RuleDraft:
        """Return what was typed as the service takes it."""
        given = self.cleaned_data
        asked = {}
        for number in range(1, share_rules.CONDITION_LIMIT + 1):
            if given[f"facet_{number}"]:
                asked[given[f"facet_{number}"]] = given[f"value_{number}"]
        names = ("name", "way", "hours", "people", "channels", "sum_from", "sum_to")
        return share_rules.RuleDraft(asked=asked, **{name: given[name] for name in names})


def _client_facets() -> dict[str, facets.Facet]:
    known = facets.facets_of("client", Actor.system(current_company_id()))
    return {code: one for code, one in known.items() if code not in {"name", "phone", "email"}}


class TryForm(forms.Form):
    """A client, a channel and a sum to try the rules out on."""

    who = forms.CharField(label=_("Client"), max_length=200)
    channel = forms.ChoiceField(label=_("Came by"), required=False)
    amount = forms.DecimalField(
        label=_("Sum"), required=False, min_value=0, max_digits=16, decimal_places=2, widget=forms.TextInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = list(share_words.channel_names().items())  # type: ignore[attr-defined]  # a choice field
