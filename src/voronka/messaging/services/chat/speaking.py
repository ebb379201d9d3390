"""Scenarios in talks (flows.services.scenes): what one says becomes lines; it begins where no person has the talk.

A scenario answers before the bot of the knowledge base. Once a person takes the talk, is called, or closes it, the
scenario is over; what it had been told stands in the talk as a note.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.flows.ports import Conversation
from voronka.flows.services import scenes
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import ChatDepartment, ChatOperator, Talk, TalkLine
from voronka.messaging.queries.chat import get_chat, hours_now
from voronka.messaging.queries.talks import IN_FOR
from voronka.messaging.rules.chat import MOST_TEXT
from voronka.messaging.services.chat import bot
from voronka.messaging.services.chat.lines import add_line, lock_talk
from voronka.people import queries as clients
from voronka.people import services as people

WITH_BUTTONS = ("chat", "telegram")
OF_TALK = {"talk:name": ("name", 200), "talk:phone": ("phone", 40), "talk:email": ("email", 254)}
WRITTEN = ("text", "number", "money", "date", "choice", "choices", "link", "yes_no")  # kinds of own fields


class TalkConversation(Conversation):
    """A locked talk as scenarios see it."""

    dry = False

    def __init__(self, talk: Talk, key: str, now: datetime) -> None:
        super().__init__()
        self.talk, self.key, self.now = talk, key, now
        self.talk_id, self.client_id, self.channel, self.language = (
            talk.pk,
            talk.client_id,
            talk.channel,
            talk.language,
        )

    @property
    def is_taken(self) -> bool:
        """Tell whether a person has it: whoever takes a talk, or is called to it, makes the bot silent."""
        return not self.talk.with_bot

    def write(self, *, is_over: bool) -> None:
        """Add what was said to the talk, with buttons or numbered; leave it to a person where one was called."""
        talk = self.talk
        if self.handed is None:
            talk.waits_since = None
            talk.with_bot = not is_over or bot.may_speak(talk, get_chat(), self.now)
            talk.save(update_fields=["waits_since", "with_bot"])
        for text, titles in self.said:
            self._say(text, titles)
        if self.handed is not None:
            self._hand_over(*self.handed)

    def _say(self, text: str, titles: Sequence[str]) -> None:
        if titles and self.channel not in WITH_BUTTONS:
            rows = "\n".join(f"{at}. {title}" for at, title in enumerate(titles, 1))
            add_line(self.talk, by="bot", text=f"{text}\n{rows}"[:MOST_TEXT], now=self.now)
            return
        number = self.talk.last_number + 1
        choices = [{"id": f"{bot.ASKED}{number}-{at}", "title": title} for at, title in enumerate(titles)]
        add_line(self.talk, by="bot", text=text[:MOST_TEXT], choices=choices, now=self.now)

    def _hand_over(self, text: str, department: str, summary: str) -> None:
        talk = self.talk
        if talk.waits_since is None:  # he was silent, and waits since he wrote last
            last = TalkLine.objects.filter(talk=talk, by="visitor").order_by("-number").first()
            talk.waits_since = last.at if last is not None else self.now
        chosen = ChatDepartment.objects.filter(public_id=department).first() if department else None
        talk.department = chosen or talk.department
        talk.save(update_fields=["waits_since", "department"])
        add_line(talk, by="note", text=summary[:MOST_TEXT], now=self.now)
        bot.hand_over(talk, self.now, said=text)

    def set_field(self, field: str, value: str) -> bool:
        """Keep a value in the talk, or in the card where the talk is with a client whom somebody has named."""
        if field in OF_TALK:
            name, most = OF_TALK[field]
            setattr(self.talk, name, value[:most])
            self.talk.save(update_fields=[name])
            return True
        if self.talk.client_id is None:
            return False
        known = {f"client:{one.code}": one for one in clients.list_custom_fields() if one.kind in WRITTEN}
        own = known.get(field)
        if own is None:
            return False
        try:
            values = people.clean_values([own], {own.code: value})
            client = clients.get_client_row(self.talk.client_id)
        except (Invalid, NotFound):
            return False  # no value of this kind, or a card in the bin
        actor = Actor.system(current_company_id(), origin="chat")
        people.set_custom_fields(actor=actor, client_id=client.pk, values=values, now=self.now)
        return True

    def facts(self) -> Mapping[str, Any]:
        """Return what texts may say of the visitor and the company."""
        if self.talk.client_id is None:
            return _facts(self.talk.name)
        try:
            client = clients.get_client_row(self.talk.client_id)
        except NotFound:  # in the bin, or erased since
            return _facts(self.talk.name)
        return _facts(client.name, client.first_name)

    def is_open(self) -> bool:
        """Tell whether it is the company's working time."""
        return hours_now(self.now).is_open


