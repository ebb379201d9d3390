"""What a mailbox of talks is set up by, as it is typed."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from voronka.kit import outgoing, texts
from voronka.kit.outgoing import addresses
from voronka.messaging.models import ChannelAccount
from voronka.messaging.services.channels.threads import PLACES
from voronka.people.services.cleaning import Problems, fit

if TYPE_CHECKING:
    from voronka.messaging.services.channels.accounts import AccountDraft

SECURITY = ("tls", "starttls", "none")
MODES = ("live", "sandbox")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PLAIN = {"localhost", "127.0.0.1", "::1"}


def settings_of_box(row: ChannelAccount, draft: "AccountDraft", problems: Problems) -> dict[str, str]:
    """Return the settings of a mailbox; what is wrong is noted at its place.

    A password goes to the servers that it was typed for, and to no others.
    """
    typed = draft.settings
    kept = {name: fit(name, typed.get(name, ""), most, problems) for name, most in (
        ("address", 254), ("from_name", 100), ("host", 255), ("login", 200), ("folder", 100), ("smtp_host", 255),
    )}  # fmt: skip
    kept["signature"] = fit("signature", typed.get("signature", ""), 1_000, problems, lines=True)
    kept |= {
        "plus": "1" if typed.get("plus") else "",
        "mode": typed.get("mode", ""),
        "security": typed.get("security", ""),
    }
    kept["folder"] = kept["folder"] or "INBOX"
    for name, default, least, most in (
        ("port", 993, 1, 65_535),
        ("smtp_port", 465, 1, 65_535),
        ("minutes", 2, 1, 1440),
    ):
        kept[name] = _number(name, typed, default, least, most, problems)
    if not _ADDRESS.fullmatch(kept["address"]):
        problems.add("address", _("This is no e-mail address."))
    if kept["mode"] not in MODES:
        problems.add("mode", _("Choose one of the list."))
    if not kept["folder"].isascii() or '"' in kept["folder"] or "\\" in kept["folder"]:
        problems.add("folder", _("Write the name of the folder as the server has it, in Latin letters."))
    if wrong := [texts.explain(one) for one in texts.check_template(kept["signature"], PLACES)]:
        problems.add("signature", " ".join(wrong))
    if kept["mode"] == "live":
        _servers(kept, problems)
    moved = any(row.settings.get(name) != kept[name] for name in ("host", "smtp_host", "login"))
    if row.pk is not None and moved and not draft.secret:
        row.secret = None
    return kept


def _servers(kept: Mapping[str, str], problems: Problems) -> None:
    if kept["security"] not in SECURITY:
        problems.add("security", _("Choose one of the list."))
    if kept["security"] == "none" and kept["smtp_host"] not in _PLAIN:
        problems.add("security", _("Without encryption only this machine may be spoken to."))
    for name, port in (("host", "port"), ("smtp_host", "smtp_port")):
        try:
            addresses.judge_host(
                kept[name], int(kept[port]), allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
                resolver=lambda host, port: ["1.1.1.1"],
            )  # fmt: skip
        except outgoing.OutgoingRefused as refused:
            problems.add(name, outgoing.explain(refused))


def _number(name: str, typed: Mapping[str, str], default: int, least: int, most: int, problems: Problems) -> str:
    text = typed.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and least <= int(text) <= most):
        problems.add(name, _("A number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return str(default)
    return text
