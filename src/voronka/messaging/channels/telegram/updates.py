"""What an update of the Bot API says to us. Everything in it was written by strangers: each piece is looked at."""

import json
import re
from typing import Any

from voronka.messaging.ports import Came, CameFile, Crowd, Forged, News, Turned
from voronka.messaging.rules.channels import MOST_IN

# What is asked for: all else is not sent to us.
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
_FILES = ("document", "video", "audio", "voice", "video_note", "animation", "sticker")
_ENDINGS = {"voice": "voice.ogg", "video_note": "video.mp4", "animation": "animation.mp4", "sticker": "sticker.webp"}
_CROWDS = ("group", "supergroup", "channel")
_MOST_ID = 2**63 - 1
_MOVES = re.compile(r"/start ([A-Za-z0-9_-]{32})")  # services.chat.moving


def read_update(body: bytes) -> News:
    """Read an update as it was brought. Raises Forged for what is none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise Forged from None
    found = news_of(update)
    if found is None:
        raise Forged
    return found


def news_of(update: Any) -> News | None:  # Any: what a stranger wrote, looked into piece by piece
    """Return what an update says; None for what is no update."""
    number = _number(_map(update).get("update_id"))
    if number is None:
        return None
    sign, body = f"u{number}", _map(update)
    if "message" in body:
        return News(sign, _said(_map(body["message"])) or _crowd(_map(body["message"])))
    if "edited_message" in body:
        return News(sign, _said(_map(body["edited_message"]), is_edit=True))
    if "callback_query" in body:
        query = _map(body["callback_query"])
        return News(sign, _pressed(query), _text(query.get("id"), 100))
    if "my_chat_member" in body:
        return News(sign, _turned(_map(body["my_chat_member"])) or _crowd(_map(body["my_chat_member"])))
    return News(sign, None)


def _said(message: dict[str, Any], *, is_edit: bool = False) -> Came | None:
    outside, number = _private(message), _number(message.get("message_id"))
    if outside is None or number is None:
        return None
    sender, contact = _map(message.get("from")), _map(message.get("contact"))
    text = _text(message.get("text"), MOST_IN) or _text(message.get("caption"), MOST_IN)
    # The number is his own where the contact is his own account: anybody's card may be sent on.
    own = bool(contact) and _number(contact.get("user_id")) == _number(sender.get("id"))
    shared = "".join(one for one in _text(contact.get("phone_number"), 40) if one.isascii() and one.isdecimal())
    phone = f"+{shared}" if 5 <= len(shared) <= 15 else ""
    said = " ".join(one for one in (_text(contact.get("first_name"), 100), phone) if one)
    # The key of a talk that goes on here is used once, and stands in no line.
    moves = _MOVES.fullmatch(text)
    text = "/start" if moves else text
    return Came(
        outside, f"m{number}", text or said, _name(sender), _nick(sender), phone=phone if own else "",
        language=_language(sender), starts=text == "/start" or text.startswith("/start "), is_sure=own,
        stamp=f"e{_number(message.get('edit_date')) or 0}" if is_edit else "", files=_files(message),
        move=moves[1] if moves else "",
    )  # fmt: skip


def _pressed(query: dict[str, Any]) -> Came | None:
    outside, sender = _private(_map(query.get("message"))), _map(query.get("from"))
    press, choice = _text(query.get("id"), 100), _text(query.get("data"), 64)
    if outside is None or not press or not choice:
        return None
    return Came(outside, f"q{press}", "", _name(sender), _nick(sender), language=_language(sender), choice=choice)


def _turned(change: dict[str, Any]) -> Turned | None:
    outside, status = _private(change), _text(_map(change.get("new_chat_member")).get("status"), 20)
    if outside is None or status not in ("kicked", "member"):
        return None
    return Turned(outside, status == "kicked")


def _crowd(told: dict[str, Any]) -> Crowd | None:
    """Return the group in which something was said, or which the bot came to, was taken out of, or moved from."""
    chat, change = _map(told.get("chat")), _map(told.get("new_chat_member"))
    number = _number(chat.get("id"))
    if number is None or chat.get("type") not in _CROWDS:
        return None
    is_left = _text(change.get("status"), 20) in ("left", "kicked") or "migrate_to_chat_id" in told
    return Crowd(str(number), _text(chat.get("title"), 100), is_left)


def _private(message: dict[str, Any]) -> str | None:
    """Return the id of the chat with one person: what is said in groups is none of ours."""
    chat = _map(message.get("chat"))
    number = _number(chat.get("id"))
    return str(number) if number is not None and chat.get("type") == "private" else None


def _files(message: dict[str, Any]) -> tuple[CameFile, ...]:
    found = []
    photos = message.get("photo")
    if isinstance(photos, list) and photos:
        best = _map(photos[-1])
        size, ref = _number(best.get("file_size")) or 0, _text(best.get("file_id"), 200)
        found.append(CameFile("photo.jpg", size, "image/jpeg", ref=ref))
    for kind in _FILES:
        # An animation comes as a document as well, for programs that know none.
        if kind in message and not (kind == "document" and "animation" in message):
            file = _map(message[kind])
            name = _text(file.get("file_name"), 200) or _ENDINGS.get(kind, kind)
            size, ref = _number(file.get("file_size")) or 0, _text(file.get("file_id"), 200)
            found.append(CameFile(name, size, _text(file.get("mime_type"), 100), ref=ref))
    return tuple(found)


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and -_MOST_ID <= value <= _MOST_ID
    return value if is_number else None


def _text(value: Any, most: int) -> str:
    """Return a text without signs that neither a database nor a page can hold."""
    if not isinstance(value, str):
        return ""
    kept = value[: most + 1].encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return kept[:most].strip()


def _name(sender: dict[str, Any]) -> str:
    return f"{_text(sender.get('first_name'), 100)} {_text(sender.get('last_name'), 99)}".strip()


def _nick(sender: dict[str, Any]) -> str:
    nick = _text(sender.get("username"), 60)
    return f"@{nick}" if nick else ""


def _language(sender: dict[str, Any]) -> str:
    told = _text(sender.get("language_code"), 10).lower()
    return "ru" if not told or told[:2] in ("ru", "uk", "be", "kk") else "en"
