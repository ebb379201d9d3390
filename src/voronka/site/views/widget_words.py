"""What kinds, fields and rules of widgets are called."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from voronka.catalogue import queries as catalogue
from voronka.kit.pieces import Tab
from voronka.site.models import Widget, WidgetVariant
from voronka.site.queries.widgets import variants_of
from voronka.site.rules.stage import Rules, read_rules
from voronka.site.rules.widgets import differences
from voronka.trials.queries import letter_of

ICONS = {
    "popup": "message-2", "bar": "layout-bottombar", "teaser": "gift", "stop": "hand-stop", "callback": "phone-call",
    "quiz": "list-check", "poll": "chart-bar", "spinner": "trophy", "goods": "package", "proof": "thumb-up",
    "order": "shopping-cart", "places": "building-store", "survey": "star",
}  # fmt: skip


def kind_words() -> dict[str, str]:
    """Return the names of the kinds."""
    return {
        "popup": pgettext("widget", "Pop-up"),
        "bar": pgettext("widget", "Bar"),
        "teaser": pgettext("widget", "Teaser"),
        "stop": pgettext("widget", "Stop-offer"),
        "callback": pgettext("widget", "Callback"),
        "quiz": pgettext("widget", "Quiz"),
        "poll": pgettext("widget", "Poll"),
        "spinner": pgettext("widget", "Wheel of gifts"),
        "goods": pgettext("widget", "Goods that go with it"),
        "proof": pgettext("widget", "How often it is bought"),
        "order": pgettext("widget", "Order form"),
        "places": pgettext("widget", "Where it is in stock"),
        "survey": pgettext("widget", "Survey"),
    }


def field_words() -> dict[str, str]:
    """Return the names of the fields of content."""
    return {
        "title": pgettext("widget", "Heading"),
        "text": pgettext("widget", "Text"),
        "button": pgettext("widget", "Words of the button"),
        "promo": _("Promo whose code is given"),
        "minutes": _("How many minutes it lasts, 0: no end"),
        "link": _("Where the button leads"),
        "thanks": _("Words of thanks"),
        "contact": _("What contact is asked for"),
        "consent": _("Words of consent"),
        "policy": _("Page about keeping data"),
        "edge": _("At which edge"),
        "no": _("Words of the refusal"),
        "scale": _("What is asked"),
        "answers": _("Answers, one a line"),
        "shows": _("Show what others have answered"),
        "by": _("Which goods"),
        "most": _("How many goods at most"),
        "address": _("Address of goods on the site, {code} for the article"),
        "days": _("In how many days"),
        "least": _("From how many on it is said"),
        "result": _("Words of the result"),
        "counts": _("Count the goods that fit"),
        "questions": _("Questions"),
        "prizes": _("Prizes"),
        "survey": pgettext("widget", "Survey"),
    }


def choice_words() -> dict[str, dict[str, str]]:
    """Return the words of choices by field."""
    return {
        "contact": {
            "none": _("none"), "phone": _("a phone"), "email": _("an e-mail"), "either": _("a phone or an e-mail"),
        },
        "edge": {"top": _("the upper one"), "bottom": _("the lower one")},
        "scale": {"answers": _("one of the answers below"), "nps": _("would you recommend us, 0 to 10")},
        "by": {"bought": _("bought together with it"), "category": _("of the same category")},
    }  # fmt: skip


def when_words() -> dict[str, str]:
    """Return when a widget is shown, as parts of a sentence."""
    return {
        "seconds": _("after so many seconds on the page"),
        "exit": _("when the pointer leaves the page"),
        "scroll": _("when so many percent are read"),
        "idle": _("after so many seconds without a move"),
        "returning": _("when somebody is back"),
        "pages": _("from so many pages on"),
        "purchase": _("when the page says that he has bought"),
        "left": _("so many seconds after he is back who had left a basket or the checkout"),
        "scenario": _("only when a scenario says so"),
    }


def often_words() -> dict[str, str]:
    """Return how often, as parts of a sentence."""
    return {"once": _("once to a visitor"), "days": _("once in so many days"), "always": _("each time")}


def whom_words() -> dict[str, dict[str, str]]:
    """Return to whom, as parts of a sentence, by field of the rules."""
    return {
        "visits": {"all": _("new and returning"), "new": _("new ones only"), "returning": _("returning ones only")},
        "client": {"all": _("known or not"), "known": _("known clients only"), "unknown": _("unknown ones only")},
        "basket": {"all": _("any basket"), "empty": _("an empty basket"), "filled": _("something in the basket")},
    }


def device_words() -> dict[str, str]:
    """Return the names of devices."""
    return {"phone": _("phones"), "tablet": _("tablets"), "computer": _("computers")}


def variant_tabs(row: Widget, *, at: int) -> list[Tab]:
    """Return the ways between a widget, its variants and its test; `at` is a variant's number, 0: widget, -1: test."""
    rows = variants_of([row.pk], [row.trial_id])[row.pk]
    own = reverse("site:widget", args=[row.public_id])
    tabs = [Tab(pgettext("beside its variants", "The widget"), own, active=at == 0)]
    tabs += [
        Tab(
            f"{letter_of(one.number)} · {one.name}",
            reverse("site:widget-variant", args=[row.public_id, one.number]),
            active=at == one.number,
        )
        for one in rows
    ]
    return [*tabs, Tab(_("Test of variants"), reverse("site:widget-test", args=[row.public_id]), active=at == -1)]


def differing(one: WidgetVariant, row: Widget) -> str:
    """Say in what a variant differs from what its widget says."""
    names = field_words()
    found = [names.get(name, name) for name in differences(row.content, one.content)]
    return ", ".join(found)


def sentence(row: Widget) -> str:
    """Say the rules of a widget in one sentence."""
    rules = read_rules(row.rules)
    parts = [_when(rules)]
    if rules.paths:
        parts.append(_("on %(pages)s") % {"pages": ", ".join(rules.paths[:3])})
    elif rules.categories:
        names = dict(catalogue.category_names())
        parts.append(
            _("on goods of %(names)s") % {"names": ", ".join(names.get(one, "?") for one in rules.categories)}
        )
    elif rules.goods:
        parts.append(_("on pages of goods"))
    if rules.devices:
        parts.append(_("on %(devices)s") % {"devices": ", ".join(device_words()[one] for one in rules.devices)})
    words = whom_words()
    parts += [words[name][value] for name in words if (value := getattr(rules, name)) != "all"]
    if rules.source:
        parts.append(f"utm_source={rules.source}")
    if rules.often == "days":
        parts.append(ngettext("once a day", "once in %(n)d days", rules.days) % {"n": rules.days})
    else:
        parts.append(often_words()[rules.often])
    return ", ".join(parts)


def _when(rules: Rules) -> str:
    n: Mapping[str, int] = {"n": rules.number}
    match rules.when:
        case "seconds":
            return ngettext("After %(n)d second", "After %(n)d seconds", rules.number) % n
        case "scroll":
            return _("When %(n)d%% are read") % n
        case "idle":
            return ngettext("After %(n)d second of rest", "After %(n)d seconds of rest", rules.number) % n
        case "pages":
            return _("From page %(n)d on") % n
        case "exit":
            return _("At the exit")
        case "returning":
            return _("To who is back")
        case "purchase":
            return _("After a purchase")
        case "left":
            return _("To who is back and had left a basket or the checkout")
    return _("By a scenario only")
