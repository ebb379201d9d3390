"""What things of surveys are called."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext, pgettext_lazy

from voronka.care.models import Survey
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.messaging import queries as messaging

if TYPE_CHECKING:
    from decimal import Decimal

    from django.utils.functional import _StrPromise

MOMENTS: "dict[str, _StrPromise]" = {
    "delivered": gettext_lazy("an order is delivered"),
    "cancelled": gettext_lazy("an order is cancelled"),
    "left": gettext_lazy("a client unsubscribes"),
    "site": gettext_lazy("a widget of the site says so"),
}
KINDS: "dict[str, _StrPromise]" = {
    "one": gettext_lazy("one answer"),
    "many": gettext_lazy("several answers"),
    "text": gettext_lazy("his own words"),
}
WHENS: "dict[str, _StrPromise]" = {
    "always": pgettext_lazy("survey", "always"),
    "bad": gettext_lazy("after a bad rating"),
    "good": gettext_lazy("after a good rating"),
}
CHANNELS: "dict[str, _StrPromise]" = {
    "email": pgettext_lazy("survey", "by letter"),
    "sms": pgettext_lazy("survey", "by SMS"),
    "page": pgettext_lazy("survey", "on the page where he left"),
    "site": pgettext_lazy("survey", "on the site"),
}


def delay_words(hours: int) -> str:
    """Say how long after."""
    if not hours:
        return pgettext("survey", "at once")
    if hours % 24:
        return npgettext("survey", "in %(n)d hour", "in %(n)d hours", hours) % {"n": hours}
    return npgettext("survey", "in %(n)d day", "in %(n)d days", hours // 24) % {"n": hours // 24}


def way_words(survey: Survey) -> str:
    """Say by what a survey asks."""
    if not survey.writes:
        return str(CHANNELS["page" if survey.moment == "left" else "site"])
    if survey.by_email and survey.by_sms:
        return _("by letter, else by SMS")
    return str(CHANNELS["sms" if survey.by_sms else "email"])


def skip_words(code: str, days: int) -> str:
    """Say why a client was not asked."""
    if code == "recently":
        asked = ngettext("he was asked within the last %(n)d day", "he was asked within the last %(n)d days", days)
        return asked % {"n": days}
    known = {
        "rated": _("he has rated the order by himself, on his page"),
        "cancelled": _("the order was cancelled meanwhile"),
        "on_site": _("he was asked about the order on the site"),
        "late": _("it was too late to ask: the system was off"),
        "bad_text": _("the text of the survey cannot be filled: look at its fields"),
        "no_channel": _("the survey has no way to ask"),
    }
    return known.get(code) or str(messaging.refusal_words(code))


def percent(value: "Decimal | None", actor: Actor) -> str:
    """Return a share as people read it, a dash for none."""
    return "—" if value is None else f"{wording.number(value, actor.language, digits=0)} %"


def mean(value: "Decimal | None", actor: Actor) -> str:
    """Return a mean rating as people read it, a dash for none."""
    return "—" if value is None else wording.number(value, actor.language, digits=2)
