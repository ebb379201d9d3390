"""Channels of talks for screens: accounts with how they stand, what became of lines, words for both."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.messaging.models import ChannelAccount, ChannelState, Message, OutsideLine, Talk
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries.words import code_words, state_words
from voronka.messaging.rules.channels import fate_of

ICONS = {"chat": "world", "telegram": "brand-telegram", "email": "mail", "sms": "message-2"}


def channel_name(channel: str) -> str:
    """Return the name of a channel of talks."""
    words = {"chat": _("Chat on the site"), "telegram": _("Telegram"), "email": _("E-mail"), "sms": _("SMS")}
    return words.get(channel, channel)


def list_accounts(actor: Actor, kind: str) -> list[ChannelState]:
    """Return the accounts of a kind with how they stand, by their names. Raises Denied."""
    actor.require(SET_UP_CHAT)
    rows = ChannelState.objects.filter(account__kind=kind).select_related("account")
    return list(rows.order_by("-account__is_on", "account__name", "id"))


def list_mailboxes(actor: Actor) -> list[ChannelAccount]:
    """Return the mailboxes that the actor may begin a letter from, by name: those on whose talks he sees."""
    rows = ChannelAccount.objects.filter(kind="email", is_on=True)
    if not actor.may(SET_UP_CHAT):
        rows = rows.filter(Q(for_all=True) | Q(seers__employee_id=actor.employee_id or 0)).distinct()
    return list(rows.order_by("name", "id"))


def hidden_talks(actor: Actor) -> Q:
    """Return the condition of talks that are not for the actor: of an account that is for others."""
    if actor.may(SET_UP_CHAT):
        return Q(pk__in=[])
    others = ChannelAccount.objects.filter(for_all=False).exclude(seers__employee_id=actor.employee_id or 0)
    return Q(account__in=others)


def talks_within(actor: Actor, ids: Sequence[int]) -> dict[int, Talk]:
    """Return talks by ids without those of accounts that are for others."""
    return Talk.objects.exclude(hidden_talks(actor)).in_bulk(ids)


@dataclass(frozen=True, slots=True)
class Fate:
    """How a line stands at the border, in words; `is_bad` where a person has to look. `again` that he may send it anew;
    of an SMS, which has its own fate, he decides on the card.
    """

    state: str
    words: str
    is_bad: bool
    again: bool
    outside: OutsideLine
    files: Sequence[Mapping[str, object]] = ()


def fates(talk: Talk, numbers: Sequence[int] | None = None) -> dict[int, Fate]:
    """Return how the lines of a talk stand at the border, by their numbers; of the site's chat none has any."""
    if talk.channel == "chat":
        return {}
    rows = OutsideLine.objects.filter(talk=talk).select_related("line", "message").order_by("line_id", "part")
    if numbers is not None:
        rows = rows.filter(line__number__in=numbers)
    parts: dict[int, list[OutsideLine]] = defaultdict(list)
    for one in rows:
        parts[one.line.number].append(one)
    return {number: _fate(found) for number, found in parts.items()}


def _fate(parts: Sequence[OutsideLine]) -> Fate:
    if parts[0].message is not None:
        return _fate_of_sms(parts[0].message, parts[0])
    state = fate_of(one.state for one in parts)
    shown = next((one for one in parts if one.state == state), parts[0])
    words = {
        "waiting": pgettext("of a message", "waits"),
        "handed": pgettext("of a message", "being handed over"),
        "sent": pgettext("of a message", "has gone"),
        "failed": _("did not go: %(why)s") % {"why": fault_words(shown.code, shown.words)},
        "unknown": _("nobody knows whether it has gone: %(why)s") % {"why": fault_words(shown.code, "")},
    }
    is_bad = state in ("failed", "unknown")
    files = [file for one in parts for file in one.files]
    return Fate(state, words.get(state, ""), is_bad, is_bad, shown, files)


def _fate_of_sms(message: Message, shown: OutsideLine) -> Fate:
    why = code_words(message.state, message.code)
    said = [state_words(message.state), *([why] if why else [])]
    if message.parts:
        said.append(ngettext("%(n)s part", "%(n)s parts", message.parts) % {"n": message.parts})
    if message.cost is not None:
        said.append(wording.money(message.cost, "RUB", get_language() or "ru"))
    return Fate(message.state, ", ".join(said), message.state in ("failed", "unknown", "refused"), False, shown)


def fault_words(code: str, words: str) -> str:
    """Say why the other side does not take something; what it said itself is told as it is."""
    known = {
        "bad_token": _("the token is not known there: copy it again"),
        "gone": _("the person has stopped the bot"),
        "rival": _("another program fetches the news of this bot, or they are brought to another address"),
        "slow": _("too many messages at once"),
        "too_long": _("the text is too long"),
        "too_large": _("the file is too large"),
        "no_chat": _("there is no such chat any more"),
        "no_answer": _("no answer came"),
        "provider_down": _("there was no way to it"),
        "server": _("their server broke"),
        "broken": _("the connection broke"),
        "bounce": _("it came back: there is no such address"),
        "bad_login": _("the login or the password is wrong"),
        "no_tls": _("the server offers no encryption"),
        "bad_address": _("this is no address"),
        "nobody": _("there is no such address"),
        "no_file": _("the file is kept no more"),
        "before": _("what stood before it did not go"),
        "undone": _("it was taken back before it left"),
    }
    return known.get(code) or words or _("it was refused")
