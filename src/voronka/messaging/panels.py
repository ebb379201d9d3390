"""What messages contribute to the pages of settings, to the client's card and timeline, and to notices."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.panels import Panel, register_panel
from voronka.kit.settings_menu import SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.messaging.events import SmsReceived
from voronka.messaging.permissions import EDIT_TEMPLATES, MANAGE, SEE, SEE_ANSWERS, SET_UP_SMS
from voronka.messaging.queries import sms as queries
from voronka.people import queries as people

register_settings_page(
    SettingsPage(
        "letters",
        _("Letters"),
        _("Templates that buttons send, checked on a real client"),
        "mail",
        "messaging:templates",
        EDIT_TEMPLATES,
        order=50,
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
        order=51,
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
        order=52,
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
        order=53,
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
        order=54,
    )
)


@tells("sms", _("Answers by SMS"), SmsReceived)
def tell_answers(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell what clients answered by SMS; a text may name anything, so one who may not see all sees none of it."""
    answers = queries.answers_by_id([row.subject_id for row in rows])
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
    balances = queries.balances_by_id([one.detail_id for one in seeds])
    told = {}
    for seed in seeds:
        balance = balances.get(seed.detail_id)
        if balance is not None:
            what = gettext("Little money for SMS: %(provider)s") % {"provider": balance.provider.name}
            left = wording.money(balance.amount, "RUB", actor.language)
            told[seed.id] = ToldNotice(what, gettext("Left: %(sum)s") % {"sum": left}, reverse("messaging:sms"))
    return told
