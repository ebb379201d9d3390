"""Words for codes of cards."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.people.models import Client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

CONTACT_NAMES: "Mapping[str, str | _StrPromise]" = {
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "vk": gettext_lazy("VK"),
    "max": "MAX",
    "site": gettext_lazy("site"),
}
# What addresses are called that have columns of their own in files; on a card any words may stand.
ADDRESS_LABELS: "Mapping[str, _StrPromise]" = {
    "address_home": pgettext_lazy("an address", "home"),
    "address_office": pgettext_lazy("an address", "office"),
    "address_delivery": pgettext_lazy("an address", "delivery"),
    "address_legal": pgettext_lazy("an address", "legal"),
}
FIELD_NAMES: "Mapping[str, str | _StrPromise]" = {
    "kind": gettext_lazy("Person or organisation"),
    "name": gettext_lazy("Name"),
    "last_name": gettext_lazy("Last name"),
    "first_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "gender": gettext_lazy("Gender"),
    "birthday": gettext_lazy("Birthday"),
    "city": gettext_lazy("City"),
    "address": gettext_lazy("Address"),
    "address_label": gettext_lazy("What this address is"),
    "postcode": gettext_lazy("Postcode"),
    "addresses": gettext_lazy("Other addresses"),
    "position": gettext_lazy("Position"),
    "zone": gettext_lazy("Time zone"),
    "zone_source": gettext_lazy("Where the time zone is from"),
    "zone_sure": gettext_lazy("The time zone is certain"),
    "call_opens_minute": gettext_lazy("Calls from"),
    "call_closes_minute": gettext_lazy("Calls until"),
    "is_vip": gettext_lazy("VIP client"),
    "comment": gettext_lazy("Comment"),
    "inn": gettext_lazy("INN"),
    "kpp": gettext_lazy("KPP"),
    "ogrn": gettext_lazy("OGRN"),
    "bik": gettext_lazy("BIK of the bank"),
    "account": gettext_lazy("Account"),
    "fields": gettext_lazy("Own fields"),
    "responsible": gettext_lazy("Responsible"),
    "external_id": gettext_lazy("Number in another system"),
    "purchases_sum": gettext_lazy("Bought for"),
    "first_source": gettext_lazy("Where from"),
    "made_at": gettext_lazy("Card made"),
    "contacts": gettext_lazy("Contacts"),
    "contact_persons": gettext_lazy("Contact persons"),
}


def field_name(code: str) -> str:
    """Return the name of a field of the card by its code in events; own fields keep their code."""
    return str(FIELD_NAMES.get(code, code.removeprefix("custom.")))


def consent_words(purpose: str, channel: str) -> str:
    """Say what a consent is for."""
    if purpose == "personal_data":
        return _("Personal data may be kept")
    if purpose == "tracking":
        return _("Openings and clicks of letters may be counted")
    words = {
        "any": _("Advertising by any channel"),
        "email": _("Advertising by e-mail"),
        "sms": _("Advertising by SMS"),
        "phone": _("Advertising by phone"),
    }
    return words.get(channel, channel)


def zone_words(client: Client) -> str:
    """Say where the client's time zone is from and how sure it is."""
    words = {
        "hand": _("zone set by hand"),
        "browser": _("zone by the browser"),
        "address": _("zone by the address"),
        "phone": _("zone by the phone"),
    }
    found = words.get(client.zone_source, _("zone of the company: ask which city"))
    if client.zone_sure or client.zone_source == "company":
        return found
    return _("%(zone)s, not certain") % {"zone": found}


def sign_words(sign: str) -> str:
    """Say what looks like spam."""
    words = {
        "blocked": _("the sender is blocked"),
        "links": _("a link in the message"),
        "many_links": _("many links in the message"),
        "markup": _("mark-up in the message"),
        "injection": _("commands in the message"),
        "offer": _("the message offers something"),
        "repeated": _("the same sign over and over"),
        "gibberish": _("the words mean nothing"),
        "shouting": _("everything in capitals"),
        "hidden_signs": _("hidden signs in the message"),
        "foreign": _("not a word of Russian"),
        "too_long": _("the message is far too long"),
        "disposable_email": _("a throw-away e-mail address"),
        "quick": _("the form was filled in too quickly"),
        "name": _("the name looks made up"),
    }
    return words.get(sign, sign)


def warning_words(code: str) -> str:
    """Say what a person should look at twice."""
    words = {
        "disposable_email": _("The e-mail address is a throw-away one."),
        "phone_unsure": _("One of the phones looks made up: check it."),
        "mistyped_email": _("The domain of the e-mail address looks mistyped: check it."),
    }
    return words.get(code, code)


def channel_words(channel: str) -> str:
    """Say by which way somebody came."""
    words = {
        "form": _("form on a site"),
        "hand": _("by hand"),
        "import": _("from a file"),
        "api": _("from another system"),
    }
    return words.get(channel, channel)


def match_words(sign: str) -> str:
    """Say what two cards share, or what tells them apart."""
    words = {
        "phone": _("the same phone"),
        "phone_near": _("a phone one digit apart"),
        "email": _("the same e-mail"),
        "email_local": _("the same beginning of the e-mail"),
        "inn": _("the same INN"),
        "name": _("the same name"),
        "name_close": _("a name one letter apart"),
        "name_part": _("a part of the name"),
        "surname_changed": _("another surname"),
        "birthday": _("the same birthday"),
        "city": _("the same city"),
        "other_name": _("another name"),
        "other_birthday": _("another birthday"),
        "other_kpp": _("another KPP"),
    }
    return words.get(sign, sign)
