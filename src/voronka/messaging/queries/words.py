"""Why a message went, waits or did not go, in one sentence for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.messaging.models import Message, MessageStep, MessageTouch
from voronka.messaging.rules.gate import Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What is waited for till a moment that is known; the rest waits for somebody to mend it.
_TIMED = ("quiet", "retry")


# What providers say, by our codes; those who know the codes say how they are called.
_failures: "dict[str, str | _StrPromise]" = {}


def name_failures(names: "Mapping[str, str | _StrPromise]") -> None:
    """Let codes of failures be told in words."""
    _failures.update(names)


def channel_words(channel: str) -> str:
    """Return the name of a channel."""
    words = {
        "email": _("e-mail"), "sms": _("SMS"), "push": _("push"), "telegram": _("Telegram"), "chat": _("chat"),
    }  # fmt: skip
    return words.get(channel, channel)


def state_words(state: str) -> str:
    """Return a state of a message in a word or two."""
    words = {
        "planned": pgettext("of a message", "planned"),
        "held": pgettext("of a message", "held"),
        "waiting": pgettext("of a message", "waits"),
        "claimed": pgettext("of a message", "goes now"),
        "handed": pgettext("of a message", "being handed over"),
        "accepted": pgettext("of a message", "accepted"),
        "delivered": pgettext("of a message", "delivered"),
        "failed": pgettext("of a message", "did not reach"),
        "unknown": pgettext("of a message", "unknown"),
        "refused": pgettext("of a message", "did not go"),
        "cancelled": pgettext("of a message", "cancelled"),
    }
    return words.get(state, state)


def refusal_words(code: str) -> str:
    """Say why the gate lets nothing go."""
    words = {
        "no_client": _("the client is gone"),
        "no_address": _("the client has no such address"),
        "blocked_bounce": _("the address does not exist: an earlier message came back"),
        "blocked_complaint": _("the client complained of an earlier message"),
        "blocked_stop": _("the client sent STOP"),
        "channel_off": _("the channel is switched off in the settings"),
        "no_consent": _("the client never agreed to advertising"),
        "opted_out": _("the client said no to advertising"),
        "cap": _("he has had as many advertising messages as he may"),
        "too_late": _("it waited for three days and has no sense any more"),
        "bad_text": _("the text cannot be filled for him"),
        "empty_text": _("the text says nothing for him"),
        "too_long": _("the text is too long for an SMS"),
        "same_address": _("another card with the same address gets it"),
        "limit_number": _("this number has had as many SMS today as the limits let through"),
    }
    return words.get(code, code)


def no_letter_words(code: str) -> str:
    """Say that a letter does not go, and why, as one of the things that a press did."""
    return _("no letter: %(why)s") % {"why": refusal_words(code)}


def waiting_words(code: str) -> str:
    """Say what a message waits for."""
    words = {
        "quiet": _("it is quiet time on the client's clock"),
        "sending_off": _("sending is switched off in the settings"),
        "not_set_up": _("the channel is not set up"),
        "no_budget": _("there is no money for it"),
        "retry": _("the other side asked to come later"),
        "broken": _("the sender broke off before anything had left"),
        "paused": _("the campaign is paused"),
        "turn": _("the campaign sends so many a minute"),
        "limit_prefix": _("too many SMS to numbers of one block in an hour: the limits of SMS hold it"),
        "limit_hour": _("as many SMS as the limits let through have gone in an hour"),
        "limit_money": _("as much money as the limits of SMS allow a day is spent"),
    }
    return words.get(code, code)


def reached_words(code: str) -> str:
    """Say which limit for all SMS is reached, and what comes of it."""
    words = {
        "limit_hour": _("The limit of an hour is reached: SMS wait and go by themselves later."),
        "limit_money": _("The money of a day is spent: SMS wait and go by themselves later."),
    }
    return words.get(code, code)


def failure_words(code: str) -> str:
    """Say why a message did not reach the client; codes of providers are said as they are."""
    words = {
        "gave_up": _("the other side put it off five times"),
        "said_not_sent": _("an employee found that it had not left"),
        "stopped": _("the campaign was stopped"),
        "said_sent": _("an employee found that it had left"),
        "erased": _("the client's data were erased"),
        "broken": _("the connection broke"),
        "no_answer": _("no answer came"),
        "bounce": _("it came back: there is no such address"),
        "returned": _("it came back"),
        "bad_address": _("this is no address"),
        "restored": _("it came out of a backup, and may have left before"),
    }
    if code.startswith("smtp_"):
        return _("the mail server refused it, code %(code)s") % {"code": code.removeprefix("smtp_")}
    return words.get(code) or str(_failures.get(code, code))


def code_words(state: str, code: str) -> str:
    """Say why a step of a message is what it is; nothing where there is no reason."""
    if not code:
        return ""
    if state == "refused":
        return refusal_words(code)
    if state in ("waiting", "planned", "held"):
        return waiting_words(code)
    return failure_words(code)


def step_words(step: MessageStep) -> str:
    """Say what happened to a message at one moment: the state, why, and what the other side said."""
    if step.code == "left":
        return _("the client left advertising by it")
    if step.code == "complaint":
        return _("the client complained of it as spam")
    reasons = {"refused": refusal_words, "waiting": waiting_words, "failed": failure_words}
    said = [reasons[step.state](step.code)] if step.code and step.state in reasons else []
    return ": ".join([state_words(step.state), *said, *([f"«{step.words}»"] if step.words else [])])


def reason_words(reason: str) -> str:
    """Say why an opening or a click is a machine's."""
    words = {
        "trap": _("followed a link that no person sees"),
        "ahead": _("fetched before anybody asked"),
        "scanner": _("a scanner of mail"),
        "apple": _("Apple's protection of privacy fetches every picture"),
        "google": _("Google's proxy of pictures"),
        "yandex": _("Yandex's proxy of pictures"),
        "mailru": _("Mail.ru's proxy of pictures"),
        "proxy": _("a proxy of pictures"),
        "program": _("a program, no browser"),
        "at_once": _("all links at the same moment"),
        "soon": _("seconds after the letter had left"),
    }
    return words.get(reason, reason)


