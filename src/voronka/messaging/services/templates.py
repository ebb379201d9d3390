"""Templates of letters, written by the company."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging.models import CampaignVariant, Letter, Message, Template
from voronka.messaging.permissions import EDIT_TEMPLATES
from voronka.messaging.services.values import known_fields


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A template that a set-up brings, in Liquid."""

    name: str
    subject: str
    body: str


@transaction.atomic
def set_up_templates(*, actor: Actor, add: Iterable[LetterDraft], drop: Iterable[LetterDraft] = ()) -> None:
    """Have the templates of `add`, by their names; those of `drop` go while they are as they came and nobody wrote.

    What somebody made of a template stays his. Raises Denied, Invalid.
    """
    actor.require(EDIT_TEMPLATES)
    for draft in drop:
        as_it_came = Template.objects.filter(name=draft.name, subject=draft.subject, body=draft.body)
        ids = list(as_it_came.values_list("id", flat=True))
        letters = Letter.objects.filter(template__in=ids).values_list("template_id", flat=True)
        messages = Message.objects.filter(cause_kind="step", cause_id__in=ids).values_list("cause_id", flat=True)
        used = CampaignVariant.objects.filter(template__in=ids).values_list("template_id", flat=True)
        written = {one for one in (*letters, *messages, *used) if one is not None}
        Template.objects.filter(pk__in=written).update(is_active=False)
        Template.objects.filter(pk__in=set(ids) - written).delete()
    known = dict(Template.objects.filter(channel="email").values_list("name", "is_active"))
    for draft in add:
        if draft.name not in known:
            save_template(actor=actor, name=draft.name, subject=draft.subject, body=draft.body)
        elif not known[draft.name]:
            Template.objects.filter(channel="email", name=draft.name).update(is_active=True)


@transaction.atomic
def save_template(
    *, actor: Actor, name: str, subject: str, body: str, public_id: str | None = None, channel: str = "email"
) -> Template:
    """Make a template of letters or of SMS, or change one. Raises Invalid with the problems at their fields."""
    actor.require(EDIT_TEMPLATES)
    problems = {
        field: " ".join(texts.explain(problem) for problem in found)
        for field, text in (("subject", subject), ("body", body))
        if (found := problems_of(text, actor))
    }
    if not name.strip():
        problems["name"] = _("A name is needed.")
    if not body.strip():
        is_letter = channel == "email"
        problems["body"] = _("An empty letter says nothing.") if is_letter else _("An empty text says nothing.")
    if problems:
        raise Invalid(_("The template is not saved: mend the marked places."), fields=problems)
    if public_id is None:
        template = Template(channel=channel, name=name.strip(), subject=subject, body=body)
    else:
        found_template = Template.objects.select_for_update().filter(public_id=public_id, channel=channel).first()
        if found_template is None:
            raise NotFound(_("There is no such template."))
        template = found_template
        if template.kind == "blocks":
            raise Invalid(_("This letter is made of blocks: change it in their editor."), code="is_blocks")
        template.name, template.subject, template.body = name.strip(), subject, body
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        taken = _("There is a template with this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    return template


def problems_of(text: str, actor: Actor) -> list[texts.Problem]:
    """Return what is wrong with a text; the words of it suggest no field that the actor may not see."""
    wrong = texts.check_template(text, known_fields())
    return texts.check_template(text, known_fields(actor)) if wrong else []


@transaction.atomic
def delete_template(*, actor: Actor, public_id: str) -> None:
    """Put a template away: buttons that use it say so, letters written by it stay."""
    actor.require(EDIT_TEMPLATES)
    if not Template.objects.filter(public_id=public_id).update(is_active=False):
        raise NotFound(_("There is no such template."))
