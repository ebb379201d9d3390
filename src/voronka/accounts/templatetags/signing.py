"""Tags of the pages of signing in: `{% load signing %}`."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.kit import wording

register = template.Library()

_BROWSERS = (("YaBrowser", "Яндекс"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def demo_logins() -> list[queries.DemoLogin]:
    """Return the logins of the demo company."""
    return queries.list_demo_logins()


@register.simple_tag
def sends_letters() -> bool:
    """Tell whether letters about signing in reach anybody: by a mail server, or by the mailbox page of the demo."""
    return settings.MAIL_REACHES_PEOPLE or settings.IS_DEMO


@register.simple_tag
def has_passkeys(asked: dict[str, Any] | None) -> bool:
    """Tell whether the person whom a device is asked for has a passkey at all."""
    key = (asked or {}).get("request_options", {}).get("publicKey", {})
    return bool(key.get("allowCredentials"))


@register.filter
def device(agent: str) -> str:
    """`{{ session.user_agent|device }}`: "Firefox, Linux"; what is not known is told as it is, shortened."""
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}/", agent)), "")
    if not browser and "Safari/" in agent:
        browser = "Safari"
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(word for word in (browser, system) if word) or agent[:60]


@register.filter
def local_moment(value: datetime, zone: str) -> str:
    """`{{ at|local_moment:zone }}`: "today at 16:00" by the clock of the zone."""
    return wording.moment(value, zone, timezone.now(), wording.tongue(get_language()))


@register.filter
def origin_words(origin: str) -> str:
    """Say by which way a change came, in words; the address of a computer stays as it is."""
    door, _blank, name = origin.partition(" ")
    if door == "api" and name:
        return _("by the API, key %(name)s") % {"name": name}
    if door in _BACKGROUND:
        return _("by itself, in the background")
    if door in ("administrator", "voronka"):
        return _("by a command of the server")
    return _doors().get(origin, origin)


_BACKGROUND = frozenset(
    {
        "answers",
        "check",
        "digest",
        "figures",
        "job",
        "listener",
        "outbox",
        "overdue",
        "reminders",
        "sweep",
        "webhooks",
    }
)


def _doors() -> dict[str, str]:
    """Return the ways by which those who are not signed in, and machines of others, change something."""
    return {
        "automation": _("an automation"), "chat": _("the chat"), "demo": _("the example"), "import": _("a file"),
        "automation address": _("another program, by the address of an automation"), "bulk": _("an act on many cards"),
        "campaign": _("a campaign"), "client page": _("the client's own page"), "feed": _("a feed of goods"),
        "form": _("the lead form"), "friend page": _("a friend's link"), "invitation": _("an invitation"),
        "letter": _("a letter"), "letter picture": _("a letter"), "order form": _("the order form"),
        "pay link": _("the payment link"), "price list": _("a price list"),
        "provider": _("a service of payments or SMS"), "returned letters": _("letters that came back"),
        "sandbox": _("a service of payments or SMS"), "site": _("the site"), "sms": "SMS", "survey": _("a survey"),
        "survey page": _("a survey"), "telegram": "Telegram", "unsubscribe": _("the page of unsubscribing"),
        "widget": _("a widget of the site"),
    }  # fmt: skip
