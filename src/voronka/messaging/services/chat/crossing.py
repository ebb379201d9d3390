"""A line that has to leave for another channel: its parts are written down with it, and go after the commit."""

from collections.abc import Callable
from datetime import datetime

from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import OutsideLine, Talk, TalkLine
from voronka.messaging.ports import ways
from voronka.messaging.rules.channels import cut

OURS = ("operator", "bot")
Planner = Callable[[Talk, TalkLine, datetime], None]
_planners: dict[str, Planner] = {}


def register_planner(channel: str, planner: Planner) -> None:
    """Have the lines of a channel that has no accounts of talks leave by messages of another kind."""
    _planners[channel] = planner


def queue(talk: Talk, line: TalkLine, *, now: datetime) -> None:
    """Write down that a new line of a locked talk has to go by the talk's account; of the site's chat nothing does."""
    if line.by not in OURS:
        return
    if talk.channel in _planners:
        _planners[talk.channel](talk, line, now)
    if talk.account_id is None:
        return
    kind = ways().get(talk.channel)
    pieces = cut(line.text, kind.most) if kind is not None else [line.text]
    OutsideLine.objects.bulk_create(
        [
            OutsideLine(
                line=line, talk=talk, account_id=talk.account_id, part=part, state="waiting", due_at=now, text=piece
            )
            for part, piece in enumerate(pieces)
        ]
    )
    order(current_company_id())


def order(company_id: int) -> None:
    """Order the sending of what the company has due; once, however often it is wanted meanwhile."""
    defer("messaging.lines", of_company=company_id, once=f"lines {company_id}")
