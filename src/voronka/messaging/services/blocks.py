"""Letters of blocks: written out when they are saved, so that filling one costs no more than filling a plain text."""

from collections.abc import Sequence
from dataclasses import dataclass

import mrml
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging import ports
from voronka.messaging.models import Template
from voronka.messaging.permissions import EDIT_TEMPLATES
from voronka.messaging.rules import blocks as rules
from voronka.messaging.rules.block_html import LEAVE, LEAVE_BEGINS, LEAVE_ENDS, Words, Writer
from voronka.messaging.rules.blocks import Block
from voronka.messaging.services.letters import LetterText, render_letter
from voronka.messaging.services.pictures import known_pictures
from voronka.messaging.services.templates import problems_of
from voronka.messaging.services.values import made_up_fields, made_up_link, values_for
from voronka.people import queries as people

NAME, SUBJECT = 100, 200
# No mail program is sent to a stranger for letters of ours.
_NO_FONTS = mrml.RenderOptions(fonts={})


@dataclass(frozen=True, slots=True)
class BlocksDraft:
    """A letter of blocks as it was made; the blocks as a form or a program gives them."""

    name: str
    subject: str
    blocks: object


def write_out(subject: str, given: Sequence[Block]) -> tuple[str, str]:
    """Return the plain text and the HTML of a document, its fields still in them."""
    rows = accounts.get_company_rules()
    language = "ru" if rows.language.startswith("ru") else "en"
    with translation.override(rows.language):
        words = Words(
            leave=_("Unsubscribe"),
            why=_("You get this letter because you agreed to news from us."),
            total=pgettext("of an order in a letter", "Total"),
        )
    files = [one[name] for one in given for name in rules.FILES if one.get(name)]
    writer = Writer(given, words, known_pictures(files), language, title=subject)
    made = mrml.to_html(writer.mjml(), render_options=_NO_FONTS)
    return writer.text(), writer.finish(made.content)


@transaction.atomic
def save_blocks(*, actor: Actor, draft: BlocksDraft, public_id: str | None = None) -> Template:
    """Make a letter of blocks or change one. Raises Denied, NotFound, and Invalid with the problems at their fields.

    The field of a block is its id, a colon and its setting.
    """
    actor.require(EDIT_TEMPLATES)
    given = rules.clean(draft.blocks)
    name, subject = draft.name.strip(), " ".join(draft.subject.split())
    problems = problems_of_blocks(given, actor)
    if not name or len(name) > NAME:
        problems["name"] = _("A name is needed.") if not name else _("From one sign to %(most)d.") % {"most": NAME}
    if len(subject) > SUBJECT:
        problems["subject"] = _("From one sign to %(most)d.") % {"most": SUBJECT}
    elif wrong := problems_of(subject, actor):
        problems["subject"] = " ".join(texts.explain(one) for one in wrong)
    if problems:
        raise Invalid(_("The template is not saved: mend the marked places."), fields=problems)
    if public_id is None:
        template = Template(kind="blocks")
    else:
        found = (
            Template.objects.select_for_update().filter(public_id=public_id, kind="blocks", is_active=True).first()
        )
        if found is None:
            raise NotFound(_("There is no such template."))
        template = found
    template.name, template.subject, template.blocks = name, subject, given
    template.body, template.html = write_out(subject, given)
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        taken = _("There is a template with this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    return template


def problems_of_blocks(given: Sequence[Block], actor: Actor) -> dict[str, str]:
    """Return what is wrong with the blocks in words, by id of the block and setting."""
    said = {
        "empty": _("An empty letter says nothing."),
        "no_text": _("A text is needed."),
        "no_file": _("Choose a picture."),
        "no_goods": _("Choose what to show."),
        "bad_link": _("A link begins with https:// and its site is written out; fields stand behind it."),
        "smuggles": _("Signs < and > inside of a field make markup: leave them out."),
        "two_footers": _("One foot is enough."),
    }
    problems: dict[str, str] = {}
    for block_id, name, code in rules.faults(given):
        problems.setdefault(f"{block_id}:{name}" if block_id else "blocks", said[code])
    for one in given:
        for name, text in rules.texts_of(one):
            place = f"{one['id']}:{name}"
            if place not in problems and "{" in text and (wrong := problems_of(text, actor)):
                problems[place] = " ".join(texts.explain(problem) for problem in wrong)
    return problems


def preview_blocks(*, actor: Actor, subject: str, blocks: object, client_id: int) -> LetterText:
    """Return a letter of blocks as this client would get it; nothing is kept or sent. Raises Invalid, Refusal."""
    actor.require(EDIT_TEMPLATES)
    given = rules.clean(blocks)
    problems = {key: said for key, said in problems_of_blocks(given, actor).items() if _spoils(given, key)}
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    template = Template(name=subject or _("Letter"), kind="blocks", subject=subject, blocks=given)
    template.body, template.html = write_out(subject, given)
    made_up = {"title": _("(name of the deal)"), "sum": "0", "stage": _("(stage)")}
    values = made_up_link(values_for(client_id, made_up, actor, own=made_up_fields(actor), shown=True))
    return render_letter(template, people.main_email(client_id, actor) or "", values)


def _spoils(given: Sequence[Block], place: str) -> bool:
    """Tell whether a problem keeps a letter from being looked at: what is not chosen yet does not."""
    block_id, _colon, name = place.partition(":")
    block = next((one for one in given if one["id"] == block_id), None)
    return block is not None and bool(str(block.get(name, "")).strip()) and name != "kind"


def looked_at(letter_html: str, *, is_dark: bool) -> str:
    """Return a letter's page as it is looked at on a screen of ours: nothing leads out, dark where it is asked for."""
    shown = letter_html.replace(LEAVE_BEGINS, "").replace(LEAVE_ENDS, "").replace(LEAVE, "#")
    if is_dark:
        return shown.replace("@media (prefers-color-scheme: dark)", "@media all")
    return shown.replace("@media (prefers-color-scheme: dark)", "@media not all")


def find_goods(actor: Actor, text: str) -> list[tuple[str, str]]:
    """Return goods that a letter may show, by what was typed. Raises Denied."""
    actor.require(EDIT_TEMPLATES)
    shelf = ports.find_shelf()
    return shelf.find(text, 8) if shelf is not None and text.strip() else []


def blocks_of(template: Template) -> list[Block]:
    """Return the blocks of a template."""
    return rules.clean(template.blocks)  # settings that came since it was saved are there, empty