def _facts(name: str, first_name: str = "") -> dict[str, Any]:
    who = {"name": name, "first_name": first_name or name.split(" ")[0]}
    return {"client": who, "company": {"name": accounts.get_company_rules().name}}


PLACES = ("client.name", "client.first_name", "company.name")


def tried_facts() -> Mapping[str, Any]:
    """Return the values of a try, in which nobody has a name yet."""
    return _facts("")


def open_talk(talk_id: int, key: str, now: datetime) -> Conversation | None:
    """Lock a talk and return it as a conversation of a walk, None where it is no more or its visitor is blocked."""
    talk = lock_talk(pk=talk_id)
    return TalkConversation(talk, key, now) if talk is not None and talk.blocked_at is None else None


def fields() -> Sequence[tuple[str, str]]:
    """Return the fields that a scenario may set."""
    own = [(f"client:{one.code}", one.name) for one in clients.list_custom_fields() if one.kind in WRITTEN]
    talk = [("talk:name", _("name in the talk")), ("talk:phone", _("phone in the talk")),
            ("talk:email", _("e-mail in the talk"))]  # fmt: skip
    return [*talk, *own]


def departments() -> Sequence[tuple[str, str]]:
    """Return the departments that a scenario may hand over to."""
    return list(ChatDepartment.objects.order_by("name").values_list("public_id", "name"))


# --- what is heard ----------------------------------------------------------------------------------------------------


def answer(talk: Talk, text: str, *, choice: str = "", is_first: bool, now: datetime) -> bool:
    """Let a scenario answer the last line of a locked talk, or begin one; False where none does.

    The button that calls a person is no answer to a question: the scenario is over.
    """
    if choice == bot.PERSON:
        silence(talk, why="taken", now=now)
        return False
    run = scenes.inside(talk.pk)
    if run is None:
        return _begin(talk, text, choice=choice, is_first=is_first, now=now)
    try:
        with transaction.atomic():
            done = scenes.hear(run, text, now=now)
    except scenes.Overtaken:
        done = False  # it was stopped this moment: its lines are taken back
    talk.refresh_from_db()
    return done


def restart(talk: Talk, *, now: datetime) -> bool:
    """Begin anew at what opens a talk in a messenger; what went on is over. Not where a person has the talk."""
    if not (talk.with_bot or is_free(talk)):
        return False
    scenes.stop(talk.pk, why="anew", now=now)
    return _begin(talk, "", choice="", is_first=True, now=now)


def _begin(talk: Talk, text: str, *, choice: str, is_first: bool, now: datetime) -> bool:
    if not (is_first or talk.with_bot or is_free(talk)) or not _may_here(talk):
        return False
    offered = scenes.scenes_on(talk.channel)
    if not offered:
        return False
    button = choice.removeprefix(scenes.BUTTON) if choice.startswith(scenes.BUTTON) else ""
    asked = scenes.Beginning(
        text,
        is_first,
        button,
        hours_now(now).is_open,
        _is_alone(now) if any(x.start.alone for x in offered) else False,
    )
    chosen = scenes.chosen_by(offered, asked)
    if chosen is None or not scenes.begin(chosen, talk.pk, now=now):
        return False
    talk.refresh_from_db()
    return True


def is_free(talk: Talk) -> bool:
    """Tell whether no person has the talk or was called to it."""
    if talk.owner_id is not None or talk.answered_at is not None:
        return False
    return not TalkLine.objects.filter(talk=talk, by="event", code="called").exists()


def _may_here(talk: Talk) -> bool:
    """Tell whether a bot may speak there: not where the account forbids it, nor by SMS to a number of nobody."""
    if talk.channel == "telegram":
        return talk.account is not None and talk.account.is_on and talk.account.with_bot
    return talk.client_id is not None if talk.channel == "sms" else True


def _is_alone(now: datetime) -> bool:
    return not ChatOperator.objects.filter(is_in=True, seen_at__gt=now - IN_FOR).exists()


def silence(talk: Talk, *, why: str, now: datetime) -> None:
    """End the scenario of a locked talk: a person has it now, or it is over."""
    scenes.stop(talk.pk, why=why, now=now)


def offers(now: datetime) -> list[tuple[str, str]]:
    """Return the buttons (choice, title) by which scenarios begin on the page of the chat."""
    asked = scenes.Beginning("", True, "", hours_now(now).is_open, _is_alone(now))
    return [
        (f"{scenes.BUTTON}{one.automation.public_id}", one.start.button)
        for one in scenes.scenes_on("chat")
        if one.start.button and scenes.fits_hours(one.start, asked)
    ]


def would_speak(now: datetime) -> bool:
    """Tell whether a scenario would answer somebody who begins to write in the chat now."""
    asked = scenes.Beginning("", True, "", hours_now(now).is_open, _is_alone(now))
    rows = [one for one in scenes.scenes_on("chat") if scenes.fits_hours(one.start, asked)]
    return any(one.start.first or one.start.button for one in rows)
