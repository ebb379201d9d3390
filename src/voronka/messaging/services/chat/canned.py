"""Texts that operators put into their answers: written by whoever sets up the chat, filled for the talk."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.messaging.models import CannedAnswer, ChatDepartment, Talk
from voronka.messaging.permissions import SET_UP_CHAT, TALK
from voronka.messaging.rules.chat import MOST_TEXT
from voronka.messaging.services.values import FIELDS, values_for, with_friend_links
from voronka.people import queries as clients
from voronka.people.services.cleaning import Problems, fit

# A talk has no deal.
PLACES = tuple(one for one in FIELDS if not one.startswith("deal."))


@dataclass(frozen=True, slots=True)
class MacroDraft:
    """What a macro does beside its answer; `department` is a public id."""

    department: str = ""
    tag: str = ""
    closes: bool = False


@transaction.atomic
def save_canned(
    *, actor: Actor, code: str, text: str, public_id: str = "", does: MacroDraft | None = None
) -> CannedAnswer:
    """Write a text, or change one; with `does` it is a macro. Raises Denied, NotFound, Invalid at the wrong places."""
    actor.require(SET_UP_CHAT)
    row = CannedAnswer() if not public_id else _found(public_id)
    problems = Problems()
    row.code = fit("code", code, 40, problems)
    row.text = fit("text", text, MOST_TEXT, problems, lines=True)
    if not row.code:
        problems.add("code", _("A name is needed."))
    row.is_macro, does = does is not None, does or MacroDraft()
    row.tag, row.closes = fit("tag", does.tag, 30, problems), does.closes
    row.department = ChatDepartment.objects.filter(public_id=does.department).first() if does.department else None
    if does.department and row.department is None:
        problems.add("department", _("Choose one of the list."))
    if row.is_macro and not (row.text or row.tag or row.closes or row.department):
        problems.add(
            "text", _("Say what the macro does: an answer, a tag, a department, or that it closes the talk.")
        )
    if not row.text and not row.is_macro:
        problems.add("text", _("Write something."))
    wrong = [texts.explain(one) for one in texts.check_template(row.text, PLACES)]
    if wrong:
        problems.add("text", " ".join(wrong))
    problems.settle()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        message = _("There is a text with this name already.")
        raise Invalid(message, fields={"code": message}) from None
    return row


@transaction.atomic
def drop_canned(*, actor: Actor, public_id: str) -> None:
    """Delete a text. Raises Denied, NotFound."""
    actor.require(SET_UP_CHAT)
    _found(public_id).delete()


def _found(public_id: str) -> CannedAnswer:
    row = CannedAnswer.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such text."))
    return row


def fill_canned(*, actor: Actor, public_id: str, talk: Talk) -> str:
    """Return a text with the values of a talk. Raises Denied, NotFound, Refusal for a broken text."""
    actor.require(TALK)
    row = _found(public_id)
    rules = accounts.get_company_rules()
    if talk.client_id is not None:
        values = dict(with_friend_links(row.text, [values_for(talk.client_id, {}, actor, shown=True)])[0])
    else:
        name = clients.name_shown(actor, talk.name)
        who: dict[str, texts.Value] = {"name": name, "first_name": name.split(" ")[0], "middle_name": "", "city": ""}
        who["referral_link"] = who["friend_code"] = ""
        values = {"client": who | {"fields": {}}, "manager": {"name": actor.name}, "company": {"name": rules.name}}
    try:
        return texts.render(row.text, values, autoescape=False, language=talk.language)
    except texts.TextError as failure:
        raise Refusal(texts.explain(failure.problem), code="bad_template") from failure
