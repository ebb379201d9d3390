"""What single kinds of widgets show and do: calls asked for, quizzes, polls, gifts, goods, shops, numbers."""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Count
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.audience.queries import pace
from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import picked
from voronka.deals import services as deals
from voronka.kit import jobs, wording
from voronka.kit.actors import Actor
from voronka.kit.clocks import is_zone
from voronka.kit.counters import is_over
from voronka.kit.errors import Invalid, Refusal, TooMany
from voronka.kit.origin import counted_as
from voronka.kit.tenancy import current_company_id
from voronka.loyalty import queries as codes
from voronka.orders import queries as orders
from voronka.site import ports
from voronka.site.models import Showing, Widget
from voronka.site.services.answering import register_dresser
from voronka.site.services.replies import Reply, asks_contact, code_for, had_before, owe, register_doer, take_request
from voronka.site.services.showing import register_need
from voronka.site.services.trying import register_example
from voronka.stock import queries as stock
from voronka.work import queries as work

log = structlog.get_logger(__name__)
MOST_HOURS, SOONEST = 10, timedelta(minutes=15)
FEW = 2
USUAL_MOST = 3_600  # seconds: who usually waits longer is not told so
BOUGHT_DAYS = 180
MOST_VOTES = ((3_600, 30), (86_400, 100))  # seconds and votes of one address: many visitors may share it
MOST_PRICED = 500  # goods of all answers of a quiz


def system() -> Actor:
    """Return the system as what acts for visitors."""
    return Actor.system(current_company_id(), origin="widget")


# --- A call ------------------------------------------------------------------------------------------------------


def hours_of(zone: str, now: datetime) -> tuple[datetime | None, list[datetime]]:
    """Return till when somebody works now (None: nobody does), and the next full hours at which somebody will."""
    schedule, found = work.schedule_of(None, zone), list[datetime]()
    until: datetime | None = None
    for shift in schedule.shifts(now, 7):
        until = shift.end if shift.start <= now < shift.end else until
        at = max(shift.start, now + SOONEST)
        if at.minute or at.second or at.microsecond:
            at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        while at < shift.end and len(found) < MOST_HOURS:
            found.append(at)
            at += timedelta(hours=1)
        if len(found) >= MOST_HOURS:
            break
    return until, found


