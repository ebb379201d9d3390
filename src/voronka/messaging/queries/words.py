"""Why a message went, waits or did not go, in one sentence for people."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.messaging.models import Message
from voronka.messaging.rules.gate import Verdict

# What is waited for till a moment that is known; the rest waits for somebody to mend it.
_TIMED = ("quiet", "retry")


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
    }
    return words.get(code, code)


def waiting_words(code: str) -> str:
    """Say what a message waits for."""
    words = {
        "quiet": _("it is quiet time on the client's clock"),
        "sending_off": _("sending is switched off in the settings"),
        "not_set_up": _("the channel is not set up"),
        "no_budget": _("there is no money for it"),
        "retry": _("the other side asked to come later"),
    }
    return words.get(code, code)


def failure_words(code: str) -> str:
    """Say why a message did not reach the client; codes of providers are said as they are."""
    words = {
        "gave_up": _("the other side put it off five times"),
        "said_not_sent": _("an employee found that it had not left"),
        "bounce": _("it came back"),
    }
    return words.get(code, code)


def why_of(message: Message, actor: Actor, now: datetime) -> str:
    """Say in one sentence what became of a message and why."""

    def at(moment: datetime | None) -> str:
        return wording.moment(moment, actor.zone.key, now, actor.language) if moment else ""

    match message.state:
        case "refused":
            text = _("Did not go: %(why)s") % {"why": refusal_words(message.code)}
        case "waiting" if message.code not in _TIMED:
            text = _("Waits: %(why)s") % {"why": waiting_words(message.code)}
        case "waiting":
            text = _("Waits till %(at)s: %(why)s") % {"at": at(message.due_at), "why": waiting_words(message.code)}
        case "planned":
            text = _("Goes %(at)s") % {"at": at(message.due_at)}
        case "claimed" | "handed":
            text = _("Goes right now")
        case "accepted":
            text = _("Went %(at)s, the other side has taken it") % {"at": at(message.handed_at)}
        case "delivered":
            text = _("Went %(went)s, reached the client %(at)s") % {
                "went": at(message.handed_at), "at": at(message.ended_at),
            }  # fmt: skip
        case "failed":
            text = _("Went %(at)s and did not reach: %(why)s") % {
                "at": at(message.handed_at), "why": failure_words(message.code) or _("no reason was told"),
            }  # fmt: skip
        case "unknown":
            text = _("Nobody knows whether it has left: the connection broke %(at)s") % {"at": at(message.handed_at)}
        case _:
            text = _("Called back before it went")
    return f"{text}."


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
