"""Operations on the company's own fields, and on what makes a card complete."""

from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import fields as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people
from voronka.people import services
from voronka.people.queries.fullness import list_weights, shipped_question

if TYPE_CHECKING:
    from voronka.people.models import CustomField

router = Router(tags=["fields"])
completeness = Router(tags=["fields"])


@operation(
    router,
    "GET",
    "",
    scope=scopes.COMPANY_READ,
    answer=docs.CustomFieldList,
    summary=gettext_lazy("List the company's own fields"),
)
def list_fields(
    request: ApiRequest, subject: Annotated[docs.FieldSubject, Query(description="Whose fields.")] = "client"
) -> docs.CustomFieldList:
    """Return the custom fields of clients or deals in their order, those put away too."""
    rows = people.list_custom_fields(subject=subject, active=False)
    return docs.CustomFieldList(items=[docs.field_out(one) for one in rows])


@operation(
    router,
    "POST",
    "",
    scope=scopes.FIELDS_WRITE,
    answer=docs.CustomFieldOut,
    status=201,
    summary=gettext_lazy("Add a field of the company's own"),
)
def add_field(request: ApiRequest, sent: docs.NewField) -> docs.CustomFieldOut:
    """Add a field at the end of the list; its code is made of its name."""
    made = services.add_field(
        actor=request.auth.actor, name=sent.name, kind=sent.kind, options=sent.options, subject=sent.subject
    )
    return docs.field_out(made)


def _held(public_id: str) -> "tuple[list[CustomField], CustomField]":
    """Return the fields of the same subject in their order, and the one that is meant. Raises NotFound."""
    rows = people.list_custom_fields(subject=None, active=False)
    for one in rows:
        if one.public_id == public_id:
            return [row for row in rows if row.subject == one.subject], one
    raise NotFound(_("There is no such field."))


@operation(
    router,
    "PATCH",
    "/{field}",
    scope=scopes.FIELDS_WRITE,
    answer=docs.CustomFieldOut,
    summary=gettext_lazy("Rename a field, change its choices or place, put it away or take it back"),
)
def change_field(request: ApiRequest, field: IdInPath, sent: docs.FieldChanges) -> docs.CustomFieldOut:
    """Change what is sent of a field."""
    rows, held = _held(field)
    actor = request.auth.actor
    changed = services.change_field(
        actor=actor,
        public_id=field,
        name=sent.name,
        options=sent.options,
        is_active=sent.is_active,
    )
    if sent.place is not None:
        services.move_field(actor=actor, public_id=field, by=sent.place - rows.index(held))
    return docs.field_out(changed)


def _weights() -> docs.WeightList:
    fields = people.list_custom_fields()
    names = {f"custom.{one.code}": one.name for one in fields}
    return docs.WeightList(
        items=[
            docs.Weight(
                code=code, weight=weight, question=question, usual=shipped_question(code, names.get(code, ""))
            )
            for code, (weight, question) in list_weights(fields).items()
        ]
    )


@operation(
    completeness,
    "GET",
    "",
    scope=scopes.SETTINGS_READ,
    answer=docs.WeightList,
    right="people.manage_fields",
    summary=gettext_lazy("List what makes a card complete: weights and questions of fields"),
)
def list_completeness(request: ApiRequest) -> docs.WeightList:
    """Return weight and question of every field."""
    return _weights()


@operation(
    completeness,
    "PATCH",
    "",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.WeightList,
    summary=gettext_lazy("Change weights and questions of fields"),
)
def change_completeness(request: ApiRequest, sent: docs.WeightChanges) -> docs.WeightList:
    """Change what is sent."""
    held = list_weights(people.list_custom_fields())
    wanted = {}
    for code, one in sent.fields.items():
        weight, question = held.get(code, (0, ""))
        wanted[code] = (
            weight if one.weight is None else one.weight,
            question if one.question is None else one.question,
        )
    try:
        services.set_weights(actor=request.auth.actor, weights=wanted)
    except Invalid as wrong:
        raise Invalid(wrong.message, fields={_place(name): words for name, words in wrong.fields.items()}) from wrong
    return _weights()


def _place(name: str) -> str:
    """Return a place of a problem as the sender names it."""
    kind, _dash, code = name.partition("-")
    return f"fields.{code}.{kind}" if code else f"fields.{name}"
