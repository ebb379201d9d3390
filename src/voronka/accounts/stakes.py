"""What notices do when the client they are about is joined to another card."""

from collections.abc import Sequence

from voronka.accounts.models import Notice
from voronka.kit.stakes import Moved, Stake, move_rows, register_stake


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let the notices about joined cards speak of the one that stays; nobody is told the same thing twice."""
    once = ("employee_id", "code", "detail_id")
    return move_rows(Notice, "subject_id", ids, to, once=once, where={"subject_kind": "client"})


def withdraw(ids: Sequence[int]) -> None:
    """Delete the notices about cards that are taken away."""
    Notice.objects.filter(subject_kind="client", subject_id__in=ids).delete()


register_stake(Stake("client", "accounts", frozenset({"accounts.Notice"}), withdraw=withdraw, move=move))
