"""What promo codes put on shared screens."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Quick, register_quick
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.loyalty import events
from voronka.loyalty.permissions import SEE, SET_UP
from voronka.loyalty.ports import register_likeness
from voronka.loyalty.services.likeness import cards_alike
from voronka.loyalty.services.referring import friend_codes, friend_links, friend_stand_in
from voronka.messaging.ports import register_friend_codes, register_friend_links, register_friend_stand_in
from voronka.people import queries as people

register_settings_page(
    SettingsPage(
        "promo",
        gettext_lazy("Promo codes"),
        gettext_lazy("Discounts by a code: one for all, or thousands for single use"),
        "ticket",
        "loyalty:promos",
        SEE,
        SettingsGroup.SHOP,
        order=50,
        words=gettext_lazy("discount coupon"),
    )
)
register_quick(Quick(gettext_lazy("New promo code"), "loyalty:promo-new", "KeyK", SET_UP))
register_settings_page(
    SettingsPage(
        "referrals",
        gettext_lazy("Referral programme"),
        gettext_lazy("Clients bring friends and get a percent of what they buy"),
        "users",
        "loyalty:referrals",
        SEE,
        SettingsGroup.SHOP,
        order=60,
        words=gettext_lazy("friends bonus percent"),
    )
)
register_panel(
    Panel(
        "client",
        "loyalty.referrals",
        gettext_lazy("Brought friends"),
        "side",
        37,
        lambda public_id: reverse("loyalty:referral-panel", args=[public_id]),
        SEE,
    )
)
register_likeness(cards_alike)
register_friend_links(friend_links)
register_friend_codes(friend_codes)
register_friend_stand_in(friend_stand_in)


@tells(
    "friends", pgettext_lazy("tab", "Friends"), events.FriendCame, events.FriendBrought, events.FriendBought,
    events.ReferralJudged, events.ReferralPaid,
)  # fmt: skip
def tell_friends(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell who brought the client, whom he brought, what it earned and what he was paid.

    Clients out of the reader's reach are not named.
    """
    if not actor.may(SEE):
        return {}
    seen = {one.pk: one for one in people.list_clients(actor).filter(pk__in={_other(row) for row in rows})}
    currency, told = accounts.get_company_rules().currency, dict[int, Told]()
    for row in rows:
        one = seen.get(_other(row))
        name = people.name_shown(actor, one.name) if one is not None else _("another client")
        url = reverse("people:client-detail", args=[one.public_id]) if one is not None else ""
        said, icon, kind = _said(
            row, wording.money(Decimal(str(row.payload.get("amount", 0))), currency, actor.language)
        )
        is_ours = row.name in (events.ReferralPaid.name(), events.ReferralJudged.name())
        head = format_html("{} · {}", said, row.by if is_ours else name)
        told[row.seq] = Told(icon, head, kind, url="" if is_ours else url)
    return told


def _other(row: RecordedEvent) -> int:
    """Return the id of the other client of the two, 0 for nobody."""
    return int(row.payload.get("friend_id") or row.payload.get("referrer_id") or 0)


def _said(row: RecordedEvent, money: str) -> tuple[str, str, str]:
    """Return what happened in words, its picture and its mark."""
    match row.name:
        case "loyalty.FriendCame":
            return pgettext("timeline", "was brought by a friend"), "users", "client"
        case "loyalty.FriendBrought":
            return _("brought a friend"), "users", "gain"
        case "loyalty.FriendBought":
            return _("earned %(sum)s by a friend's order") % {"sum": money}, "gift", "thin"
        case "loyalty.ReferralPaid":
            is_code = row.payload.get("way") == "code"
            how = pgettext("referral", "by a promo code") if is_code else pgettext("referral", "by hand")
            return _("paid out %(sum)s for friends, %(how)s") % {"sum": money, "how": how}, "cash", "gain"
    words = {
        "active": pgettext("referral", "the friend who brought him was accepted"),
        "refused": pgettext("referral", "the friend who brought him was refused"),
        "held": pgettext("referral", "who brought him waits to be judged"),
    }
    return words.get(str(row.payload.get("state")), words["held"]), "check", "thin"
