"""What messages contribute to the pages of settings, to the client's card and timeline, and to notices."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from voronka.kit import wording
from voronka.kit.actors import Actor, Reach
from voronka.kit.events import RecordedEvent
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Section, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.messaging import queries
from voronka.messaging.events import (
    LetterWritten,
    MessageHanded,
    MessagePlanned,
    MessageRefused,
    SmsReceived,
    TalkBound,
)
from voronka.messaging.models import Message, MessageStep, MessageTouch
from voronka.messaging.permissions import (
    EDIT_TEMPLATES,
    MANAGE,
    SEE,
    SEE_ANSWERS,
    SEE_CAMPAIGNS,
    SET_UP_CHAT,
    SET_UP_SMS,
    TALK,
)
from voronka.messaging.queries import campaign_words, campaigns, sms, touches
from voronka.messaging.queries.channels import ICONS, channel_name, talks_within
from voronka.messaging.queries.rules import returns_state
from voronka.messaging.queries.talks import talks_seen
from voronka.messaging.queries.words import channel_words, state_words, step_words, touch_words
from voronka.messaging.rules.states import WAS_HANDED
from voronka.people import queries as people

register_settings_page(
    SettingsPage(
        "letters",
        _("Letters"),
        _("Templates that buttons send, checked on a real client"),
        "mail",
        "messaging:templates",
        EDIT_TEMPLATES,
        SettingsGroup.SENDING,
        order=10,
        words=_("templates e-mail mail"),
    )
)
register_settings_page(
    SettingsPage(
        "sending",
        _("Rules of sending"),
        _("Quiet hours, how often clients are written to, switches of channels, addresses that came back"),
        "clock",
        "messaging:rules",
        MANAGE,
        SettingsGroup.SENDING,
        order=30,
        words=_("quiet hours frequency spam unsubscribe"),
    )
)
register_settings_page(
    SettingsPage(
        "consent_texts",
        _("Texts of consents"),
        _("What clients agree to, word for word, with every version"),
        "shield-check",
        "messaging:consent-texts",
        MANAGE,
        SettingsGroup.SENDING,
        order=40,
        words=_("personal data advertising policy"),
    )
)
register_panel(
    Panel(
        "client",
        "messaging.messages",
        _("Messages"),
        "side",
        40,
        lambda public_id: reverse("messaging:client-messages", args=[public_id]),
        SEE,
    )
)
register_settings_page(
    SettingsPage(
        "sms",
        _("SMS"),
        _("Providers, balances, names of senders, a message to try"),
        "message-2",
        "messaging:sms",
        SET_UP_SMS,
        SettingsGroup.SENDING,
        order=20,
        words=_("sender provider balance"),
    )
)
register_settings_page(
    SettingsPage(
        "answers",
        _("Knowledge base"),
        _("Answers that the bot and operators give, synonyms, questions without an answer"),
        "message-2-question",
        "messaging:answers",
        SEE_ANSWERS,
        SettingsGroup.TALKS,
        order=40,
        words=_("bot articles questions"),
    )
)
register_settings_page(
    SettingsPage(
        "chat",
        _("Chat on the site"),
        _("Its address, greeting, what it says when nobody is there"),
        "message-circle",
        "messaging:chat-setting",
        SET_UP_CHAT,
        SettingsGroup.TALKS,
        order=10,
        words=_("operators departments greeting widget"),
    )
)
register_settings_page(
    SettingsPage(
        "telegram",
        _("Telegram"),
        _("Bots whose messages come into the chats, and go from there"),
        "brand-telegram",
        "messaging:telegram",
        SET_UP_CHAT,
        SettingsGroup.TALKS,
        order=20,
        words=_("bot messenger"),
    )
)
register_settings_page(
    SettingsPage(
        "talk_mailboxes",
        _("Shared mailboxes"),
        _("Letters that become chats, answered from there in their threads"),
        "mail",
        "messaging:talk-mailboxes",
        SET_UP_CHAT,
        SettingsGroup.TALKS,
        order=30,
        words=_("mail IMAP SMTP e-mail"),
    )
)
register_panel(
    Panel(
        "client",
        "messaging.talks",
        _("Talks"),
        "side",
        41,
        lambda public_id: reverse("messaging:client-talks", args=[public_id]),
        TALK,
    )
)
register_section(
    Section(
        "talks",
        _("Chats"),
        reverse_lazy("messaging:talks"),
        order=45,
        right=TALK,
        counts=reverse_lazy("messaging:talk-count"),
        live="talk",
    )
)
register_section(
    Section("campaigns", _("Campaigns"), reverse_lazy("messaging:campaigns"), order=46, right=SEE_CAMPAIGNS)
)


@tells("sms", _("Answers by SMS"), SmsReceived)
def tell_answers(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell what clients answered by SMS; a text may name anything, so one who may not see all sees none of it."""
    answers = sms.answers_by_id([row.subject_id for row in rows])
    hides = people.hides_any(actor)
    told = {}
    for row in rows:
        answer = answers.get(row.subject_id)
        if answer is not None and actor.may(SEE, owner_id=actor.employee_id):
            what = gettext("SMS from the client")
            more = gettext("STOP: no advertising by SMS any more") if answer.is_stop else ""
            head = format_html("<b>{}</b> · {}", what, more) if more else format_html("<b>{}</b>", what)
            kind = "late" if answer.is_stop else "client"
            told[row.seq] = Told("message-2", head, kind, text="" if hides else answer.text[:2_000])
    return told


