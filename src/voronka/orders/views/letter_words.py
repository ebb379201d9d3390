"""What pages of letters say."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.orders.models import MailboxState, OrderLetter


def reason_words(code: str) -> str:
    """Say why a letter waits for a person."""
    return {
        "stranger": _("the sender is no client of ours"),
        "several": _("several clients have this address"),
        "lines": _("not every line is surely understood"),
        "unclear": _("there are lines with figures that are no goods"),
        "otherwise": _("it asks, changes or takes back rather than orders"),
        "reply": _("it answers another letter"),
        "doubtful": _("the mail server doubts who sent it"),
        "twice": _("the same may be said twice: in a table and beside it"),
        "files": _("there are files that cannot be read as a table"),
        "file_unread": _("a file has no columns of goods and quantities, or cannot be read"),
        "empty": _("no goods are named in it"),
        "long": _("it is too long to be read whole"),
        "short": _("not everything is in stock"),
        "refused": _("the order could not be placed by itself"),
        "taken_up": _("it was taken up again by hand"),
        "blocked": _("the sender is blocked"),
        "large": _("it is larger than 15 MB: open it in the mailbox"),
        "nested": _("it is made in too many layers: open it in the mailbox"),
    }.get(code, _("it cannot be read: open it in the mailbox"))


def line_words(code: str) -> str:
    """Say why a line of a letter is not sure; nothing for one that is."""
    return {
        "unknown": _("the letter names no goods of ours: choose them"),
        "off": _("these goods are sold no more"),
        "quantity": _("the letter does not say how many"),
        "unit": _("the letter counts in another unit"),
        "part": _("these goods are only sold whole"),
        "weak": _("perhaps no line of the order: look"),
    }.get(code, "")


def state_words(row: OrderLetter) -> tuple[str, str]:
    """Return the state of a letter and the kind of its chip."""
    return {
        "waiting": (pgettext("letter", "waits"), "heed"),
        "placed": (pgettext("letter", "placed"), "gain"),
        "dropped": (pgettext("letter", "put aside"), ""),
    }[row.state]


def look_words(state: MailboxState) -> tuple[str, str]:
    """Return what came of the last look into a mailbox, and its tone."""
    words = {
        "new": _("not looked into yet"),
        "running": _("being looked into"),
        "taken": _("letters were taken"),
        "nothing": _("nothing new"),
    }
    if state.state == "failed":
        return state.error or _("It stopped by an error of the program."), "late"
    return words[state.state], ""
