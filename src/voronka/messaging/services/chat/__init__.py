"""The verbs of the chat: of its visitors, of operators, of whoever sets it up."""

from voronka.messaging.services.chat.bot import hello, is_speaking
from voronka.messaging.services.chat.canned import PLACES, drop_canned, fill_canned, save_canned
from voronka.messaging.services.chat.operating import (
    Reply,
    bind,
    block,
    close,
    likely_clients,
    make_client,
    note,
    pass_on,
    read,
    reopen,
    reply,
    snooze,
    take,
)
from voronka.messaging.services.chat.setting import ChatDraft, save_chat
from voronka.messaging.services.chat.visiting import (
    Who,
    Written,
    find_talk,
    leave_request,
    look,
    read_who,
    talk_token,
    write,
)

__all__ = [
    "PLACES",
    "ChatDraft",
    "Reply",
    "Who",
    "Written",
    "bind",
    "block",
    "close",
    "drop_canned",
    "fill_canned",
    "find_talk",
    "hello",
    "is_speaking",
    "leave_request",
    "likely_clients",
    "look",
    "make_client",
    "note",
    "pass_on",
    "read",
    "read_who",
    "reopen",
    "reply",
    "save_canned",
    "save_chat",
    "snooze",
    "take",
    "talk_token",
    "write",
]