@tells_notice("sms_money")
def tell_money(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of providers whose money fell under the line."""
    if not actor.may(SET_UP_SMS):
        return {}
    balances = sms.balances_by_id([one.detail_id for one in seeds])
    told = {}
    for seed in seeds:
        balance = balances.get(seed.detail_id)
        if balance is not None:
            what = gettext("Little money for SMS: %(provider)s") % {"provider": balance.provider.name}
            left = wording.money(balance.amount, "RUB", actor.language)
            told[seed.id] = ToldNotice(what, gettext("Left: %(sum)s") % {"sum": left}, reverse("messaging:sms"))
    return told


@tells_notice("talk_new")
def tell_new_talks(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of visitors whom nobody has answered yet."""
    return _tell_talks(seeds, actor, gettext("A visitor waits in the chat"), "message-circle")


@tells_notice("talk_said")
def tell_said(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of visitors who wrote in one's own talk."""
    return _tell_talks(seeds, actor, gettext("The visitor has written"), "message-circle")


@tells_notice("talk_late")
def tell_late(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of visitors whose time to be answered is over."""
    return _tell_talks(seeds, actor, gettext("A visitor of the chat waits longer than was promised"), "clock-pause")


def _tell_talks(seeds: Sequence[NoticeSeed], actor: Actor, what: str, icon: str) -> Mapping[int, ToldNotice]:
    """Tell of the talks within reach; what visitors wrote may name anything, so it stays in the talk."""
    if actor.reach(TALK) is Reach.NONE:
        return {}
    seen = talks_seen(actor, [one.subject_id for one in seeds])
    return {
        one.id: ToldNotice(what, url=reverse("messaging:talk", args=[seen[one.subject_id]]) + "?tab=all", icon=icon)
        for one in seeds
        if one.subject_id in seen
    }


@tells_notice("campaign_asks")
def tell_asking(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of campaigns that do not run before a person says so."""
    if not actor.may(SEE_CAMPAIGNS):
        return {}
    found = campaigns.campaigns_by_id([one.subject_id for one in seeds])
    told = {}
    for seed in seeds:
        row = found.get(seed.subject_id)
        if row is not None:
            what = gettext("The campaign “%(name)s” asks whether to run") % {"name": row.name}
            more = campaign_words.asks(row.asks_why) if row.state == "asks" else ""
            told[seed.id] = ToldNotice(what, more, reverse("messaging:campaign", args=[row.public_id]), "send")
    return told


@tells_notice("returns")
def tell_returns(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell that letters that come back are not read."""
    state = returns_state()
    if not actor.may(MANAGE) or state is None:
        return {}
    what = gettext("The mailbox of returned letters is not read")
    return {seed.id: ToldNotice(what, state.words, reverse("messaging:rules"), "inbox") for seed in seeds}


# --- The client's timeline ---------------------------------------------------------------------------------------

_ICONS = {"email": "mail", "sms": "message-2"}
# Of hundreds that a scanner makes the first are enough; the figures are counted elsewhere.
MOST_TOUCHES = 20
_KINDS = {"failed": "late", "unknown": "late", "delivered": "gain"}


@tells("messages", _("Messages"), MessagePlanned, MessageHanded, MessageRefused)
def tell_messages(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell messages, each once: where its hand-over began, else where it was planned or refused."""
    found = queries.with_steps([row.subject_id for row in rows])
    touched = touches.list_touches([pk for pk, (row, _steps) in found.items() if row.body_html])
    # A page is of one client.
    if not found or not queries.may_read(actor, next(iter(found.values()))[0].client_id):
        return {}
    here = {row.seq: found[row.subject_id] for row in rows if row.subject_id in found}
    by_seq = {row.seq: row for row in rows}
    now = datetime.now(UTC)
    return {
        seq: _told(message, steps, touched.get(message.pk, []), actor, now)
        for seq, (message, steps) in here.items()
        if _is_its_place(by_seq[seq], message)
    }


def _is_its_place(row: RecordedEvent, message: Message) -> bool:
    if message.state in WAS_HANDED:
        return row.name == MessageHanded.name() and row.at == message.handed_at
    if message.state == "refused" and message.ended_at == message.made_at:
        return row.name == MessageRefused.name()
    return row.name == MessagePlanned.name()


def _told(
    message: Message, steps: Sequence[MessageStep], touched: Sequence[MessageTouch], actor: Actor, now: datetime
) -> Told:
    hides, zone = people.hides_any(actor), actor.zone.key
    # A text may hold any field of the card: one who may not see all of them sees none of it.
    subject = "" if hides else message.subject or message.body[:80]
    author = message.author.name if message.author is not None else ""
    said = [("", message.body)] if message.body and not hides else []
    happened = [(wording.moment(one.at, zone, now, actor.language), step_words(one)) for one in steps]
    counted = touched[:MOST_TOUCHES]
    happened += [(wording.moment(one.at, zone, now, actor.language), touch_words(one)) for one in counted]
    channel = channel_words(message.channel)
    return Told(
        _ICONS.get(message.channel, "message"),
        _head(channel[:1].upper() + channel[1:], subject, author),
        _KINDS.get(message.state, "thin"),
        side=state_words(message.state),
        text=queries.why(message, actor, now),
        inside=[*said, *happened],
    )


def _head(what: str, subject: str, author: str) -> SafeString:
    return format_html("<b>{}</b>{}", what, "".join(f" · {one}" for one in (subject, author) if one))


@tells("messages", _("Messages"), LetterWritten)
def tell_old_letters(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell letters of the time before messages."""
    found = queries.letters_of_old([row.subject_id for row in rows])
    if not found or not queries.may_read(actor, next(iter(found.values())).client_id):
        return {}
    hides, told = people.hides_any(actor), {}
    for row in rows:
        if (letter := found.get(row.subject_id)) is not None:
            author = letter.author.name if letter.author is not None else ""
            head = _head(gettext("Letter"), "" if hides else letter.subject, author)
            told[row.seq] = Told(
                "mail", head, "thin", inside=[("", letter.body)] if letter.body and not hides else []
            )
    return told


@tells("chats", _("Chats"), TalkBound)
def tell_talks(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell each talk with the client once, by its last line; the way to it is for those who answer in chats."""
    talks = talks_within(actor, [row.subject_id for row in rows])
    told: dict[int, Told] = {}
    for pk, row in {row.subject_id: row for row in sorted(rows, key=lambda one: one.seq)}.items():
        talk = talks.get(pk)
        if talk is not None and talk.client_id is not None:
            url = reverse("messaging:talk", args=[talk.public_id]) if actor.may(TALK) else ""
            subject = "" if people.hides_any(actor) else talk.subject
            head = _head(channel_name(talk.channel), subject, "")
            icon = "message-circle" if talk.channel == "chat" else ICONS[talk.channel]
            told[row.seq] = Told(icon, head, text=talk.last_text, url=url)
    return told