def touch_words(touch: MessageTouch) -> str:
    """Say that a letter was opened or a link followed, by whom; a machine's with the reason."""
    host = urlsplit(touch.url).hostname or ""
    what = _("followed a link: %(site)s") % {"site": host} if touch.kind == "click" else _("opened")
    if touch.is_human is None:
        return _("%(what)s (by whom is told in half a minute)") % {"what": what}
    if touch.is_human:
        return what
    return _("%(what)s by a machine: %(why)s") % {"what": what, "why": reason_words(touch.reason)}


def why_of(message: Message, actor: Actor, now: datetime) -> str:
    """Say in one sentence what became of a message and why, with the name of its campaign."""
    text = _stands(message, actor, now) if message.state in _STANDING else _went(message, actor, now)
    campaign = getattr(message, "campaign_name", "")
    if campaign:
        return _("Campaign “%(name)s”: %(what)s.") % {"name": campaign, "what": text[:1].lower() + text[1:]}
    return f"{text}."


_STANDING = ("refused", "waiting", "held", "planned", "cancelled")


def _stands(message: Message, actor: Actor, now: datetime) -> str:
    """Say why a message has not gone."""
    at = wording.moment(message.due_at, actor.zone.key, now, actor.language)
    match message.state:
        case "refused":
            return _("Did not go: %(why)s") % {"why": refusal_words(message.code)}
        case "waiting" if message.code in _TIMED:
            return _("Waits till %(at)s: %(why)s") % {"at": at, "why": waiting_words(message.code)}
        case "waiting" | "held":
            return _("Waits: %(why)s") % {"why": waiting_words(message.code)}
        case "planned":
            return _("Goes %(at)s") % {"at": at}
        case _ if message.code == "stopped":
            return _("Did not go: %(why)s") % {"why": _("the campaign was stopped")}
    return _("Called back before it went")


def _went(message: Message, actor: Actor, now: datetime) -> str:
    """Say how far a message has come."""

    def at(moment: datetime | None) -> str:
        return wording.moment(moment, actor.zone.key, now, actor.language) if moment else ""

    match message.state:
        case "claimed" | "handed":
            return _("Goes right now")
        case "accepted":
            return _("Went %(at)s, the other side has taken it") % {"at": at(message.handed_at)}
        case "delivered":
            return _("Went %(went)s, reached the client %(at)s") % {
                "went": at(message.handed_at), "at": at(message.ended_at),
            }  # fmt: skip
        case "failed":
            return _("Went %(at)s and did not reach: %(why)s") % {
                "at": at(message.handed_at), "why": failure_words(message.code) or _("no reason was told"),
            }  # fmt: skip
    if message.code == "restored":
        return _("Nobody knows whether it has left: %(why)s") % {"why": failure_words(message.code)}
    return _("Nobody knows whether it has left: the connection broke %(at)s") % {"at": at(message.handed_at)}


def verdict_words(verdict: Verdict, actor: Actor, now: datetime) -> str:
    """Say in one sentence whether a client would get an advertising message now."""
    until = wording.moment(verdict.until, actor.zone.key, now, actor.language) if verdict.until else ""
    if verdict.kind == "go":
        return _("Would get it now.")
    if verdict.kind == "wait" and verdict.code not in _TIMED:
        return _("Would wait: %(why)s.") % {"why": waiting_words(verdict.code)}
    if verdict.kind == "wait":
        return _("Would get it %(until)s: %(why)s.") % {"until": until, "why": waiting_words(verdict.code)}
    if until:
        return _("Would not get it: %(why)s. Could from %(until)s.") % {
            "why": refusal_words(verdict.code), "until": until,
        }  # fmt: skip
    return _("Would not get it: %(why)s.") % {"why": refusal_words(verdict.code)}
