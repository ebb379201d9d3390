"""Who opened a letter, a person or a machine: told from what is known of a request and of those beside it.

A machine is whoever fetches for somebody who has not asked: scanners that try every link before a letter is shown,
proxies of mail programs that load pictures whether it is read or not. When in doubt it is a machine: a person who is
not counted costs a figure, a scanner that counts moves automations and lies to the one who reads the numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

KINDS = ("open", "click", "trap")
# Why it is a machine, the surest sign first.
REASONS = (
    "trap", "ahead", "scanner", "apple", "google", "yandex", "mailru", "proxy", "program", "at_once", "soon",
)  # fmt: skip

SOON = timedelta(seconds=10)
# Two links in two seconds, or three in ten: nobody reads a page and comes back that quickly.
PAIR, MANY = timedelta(seconds=2), timedelta(seconds=10)
BESIDE = timedelta(seconds=60)
SETTLES = timedelta(seconds=30)

# What mail programs and gates call themselves, in small letters; the first that is found tells.
_NAMED: Sequence[tuple[str, str]] = (
    (
        "scanner",
        "safelinks|microsoft office existence discovery|office protocol discovery|ms-office-atp|bingpreview|"
        "skypeuripreview|barracuda|proofpoint|mimecast|messagelabs|symantec|ironport|fireeye|trendmicro|trend micro|"
        "forcepoint|sophos|fortiguard|fortimail|zscaler|cloudmark|kaspersky|kl-urlscan|drweb|virustotal|urlscan",
    ),
    ("google", "googleimageproxy|ggpht.com|google-read-aloud|apis-google|feedfetcher"),
    ("yandex", "yandeximageresizer|yandeximages|yandexmail|ymailproxy|yandexbot|yandexdirect"),
    ("mailru", "mail.ru_bot|mail.ru_img|mailruimageproxy|mailru image proxy|imgsmail|mail.ru proxy"),
    ("proxy", "yahoomailproxy|yahoocachesystem|image proxy|imageproxy|duckduckgo-email"),
    (
        "program",
        "bot/|bot;|bot)|robot|crawler|spider|curl/|wget/|python-|aiohttp|httpx|go-http-client|java/|okhttp|libwww|"
        "headlesschrome|phantomjs|node-fetch|axios|ruby/|perl/|preview|facebookexternalhit|whatsapp/|slackbot|monitor|"
        "scanner",
    ),
)
# Privacy protection of Apple's mail loads every picture through its own servers, which give this and no more.
_APPLE = "mozilla/5.0"


@dataclass(frozen=True, slots=True)
class Seen:
    """One touch: which link (0 for the picture), how the program called itself, when."""

    id: int
    kind: str
    at: datetime
    link: int = 0
    agent: str = ""
    is_ahead: bool = False


def named(agent: str) -> str:
    """Return what a program's own name tells of it: a reason, or nothing for a browser or a mail program of people."""
    said = " ".join(agent.lower().split())
    if said == _APPLE:
        return "apple"
    for reason, signs in _NAMED:
        if any(one in said for one in signs.split("|")):
            return reason
    return "" if said else "program"


def judge(touches: Iterable[Seen], *, handed_at: datetime | None) -> dict[int, str]:
    """Return why each touch of one letter is a machine's, by id; an empty reason for a person's.

    All touches of the letter are needed: what came beside one tells of it.
    """
    rows = sorted(touches, key=lambda one: (one.at, one.id))
    found = {one.id: _alone(one, handed_at) for one in rows}
    for one in _at_once(rows):
        found[one.id] = found[one.id] or "at_once"
    # A program that has shown itself was it a minute before and after, too.
    for shown in [one for one in rows if found[one.id] in {"trap", "at_once"}]:
        for one in rows:
            if not found[one.id] and one.agent == shown.agent and abs(one.at - shown.at) <= BESIDE:
                found[one.id] = found[shown.id]
    return found


def _alone(one: Seen, handed_at: datetime | None) -> str:
    if one.kind == "trap":
        return "trap"
    if one.is_ahead:
        return "ahead"
    if reason := named(one.agent):
        return reason
    return "soon" if handed_at is not None and one.at - handed_at < SOON else ""


def _at_once(rows: Sequence[Seen]) -> list[Seen]:
    clicks = [one for one in rows if one.kind == "click"]
    found: dict[int, Seen] = {}
    for first in range(len(clicks)):
        for window, least in ((PAIR, 2), (MANY, 3)):
            near = [one for one in clicks[first:] if one.at - clicks[first].at <= window]
            if len({one.link for one in near}) >= least:
                found |= {one.id: one for one in near}
    return list(found.values())


def counts(reasons: Mapping[str, int]) -> tuple[int, int, int]:
    """Return how many touches there are in all, of machines and of people, from their number by reason."""
    human = reasons.get("", 0)
    total = sum(reasons.values())
    return total, total - human, human
