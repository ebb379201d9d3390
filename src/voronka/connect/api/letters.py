"""Operations on templates of letters: list, make, change, put away, look at one on a client."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import letters as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging import queries, services
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.messaging.models import Template as TemplateRow

router = Router(tags=["letters"])
RIGHT = "messaging.edit_templates"


@operation(
    router,
    "GET",
    "",
    scope=scopes.LETTERS_WRITE,
    answer=docs.TemplateList,
    right=RIGHT,
    summary=gettext_lazy("List the templates of letters"),
)
def list_templates(request: ApiRequest) -> docs.TemplateList:
    """Return the templates in use by name."""
    return docs.TemplateList(items=[docs.template_out(one) for one in queries.list_templates()])


@operation(
    router,
    "GET",
    "/fields",
    scope=scopes.LETTERS_WRITE,
    answer=docs.FieldNames,
    right=RIGHT,
    summary=gettext_lazy("List the fields that a letter may name"),
)
def list_letter_fields(request: ApiRequest) -> docs.FieldNames:
    """Return the fields of client, deal, manager and company, the company's own ones last."""
    return docs.FieldNames(items=services.written_fields(request.auth.actor))


@operation(
    router,
    "POST",
    "",
    scope=scopes.LETTERS_WRITE,
    answer=docs.Template,
    status=201,
    right=RIGHT,
    summary=gettext_lazy("Make a template of letters"),
)
def add_template(request: ApiRequest, sent: docs.NewTemplate) -> Reply:
    """Make a template; a text that cannot be rendered is refused with what is wrong in it."""
    actor = request.auth.actor
    if sent.blocks is not None:
        draft = services.BlocksDraft(sent.name, sent.subject, sent.blocks)
        made = services.save_blocks(actor=actor, draft=draft)
    else:
        made = services.save_template(actor=actor, name=sent.name, subject=sent.subject, body=sent.body)
    return Reply(docs.template_out(made), headers={"Location": f"/api/v1/letter-templates/{made.public_id}"})


@operation(
    router,
    "POST",
    "/preview",
    scope=scopes.LETTERS_WRITE,
    answer=docs.LetterShown,
    right=RIGHT,
    summary=gettext_lazy("Show a letter as a client would get it"),
)
def preview_letter(request: ApiRequest, sent: docs.PreviewGiven) -> docs.LetterShown:
    """Render a text for a client without keeping or sending anything; a deal in it is made up."""
    actor = request.auth.actor
    client = people.get_client(actor, sent.client)
    letter = services.preview_letter(actor=actor, subject=sent.subject, body=sent.body, client_id=client.pk)
    return docs.LetterShown(address=letter.address, subject=letter.subject, body=letter.body)


def _held(public_id: str) -> "TemplateRow":
    found = queries.find_template(public_id)
    if found is None:
        raise NotFound(_("There is no such template."))
    return found


@operation(
    router,
    "GET",
    "/{template}",
    scope=scopes.LETTERS_WRITE,
    answer=docs.Template,
    right=RIGHT,
    summary=gettext_lazy("Show a template of letters"),
)
def get_template(request: ApiRequest, template: IdInPath) -> docs.Template:
    """Return a template in use."""
    return docs.template_out(_held(template))


@operation(
    router,
    "PATCH",
    "/{template}",
    scope=scopes.LETTERS_WRITE,
    answer=docs.Template,
    right=RIGHT,
    summary=gettext_lazy("Change a template of letters"),
)
def change_template(request: ApiRequest, template: IdInPath, sent: docs.TemplateChanges) -> docs.Template:
    """Change what is sent of a template; one of blocks stays one of blocks."""
    held = _held(template)
    if held.kind == "blocks" and sent.body is None:
        draft = services.BlocksDraft(
            held.name if sent.name is None else sent.name,
            held.subject if sent.subject is None else sent.subject,
            held.blocks if sent.blocks is None else sent.blocks,
        )
        saved = services.save_blocks(actor=request.auth.actor, draft=draft, public_id=template)
        return docs.template_out(saved)
    if sent.blocks is not None:
        raise Invalid(_("This letter is a plain text: make a new one of blocks."), code="is_text")
    made = services.save_template(
        actor=request.auth.actor,
        public_id=template,
        name=held.name if sent.name is None else sent.name,
        subject=held.subject if sent.subject is None else sent.subject,
        body=held.body if sent.body is None else sent.body,
    )
    return docs.template_out(made)


@operation(
    router,
    "DELETE",
    "/{template}",
    scope=scopes.LETTERS_WRITE,
    status=204,
    right=RIGHT,
    summary=gettext_lazy("Put a template of letters away"),
)
def drop_template(request: ApiRequest, template: IdInPath) -> Reply:
    """Put a template away: buttons that use it say so, letters that went stay."""
    services.delete_template(actor=request.auth.actor, public_id=_held(template).public_id)
    return Reply(None)