def dress_callback(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return both clocks and the hours that may be named, by the visitor's clock and by ours."""
    return _clocks(asked.zone, asked.now) | {"usual": _usually(pace.usual_answer("form", asked.now))}


def _clocks(zone: str, now: datetime) -> dict[str, Any]:
    ours, lang = accounts.get_company_rules().zone, get_language() or "ru"
    mine = zone if is_zone(zone) else ours
    until, hours = hours_of(ours, now)
    today = now.astimezone(ZoneInfo(mine)).date()
    return {
        "mine": wording.clock(now, mine), "ours": wording.clock(now, ours),
        "here": wording.place_of(mine, lang), "there": wording.place_of(ours, lang), "open": until is not None,
        "until": "" if until is None else wording.clock(until, ours),
        "hours": [
            {
                "at": one.isoformat(), "mine": wording.clock(one, mine), "ours": wording.clock(one, ours),
                "day": wording.day(one.astimezone(ZoneInfo(mine)).date(), today, lang),
            }
            for one in hours
        ],
    }  # fmt: skip


def _usually(seconds: float | None) -> str:
    """Return how soon requests are usually answered, in words; "" where that was not measured, or is nothing to say."""
    if seconds is None or seconds > USUAL_MOST:
        return ""
    count, minutes = max(1, round(seconds)), round(seconds / 60)
    if count < 120:
        words = ngettext("usually we call in %(n)d second", "usually we call in %(n)d seconds", count)
        return words % {"n": count}
    words = ngettext("usually we call in %(n)d minute", "usually we call in %(n)d minutes", minutes)
    return words % {"n": minutes}


def do_callback(reply: Reply) -> dict[str, Any]:
    """Make a request of a call: at once it is a fresh lead at the head of the feed, for an hour it is a promise.

    The request comes first and stays, whatever becomes of the promise, which is a transaction of its own: a press of
    the same moment holds the client's deal before the client, we hold the client already.
    """
    now, ours = reply.asked.now, accounts.get_company_rules().zone
    until, hours = hours_of(ours, now)
    named = reply.text("at", 40)
    at = next((one for one in hours if one.isoformat() == named), None)
    if (named and at is None) or (not named and until is None):
        words = _("Choose another hour: nobody works then.")
        raise Invalid(words, fields={"at": words})
    lang, zone = get_language() or "ru", reply.asked.zone if is_zone(reply.asked.zone) else ours
    when = _("now") if at is None else wording.moment(at, zone, now, lang)
    message = _("Asks to be called: %(when)s by his clock") % {"when": when}
    received = take_request(reply, wants_contact=True, message=message)
    if at is not None and received.done is not None:
        jobs.defer(
            "site.promise_call", company_id=current_company_id(), alone=f"promise {received.done.client_id}",
            client_id=received.done.client_id, at=at.isoformat(), title=_("Call: asked for it on the site"),
        )  # fmt: skip
    return {"thanks": reply.content.get("thanks", ""), "when": "" if at is None else when}


def promise_call(client_id: int, at: datetime, title: str, *, now: datetime) -> None:
    """Promise a client the call that he asked for; where no stage takes it, his request is there with the hour in it.

    He may be heard of as a request before: the fresh task that was made of it then moves to the hour.
    """
    try:
        deals.promise_call(actor=system(), client_id=client_id, source="form", at=at, title=title, now=now)
    except Refusal as refusal:
        log.warning("a call could not be promised", client=client_id, reason=refusal.code)


# --- Questions ---------------------------------------------------------------------------------------------------


def dress_quiz(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return how many goods of each category that an answer names are sold, and from what price to what."""
    return {"fits": _fits(row.content, asked.now)}


def _fits(content: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    if not content.get("counts"):
        return {}
    named = {one["category"] for each in content["questions"] for one in each["answers"] if one.get("category")}
    currency = accounts.get_company_rules().currency
    whole, goods = set[int](), dict[str, list[int]]()
    for public_id in sorted(named):
        branch = catalogue.branch_ids(public_id)[:1]
        ids = picked.on_sale_ids(branch, [], most=MOST_PRICED + 1) if branch else []
        # Of more goods than are priced at once nothing is said: a part of them would be a wrong number.
        if len(whole | set(ids)) <= MOST_PRICED:
            goods[public_id], whole = ids, whole | set(ids)
    prices = catalogue.price_now(sorted(whole), at=now)
    found: dict[str, Any] = {}
    for public_id, ids in goods.items():
        sums = sorted(prices[one] for one in ids if one in prices)
        if sums:
            found[public_id] = {
                "count": len(sums), "from": sums[0], "to": sums[-1], "currency": currency, "of": len(prices),
            }  # fmt: skip
    return found


def do_quiz(reply: Reply) -> dict[str, Any]:
    """Keep what was answered, and make a request of it where a contact is asked for. Raises Invalid."""
    said, nr = [], 0
    questions, path = reply.content["questions"], reply.answers.get("path")
    for choice in path if isinstance(path, list) else []:
        if not 0 <= nr < len(questions) or not isinstance(choice, int) or isinstance(choice, bool):
            break
        answers = questions[nr]["answers"]
        if not 0 <= choice < len(answers):
            break
        said.append((questions[nr]["text"], answers[choice]["text"]))
        leads = answers[choice]["leads"]
        nr = len(questions) if leads == -1 else leads - 1 if leads else nr + 1
    if nr < len(questions):
        raise Invalid(_("Answer the questions first."))
    reply.showing.did |= {"answers": said}
    if asks_contact(reply):
        take_request(
            reply, wants_contact=True, message="\n".join(f"{question} {answer}" for question, answer in said),
            extra={question[:100]: answer for question, answer in said},
        )  # fmt: skip
    return {"thanks": reply.content.get("thanks", "")}


def do_poll(reply: Reply) -> dict[str, Any]:
    """Keep a vote, and tell how all have voted where that is shown. Raises Invalid."""
    choice, content = reply.answers.get("choice"), reply.content
    many = 11 if content["scale"] == "nps" else len(content["answers"])
    if not isinstance(choice, int) or isinstance(choice, bool) or not 0 <= choice < many:
        raise Invalid(_("Choose one of the list."))
    had = had_before(reply)
    if had is not None:
        return had  # he has voted
    address = f"site votes {current_company_id()} {reply.showing.widget_id} {counted_as(reply.asked.address)}"
    if is_over(address, MOST_VOTES, now=reply.asked.now):
        raise TooMany(_("Too many answers from one place. Come again later."))
    reply.showing.did |= {"choice": choice}
    told: dict[str, Any] = {"thanks": content.get("thanks", "")}
    if content.get("shows"):
        votes = votes_of(reply.showing.widget_id, reply.showing.arm)
        votes[choice] += 1
        told["votes"] = [votes[nr] for nr in range(many)]
    return told


def votes_of(widget_id: int, arm: str = "") -> Counter[int]:
    """Return how often each answer of a poll was chosen; variants may have other answers, so each counts its own."""
    rows = Showing.objects.filter(
        widget=widget_id, arm=arm, state=Showing.State.ACTED, did__has_key="choice"
    ).order_by()
    return Counter(dict(rows.values_list("did__choice").annotate(many=Count("id"))))


def do_spinner(reply: Reply) -> dict[str, Any]:
    """Decide the prize, before the wheel turns, and give its code. Who has one gets that one again."""
    had = had_before(reply)
    if had is not None:
        return had
    prizes = reply.content["prizes"]
    held = codes.holding((one["promo"] for one in prizes if one["promo"]), at=reply.asked.now)
    # What cannot be given any more does not fall.
    left = [nr for nr, one in enumerate(prizes) if not one["promo"] or one["promo"] in held]
    if asks_contact(reply):
        if not left:
            return owe(reply)
        take_request(reply, wants_contact=False)
    falls = left or range(len(prizes))
    [chosen] = secrets.SystemRandom().choices(falls, [prizes[nr]["weight"] for nr in falls])
    prize = prizes[chosen]
    code = code_for(reply, prize["promo"]) if prize["promo"] else ""
    reply.showing.did |= {"prize": prize["text"]}
    return {"prize": chosen, "code": code, "thanks": reply.content.get("thanks", "")}


# --- Goods -------------------------------------------------------------------------------------------------------


def _variant(about: Mapping[str, Any]) -> int | None:
    good = about.get("product")
    code = str(good.get("code") or "") if isinstance(good, Mapping) else ""
    return catalogue.ids_by_codes([code]).get(code) if code else None


def dress_goods(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return goods that go with what is looked at, each with the price of the moment."""
    return {"goods": goods_for(row.content, row.about, asked.now)}


def goods_for(content: Mapping[str, Any], about: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Return goods that are bought with others, or lie in the same category; on sale, with a price."""
    found, most = _variant(about), content["most"]
    if found is None:
        return []
    if content["by"] == "bought":
        ids = orders.bought_with(found, now - timedelta(days=BOUGHT_DAYS), most=most * 4)
    else:
        product = catalogue.variants_by_ids([found])[found].product_id
        category = catalogue.products_by_ids([product])[product][2]
        ids = [one for one in picked.on_sale_ids([category], [], most=50) if one != found] if category else []
    cards, prices = catalogue.variants_by_ids(ids), catalogue.price_now(ids, at=now)
    currency = accounts.get_company_rules().currency
    return [
        {
            "name": cards[one].name, "price": prices[one], "currency": currency,
            "link": content["address"].replace("{code}", cards[one].code) if content["address"] else "",
        }
        for one in ids
        if one in cards and one in prices and cards[one].is_on_sale
    ][:most]  # fmt: skip


def dress_proof(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return how often it was bought, by our own orders."""
    good = row.about.get("product") or {}
    return {"good": str(good.get("name", "")), "times": times_bought(row.content, row.about, asked.now)}


def times_bought(content: Mapping[str, Any], about: Mapping[str, Any], now: datetime) -> int:
    """Return in how many orders of the last days something is; nought where the catalogue has it not."""
    found = _variant(about)
    return 0 if found is None else orders.times_bought(found, now - timedelta(days=content["days"]))


def dress_places(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return in which shops what is looked at is, by its variants; how many only where there are few."""
    good = row.about.get("product") or {}
    return {"good": str(good.get("name", "")), "kinds": kinds_of(row.about)}


def kinds_of(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the variants of a product with the shops that have them."""
    found = _variant(about)
    if found is None:
        return []
    product = catalogue.variants_by_ids([found])[found].product_id
    ids = catalogue.variants_of_product(catalogue.products_by_ids([product])[product][0])[:100]
    cards, free = catalogue.variants_by_ids(ids), stock.available(ids)
    names = {one.pk: one.name for one in stock.places(system())}
    return [
        {
            "name": ", ".join(cards[one].options.values()) or cards[one].name, "this": one == found,
            "places": [
                {"name": names[place], "few": f"{count.normalize():f}" if count <= FEW else ""}
                for place, count in sorted(free[one].items(), key=lambda pair: names.get(pair[0], ""))
                if place in names and count > Decimal(0)
            ],
        }
        for one in ids
        if one in cards and cards[one].is_on_sale
    ]  # fmt: skip


def _has_goods(widget: Widget, moment: ports.Moment) -> bool:
    return bool(goods_for(widget.content, moment.about, moment.now))


def _has_proof(widget: Widget, moment: ports.Moment) -> bool:
    return times_bought(widget.content, moment.about, moment.now) >= int(widget.content["least"])


def _has_places(widget: Widget, moment: ports.Moment) -> bool:
    return any(one["places"] for one in kinds_of(moment.about))


def _example_goods(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    names = (_("Chair of oak"), _("Bench of oak"), _("Oil for wood"))
    return {
        "goods": [{"name": one, "price": 4_900, "currency": "RUB", "link": ""} for one in names[: content["most"]]]
    }


def _example_places(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    shops = [{"name": _("Shop in Lenina street"), "few": ""}, {"name": _("Store"), "few": "2"}]
    return {
        "good": _("Oak table, 1,800 mm"),
        "kinds": [
            {"name": "1800", "this": True, "places": shops},
            {"name": "2000", "this": False, "places": shops[:1]},
        ],
    }


def _example_call(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return _clocks("Asia/Yekaterinburg", now) | {"usual": _usually(24)}


def _example_prize(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return {"example": {"prize": 0, "code": "7KX2M-9QTB4"}}


def _example_votes(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    many = 11 if content["scale"] == "nps" else len(content["answers"])
    return {"example": {"votes": [(nr * 7) % 11 + 1 for nr in range(many)]}}


def _example_proof(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return {"good": _("Oak table, 1,800 mm"), "times": max(12, content["least"])}


for _kind, _dress in {
    "callback": dress_callback, "quiz": dress_quiz, "goods": dress_goods, "proof": dress_proof, "places": dress_places,
}.items():  # fmt: skip
    register_dresser(_kind, _dress)
for _kind, _does in {"callback": do_callback, "quiz": do_quiz, "poll": do_poll, "spinner": do_spinner}.items():
    register_doer(_kind, _does)
for _kind, _need in {"goods": _has_goods, "proof": _has_proof, "places": _has_places}.items():
    register_need(_kind, _need)
for _kind, _example in {
    "goods": _example_goods, "places": _example_places, "callback": _example_call, "spinner": _example_prize,
    "poll": _example_votes, "proof": _example_proof,
}.items():  # fmt: skip
    register_example(_kind, _example)
