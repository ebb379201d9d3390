"""What messages contribute to the pages of settings, and to the client's card."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.panels import Panel, register_panel
from voronka.kit.settings_menu import SettingsPage, register_settings_page
from voronka.messaging.permissions import EDIT_TEMPLATES, MANAGE, SEE, SEE_ANSWERS, SET_UP_SMS

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
