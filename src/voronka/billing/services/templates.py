"""Texts of the company's own: Liquid over a small HTML."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.billing.models import PaperTemplate
from voronka.billing.permissions import SET_UP
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound

_PARTY = ("name", "inn", "kpp", "ogrn", "address", "phone", "bank", "bik", "account", "director", "director_post")
FIELDS = (
    "number", "day", "city", "basis", "due", "sum", "tax", "sum_in_words", "lines",
    *(f"seller.{name}" for name in _PARTY), *(f"buyer.{name}" for name in _PARTY),
)  # fmt: skip
MOST_SIGNS = 100_000


@transaction.atomic
def save_template(*, actor: Actor, name: str, body: str, public_id: str | None = None) -> PaperTemplate:
    """Keep an own text or change one. Raises Denied, NotFound, Invalid with the problems at their fields."""
    actor.require(SET_UP)
    problems = {}
    if not name.strip():
        problems["name"] = _("A name is needed.")
    if not body.strip() or len(body) > MOST_SIGNS:
        problems["body"] = _("The text is empty or too long.")
    elif found := texts.check_template(body, FIELDS):
        problems["body"] = " ".join(texts.explain(one) for one in found)
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row = PaperTemplate()
    if public_id is not None:
        known = PaperTemplate.objects.select_for_update().filter(public_id=public_id, is_active=True).first()
        if known is None:
            raise NotFound(_("There is no such template."))
        row = known
    row.name, row.body = " ".join(name.split())[:100], body
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("There is a template with this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    return row


@transaction.atomic
def delete_template(*, actor: Actor, public_id: str) -> None:
    """Put an own text away; papers written by it stay. Raises Denied, NotFound."""
    actor.require(SET_UP)
    if not PaperTemplate.objects.filter(public_id=public_id).update(is_active=False):
        raise NotFound(_("There is no such template."))
