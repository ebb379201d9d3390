"""Templates of letters, written by the company."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging.models import Template
from voronka.messaging.permissions import EDIT_TEMPLATES

# What a template may say about its client, its deal and its author.
FIELDS = ("client.name", "client.first_name", "client.middle_name", "client.city", "deal.title", "deal.sum",
          "deal.stage", "manager.name", "company.name")  # fmt: skip


@transaction.atomic
def save_template(*, actor: Actor, name: str, subject: str, body: str, public_id: str | None = None) -> Template:
    """Make a template or change one. Raises Invalid with the problems at their fields."""
    actor.require(EDIT_TEMPLATES)
    problems = {
        field: " ".join(texts.explain(problem) for problem in found)
        for field, text in (("subject", subject), ("body", body))
        if (found := texts.check_template(text, FIELDS))
    }
    if not name.strip():
        problems["name"] = _("A name is needed.")
    if not body.strip():
        problems["body"] = _("An empty letter says nothing.")
    if problems:
        raise Invalid(_("The template is not saved: mend the marked places."), fields=problems)
    if public_id is None:
        template = Template(name=name.strip(), subject=subject, body=body)
    else:
        found_template = Template.objects.select_for_update().filter(public_id=public_id).first()
        if found_template is None:
            raise NotFound(_("There is no such template."))
        template = found_template
        template.name, template.subject, template.body = name.strip(), subject, body
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        taken = _("There is a template with this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    return template


@transaction.atomic
def delete_template(*, actor: Actor, public_id: str) -> None:
    """Put a template away: buttons that use it say so, letters written by it stay."""
    actor.require(EDIT_TEMPLATES)
    if not Template.objects.filter(public_id=public_id).update(is_active=False):
        raise NotFound(_("There is no such template."))
