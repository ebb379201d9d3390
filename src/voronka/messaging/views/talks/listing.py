"""The list of talks as the desk shows it: tabs, queues, rows, how near the time to answer is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.pieces import Tab
from voronka.messaging.models import ChatSettings, Talk
from voronka.messaging.queries import channels
from voronka.messaging.queries import talks as queries
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.rules.channels import CHANNELS
from voronka.messaging.views.knowledge import typed
from voronka.messaging.views.talks.asked import channel_of
from voronka.people import queries as people


def tab_names() -> dict[str, str]:
    """Return the names of the tabs by code."""
    return {
        "mine": _("Mine"),
        "free": _("Nobody's"),
        "all": pgettext("talks", "All"),
        "snoozed": pgettext("talks", "Put off"),
        "closed": pgettext("talks", "Closed"),
    }


def list_context(actor: Actor, tab: str, now: datetime, picked: str, request: HttpRequest) -> dict[str, Any]:
    """Return a page of the list; `picked` is the talk that is open beside it."""
    after = typed(request, "after", 5)
    department, tag, channel = typed(request, "dep", 20), typed(request, "tag", 30), channel_of(request)
    page = queries.list_talks(
        actor, tab, now=now, after=int(after) if after.isascii() and after.isdecimal() else 0,
        department=department, tag=tag, channel=channel,
    )  # fmt: skip
    settings = get_chat()
    rows = [
        {
            "talk": one.talk,
            "name": talk_name(actor, one.talk),
            "is_new": one.is_new,
            "is_on": one.talk.public_id == picked,
            "is_mine": one.is_mine,
            "icon": channels.ICONS[one.talk.channel],
            "channel": channels.channel_name(one.talk.channel),
            "clock": wording.moment(one.talk.last_at, actor.zone.key, now, actor.language),
            "waits": wording.duration((now - one.talk.waits_since).total_seconds(), actor.language)
            if one.talk.waits_since
            else "",
            "due": due_of(one.talk, settings, now, actor.language),
        }
        for one in page.rows
    ]
    kept = urlencode(
        {name: value for name, value in (("dep", department), ("tag", tag), ("channel", channel)) if value}
    )
    kept = f"&{kept}" if kept else ""
    tabs = [Tab(name, f"?tab={code}{kept}", active=code == tab) for code, name in tab_names().items()]
    more = f"{reverse('messaging:talks')}?tab={tab}{kept}&after={page.after}" if page.after else ""
    return {"talks": rows, "tab": tab, "tabs": tabs, "more_url": more, "picked": picked, "kept": kept, "tag": tag}


def around_context(actor: Actor, tab: str, request: HttpRequest) -> dict[str, Any]:
    """Return what stands around the list: filters by channel and department, whether the reader takes talks by turn.

    The filters keep one another: who chose a channel and then a department reads what is in both.
    """
    chosen, departments = typed(request, "dep", 20), queries.list_departments()
    channel, used, tag = channel_of(request), queries.channels_used(), typed(request, "tag", 30)
    kept = {"dep": chosen, "tag": tag, "channel": channel}
    ways = [("", _("All departments")), *((one.public_id, one.name) for one in departments)]
    named = [("", _("All channels")), *((one, channels.channel_name(one)) for one in CHANNELS if one in used)]
    filters = []
    if len(named) > 2 or channel:
        filters.append(_filter(tab, kept, "channel", _("Which channel"), named))
    if departments:
        filters.append(_filter(tab, kept, "dep", _("Department"), ways))
    takes_turns = get_chat().most_talks > 0
    return {
        "filters": filters,
        "departments": departments,
        "takes_turns": takes_turns,
        "is_in": takes_turns and queries.is_in(actor),
        "list_query": urlencode({"tab": tab, **kept}),
    }


def _filter(
    tab: str, kept: Mapping[str, str], name: str, label: str, ways: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Return one filter of the list: what may be chosen, what is, each way with the other filters in its address."""

    def to(code: str) -> str:
        return "?" + urlencode({"tab": tab, **{key: value for key, value in {**kept, name: code}.items() if value}})

    tabs = [Tab(words, to(code), active=code == kept[name]) for code, words in ways]
    now = next((one.label for one in tabs if one.active), ways[0][1])
    return {"label": label, "tabs": tabs, "now": now, "is_on": bool(kept[name])}


@dataclass(frozen=True, slots=True)
class Due:
    """How near the time to answer is: in words, in tenths of it gone, whether it is over."""

    words: str
    tenths: range
    rest: range
    is_late: bool


def due_of(talk: Talk, settings: ChatSettings, now: datetime, language: str) -> Due | None:
    """Return how near the time to answer a talk is; None where nothing is due."""
    if talk.due_at is None or talk.waits_since is None:
        return None
    left = (talk.due_at - now).total_seconds()
    whole = 60 * (settings.next_minutes if talk.answered_at else settings.first_minutes)
    gone = 10 if left <= 0 else min(9, max(0, round(10 * (1 - left / whole)))) if whole else 0
    length = wording.duration(abs(left), language)
    words = _("late by %(length)s") if left <= 0 else _("%(length)s left to answer")
    return Due(words % {"length": length}, range(gone), range(10 - gone), left <= 0)


def talk_name(actor: Actor, talk: Talk) -> str:
    """Return how a talk is called: its client, else what the visitor said of himself and the reader may see."""
    if talk.client is not None:
        return people.name_shown(actor, talk.client.name)
    said = [
        people.name_shown(actor, talk.name),
        talk.phone if actor.sees("client.phone") else "",
        talk.email if actor.sees("client.email") else "",
    ]
    return next((one for one in said if one), _("Visitor"))
