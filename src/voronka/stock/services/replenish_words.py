"""Why a buffer asks for an order, in words: one short cause, and the whole sentence."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.stock.queries.replenishing import Level, Proposal
from voronka.stock.rules import replenishing as rules
from voronka.stock.services.refusals import shown


def reason(level: Level) -> str:
    """Return why, in one sentence: "3 left, 2 promised, 5 a week go, the supplier takes 9 days"."""
    said = [_("%(n)s left") % {"n": shown(level.on_hand)}]
    if level.promised > 0:
        said.append(_("%(n)s promised") % {"n": shown(level.promised)})
    if level.coming > 0:
        said.append(_("%(n)s coming") % {"n": shown(level.coming)})
    if level.per_day > 0:
        said.append(_("%(n)s a week go") % {"n": shown(a_week(level))})
    if level.source_id is not None:
        said.append(ngettext("moving takes %(n)d day", "moving takes %(n)d days", level.lead_days))
    else:
        said.append(ngettext("the supplier takes %(n)d day", "the supplier takes %(n)d days", level.lead_days))
    said[-1] = said[-1] % {"n": level.lead_days}
    return ", ".join(said)


def a_week(level: Level) -> Decimal:
    """Return how many go in a week, not finer than people count them."""
    many = level.per_day * 7
    return many.quantize(Decimal(1)) if many >= 10 else many.quantize(Decimal("0.1"))


def cause(level: Level, proposal: Proposal | None, today: date) -> tuple[str, str]:
    """Return the tone (late, heed or none) and the short cause that stands in the row."""
    advised = level.advice(today)
    if not level.asks and advised is not None and advised < level.target:
        values = {"now": shown(level.target), "then": shown(advised)}
        return "", _("buffer is large: %(now)s → %(then)s?") % values
    if level.zone == rules.ABOVE:
        return "", _("%(n)s above the buffer") % {"n": shown(level.free - level.target)}
    if not level.asks:
        return "", _("enough on the way") if level.coming > 0 and level.zone != rules.GREEN else _("enough")
    if proposal is not None and not proposal.shares:
        return "heed", _("nobody is known to supply it")
    if level.free <= 0:
        return "late", _none_left(proposal)
    left = level.days_left
    if left is not None and left < level.lead_days:
        lasts = ngettext("lasts %(n)d day", "lasts %(n)d days", left) % {"n": left}
        return "late", _("%(lasts)s, supply in %(days)d") % {"lasts": lasts, "days": level.lead_days}
    days = (today - level.zone_since).days if level.zone_since else 0
    if level.zone == rules.RED and days > 0:
        return "late", ngettext("in red for %(n)d day", "in red for %(n)d days", days) % {"n": days}
    if proposal is not None and proposal.bought == 0 and level.source_id is None:
        return "", _("another place has too many")
    return "", _("by what goes and how long it takes")


def _none_left(proposal: Proposal | None) -> str:
    if proposal is not None and proposal.lost > 0:
        return _("none left, %(n)s asked for in vain") % {"n": shown(proposal.lost)}
    return _("none left")


def zone_words(zone: str) -> str:
    """Return a colour in words."""
    return {
        rules.RED: _("red"), rules.YELLOW: _("yellow"), rules.GREEN: _("green"), rules.ABOVE: _("above the buffer"),
    }.get(zone, "")  # fmt: skip
