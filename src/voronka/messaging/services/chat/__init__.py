"""The verbs of the chat: of its visitors, of operators, of whoever sets it up."""

from voronka.messaging.services.chat.bot import hello, is_speaking
from voronka.messaging.services.chat.canned import PLACES, MacroDraft, drop_canned, fill_canned, save_canned
from voronka.messaging.services.chat.departments import drop_department, get_department, save_department, say_in
from voronka.messaging.services.chat.files import MOST_MIB, bring, file_answer, open_file, send
from voronka.messaging.services.chat.foreign import Looker, begun_for, opening, say_to_visitor, ticket_of, told
from voronka.messaging.services.chat.goods import goods_shown, show_goods, text_beside
from voronka.messaging.services.chat.limits import count_try
from voronka.messaging.services.chat.macros import macro_to_undo, run_macro, undo_macro
from voronka.messaging.services.chat.moving import offer_move, telegram_name
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
    tag,
    take,
)
from voronka.messaging.services.chat.setting import ChatDraft, save_chat
from voronka.messaging.services.chat.speaking import offers, would_speak
from voronka.messaging.services.chat.typing import types
from voronka.messaging.services.chat.visiting import (
    Who,
    Written,
    find_talk,
    leave_request,
    look,
    rate,
    read_who,
    talk_token,
    write,
)

__all__ = [
    "MOST_MIB",
    "PLACES",
    "ChatDraft",
    "Looker",
    "MacroDraft",
    "Reply",
    "Who",
    "Written",
    "begun_for",
    "bind",
    "block",
    "bring",
    "close",
    "count_try",
    "drop_canned",
    "drop_department",
    "file_answer",
    "fill_canned",
    "find_talk",
    "get_department",
    "goods_shown",
    "hello",
    "is_speaking",
    "leave_request",
    "likely_clients",
    "look",
    "macro_to_undo",
    "make_client",
    "note",
    "offer_move",
    "offers",
    "open_file",
    "opening",
    "pass_on",
    "rate",
    "read",
    "read_who",
    "reopen",
    "reply",
    "run_macro",
    "save_canned",
    "save_chat",
    "save_department",
    "say_in",
    "say_to_visitor",
    "send",
    "show_goods",
    "snooze",
    "tag",
    "take",
    "talk_token",
    "telegram_name",
    "text_beside",
    "ticket_of",
    "told",
    "types",
    "undo_macro",
    "would_speak",
    "write",
]
