"""What a campaign has come to: its figures, its reasons, who got it."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.models import Campaign
from voronka.messaging.permissions import SETTLE
from voronka.messaging.queries import campaign_words as words
from voronka.messaging.queries import campaigns as queries
from voronka.messaging.queries import touches, why
from voronka.messaging.queries.campaigns import Results
from voronka.messaging.queries.words import code_words, failure_words, reason_words, refusal_words, state_words
from voronka.messaging.views.campaign_drafts import number_of
from voronka.people import queries as people
from voronka.trials import queries as tests


def result_tables(actor: Actor, row: Campaign) -> dict[str, Any]:
    """Return what a campaign that has begun shows of itself: its figures whole and by variant, reasons, touches."""
    found = queries.results_of(row)
    whole = found[0]
    is_receipted = _is_receipted(row, whole)
    touched = touches.by_variant(row.pk) if row.channel == "email" and len(found) > 1 else {}
    address = reverse("messaging:campaign-recipients", args=[row.public_id])
    refused = [(refusal_words(code), count, f"{address}?state=refused&code={code}") for code, count in
               whole.refused.most_common()]  # fmt: skip
    failed = [(failure_words(code) or _("no reason was told"), count, f"{address}?state=failed&code={code}")
              for code, count in whole.failed.most_common()]  # fmt: skip
    return {
        "whole": whole,
        "stats": _stats(actor, whole, is_receipted=is_receipted),
        "is_receipted": is_receipted,
        "gains": _gain_stats(actor, row, whole),
        "by_variant": [_variant_line(actor, one, touched.get(one.variant, (0, 0))) for one in found[1:]],
        "is_touched": bool(touched),
        "test": tests.told_of(actor, "letter", row.pk) if len(found) > 1 else None,
        "refused": refused,
        "failed": failed,
        "unknown": f"{address}?state=unknown" if whole.unknown else "",
        "all": address,
        "touches": _touch_lines(actor, row) if row.channel == "email" else {},
    }


def _touch_lines(actor: Actor, row: Campaign) -> dict[str, Any]:
    """Return how many letters were opened and followed: all touches, those of machines with why, those of people."""
    counts = touches.by_cause("campaign", [row.pk])[row.pk]
    lines = [
        (name, *(wording.number(count, actor.language) for count in (one.human, one.machine, one.raw)))
        for name, one in ((_("Opened"), counts.opened), (_("Followed a link"), counts.clicked))
    ]
    why = [(reason_words(reason), count) for reason, count in sorted(counts.reasons.items(), key=lambda one: -one[1])]
    return {"lines": lines, "why": why} if counts.opened.raw or counts.clicked.raw else {}


def _share(actor: Actor, one: Results, count: int) -> str:
    return f"{wording.number(round(one.share(count) * 100, 1), actor.language)} %" if one.handed else ""


def _is_receipted(row: Campaign, whole: Results) -> bool:
    """Servers of mail take a letter and are silent: that none is told to have reached a client says nothing."""
    return row.channel != "email" or whole.delivered > 0


def _stats(actor: Actor, one: Results, *, is_receipted: bool) -> list[Stat]:
    lang = actor.language
    reached = Stat(
        _("Reached the client"), wording.number(one.delivered, lang), more=_share(actor, one, one.delivered)
    )
    return [
        Stat(pgettext("of a campaign", "Handed over"), wording.number(one.handed, lang)),
        Stat(_("Taken by the other side"), wording.number(one.accepted, lang), more=_share(actor, one, one.accepted)),
        *([reached] if is_receipted else []),
        Stat(_("Came back"), wording.number(one.bounced, lang), more=_share(actor, one, one.bounced)),
        Stat(_("Complaints"), wording.number(one.complaints, lang), more=_share(actor, one, one.complaints)),
        Stat(_("Left advertising"), wording.number(one.left, lang), more=_share(actor, one, one.left)),
        Stat(_("Unknown"), wording.number(one.unknown, lang), tone="late" if one.unknown else ""),
        Stat(_("Did not go"), wording.number(one.states["refused"], lang)),
    ]


def _gain_stats(actor: Actor, row: Campaign, one: Results) -> list[Stat]:
    lang = actor.language
    stats = [
        Stat(_("Orders after it"), wording.number(one.orders, lang), more=_share(actor, one, one.orders)),
        Stat(_("Money of them"), words.money(one.money, actor) or "0", tone="gain" if one.money else ""),
    ]
    if row.channel == "sms":
        cost = wording.money(one.cost, "RUB", lang) if one.cost is not None else "—"
        stats.append(
            Stat(
                pgettext("of a campaign", "Cost"),
                cost,
                more=ngettext("%(n)s part", "%(n)s parts", one.parts) % {"n": one.parts},
            )
        )
    return stats


def _variant_line(actor: Actor, one: Results, touched: tuple[int, int]) -> dict[str, Any]:
    lang = actor.language
    opened, followed = (f"{wording.number(count, lang)} · {_share(actor, one, count)}" for count in touched)
    return {
        "name": chr(64 + one.variant),
        "planned": one.planned, "handed": one.handed, "delivered": one.delivered, "bounced": one.bounced,
        "opened": opened, "followed": followed, "left": one.left, "complaints": one.complaints, "orders": one.orders,
        "share": f"{wording.number(round(one.share(one.orders) * 100, 1), lang)} %",
        "money": words.money(one.money, actor),
        "by_head": words.money({code: total / one.handed for code, total in one.money.items()}, actor) if one.handed
                   else "",
    }  # fmt: skip


@require_GET
@signed_in
def campaign_recipients(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the recipients with what became of each; those of a state, a reason, a variant."""
    actor, now = actor_of(request), datetime.now(UTC)
    row = queries.get_campaign(actor, public_id)
    state, code = request.GET.get("state", "")[:10], request.GET.get("code", "")[:40]
    variant, after = number_of(request.GET.get("variant", "")) or 0, request.GET.get("after", "")
    behind = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    rows = queries.list_recipients(row, state=state, code=code, variant=variant, after=behind, limit=queries.PAGE + 1)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    seen = people.list_clients(actor).in_bulk([one.client_id for one in rows])
    given = QueryDict(mutable=True)
    given.update({name: value for name, value in (("state", state), ("code", code)) if value})
    if more:
        given["after"] = str(rows[-1].pk)
    context = {
        "row": row,
        "rows": [
            {
                "client": people.shown(actor, seen[one.client_id]) if one.client_id in seen else None,
                "state": state_words(one.state),
                "why": why(one, actor, now),
                "sign": one.public_id,
                "variant": chr(64 + one.variant) if one.variant else "",
                "is_unknown": one.state == "unknown",
            }
            for one in rows
        ],
        "states": [("", _("all")), *((one, state_words(one)) for one in words.SHOWN_STATES)],
        "state": state,
        "code": code,
        "code_words": code_words(state, code),
        "next": f"?{given.urlencode()}" if more else "",
        "may_settle": actor.may(SETTLE),
        "back": request.get_full_path(),
    }
    return render(request, "messaging/campaigns/recipients.html", context)
