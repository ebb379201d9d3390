"""The bot of the chat: it answers from the knowledge base when it is sure, else offers what is near, or a person.

It is silent where a person has taken over, where it is switched off, and out of its hours. The talk stays one: whoever
takes over has all of it before him.
"""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.flows.services import scenes
from voronka.messaging.models import Article, ChatSettings, Talk, TalkLine
from voronka.messaging.queries.chat import hours_now
from voronka.messaging.rules.chat import bot_speaks
from voronka.messaging.services.answers import answer_question
from voronka.messaging.services.chat.lines import add_line

PERSON = "person"  # the choice that calls one
ASKED = "b:"  # how the buttons of a scenario's question begin
CHOICES = 3


def is_speaking(settings: ChatSettings, now: datetime) -> bool:
    """Tell whether the settings let the bot speak now."""
    return bot_speaks(settings.bot, is_open=hours_now(now).is_open)


def may_speak(talk: Talk, settings: ChatSettings, now: datetime) -> bool:
    """Tell whether the bot may speak in a talk: in the chat, and where the account of its channel lets it."""
    lets = talk.account is not None and talk.account.is_on and talk.account.with_bot
    return is_speaking(settings, now) and (talk.channel == "chat" or lets)


def hello() -> str:
    """Return by what the bot says that it is one."""
    company = accounts.get_company_rules().name
    return _("Hello, I am the bot of %(company)s. I answer at once, and where I am not sure I call a person.") % {
        "company": company
    }


def greet(talk: Talk, now: datetime) -> None:
    """Say first of all that it is a bot who speaks. The talk is locked."""
    with translation.override(talk.language):
        add_line(talk, by="bot", text=hello(), now=now)


def words_of(choice: str, talk: Talk | None = None) -> str:
    """Return what the visitor says by pressing a button of his talk; nothing for one that is not there."""
    if choice == PERSON:
        return _("Call a person")
    if choice.startswith(ASKED):
        number = choice.removeprefix(ASKED).partition("-")[0]
        if talk is None or not (number.isascii() and number.isdecimal() and len(number) < 9):
            return ""
        line = TalkLine.objects.filter(talk=talk, number=int(number), by="bot").first()
        offered = {str(one["id"]): str(one["title"]) for one in line.choices} if line is not None else {}
        return offered.get(choice, "")
    if choice.startswith(scenes.BUTTON):
        wanted = choice.removeprefix(scenes.BUTTON)
        return next((one.start.button for one in scenes.scenes_on("chat") if one.automation.public_id == wanted), "")
    article = Article.objects.filter(public_id=choice, is_on=True).first()
    return article.title if article is not None else ""


def answer(talk: Talk, text: str, *, choice: str, settings: ChatSettings, now: datetime) -> None:
    """Answer the last line of a locked talk, or hand the talk over."""
    with translation.override(talk.language):
        if choice == PERSON or not may_speak(talk, settings, now):
            hand_over(talk, now)
            return
        article = Article.objects.filter(public_id=choice, is_on=True).first() if choice else None
        if article is None:
            found = answer_question(text, now=now)
            article = found.article
            near = [{"id": one.article.public_id, "title": one.article.title} for one in found.nearest[:CHOICES]]
        if article is not None:
            talk.waits_since = None
            talk.save(update_fields=["waits_since"])
            add_line(talk, by="bot", text=article.answer, article_id=article.pk, now=now)
            return
        said = _("I am not sure. Is it one of these?") if near else _("I am not sure what to answer.")
        add_line(talk, by="bot", text=said, choices=[*near, {"id": PERSON, "title": _("Call a person")}], now=now)


def hand_over(talk: Talk, now: datetime, said: str = "") -> None:
    """Leave a locked talk to people; the visitor is told `said`, else whether somebody is there."""
    talk.with_bot = False
    talk.save(update_fields=["with_bot"])
    add_line(talk, by="event", code="called", now=now)
    if not said and hours_now(now).is_open:
        said = _("I have called a person: the answer comes here.")
    elif not said:
        said = _("Nobody is here now. Leave a phone or an e-mail, and a person answers as soon as we are back.")
    add_line(talk, by="bot", text=said, now=now)
