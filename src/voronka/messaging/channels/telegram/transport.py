"""A bot spoken to by the Bot API over HTTP: plain texts only, honest about what left and what did not."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from voronka.kit import outgoing
from voronka.messaging.channels.telegram.errors import TelegramRefused, code_of
from voronka.messaging.channels.telegram.updates import KINDS, news_of
from voronka.messaging.ports import FileOut, LineOut, LineSent, News, Silent

MOST, MOST_CAPTION = 4096, 1024  # UTF-16 units of a text, and of one that goes with a file
TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")
SECONDS, SPARE, MOST_ANSWER = 15.0, 10.0, 8 * 2**20
AT_ONCE = 100
FILE_SECONDS, MOST_FILE = 60.0, 20 * 2**20
_PATH = re.compile(r"[A-Za-z0-9_./-]{1,300}")
MOST_PAUSE = 3600.0
_MOST_BUTTON = 60


class Telegram:
    """A bot. `base` is the server of the Bot API: there are own ones beside Telegram's."""

    def __init__(self, token: str, base: str, allow_private: Sequence[str] = ()) -> None:
        """Keep what it is spoken to by."""
        self._token, self._base, self._allow = token, base, tuple(allow_private)

    def hello(self) -> str:
        """Return the bot's name there."""
        told = self._ask("getMe", {})
        nick = told.get("username") if isinstance(told, dict) else None
        return f"@{nick[:60]}" if isinstance(nick, str) else ""

    def bring(self, url: str, secret: str) -> None:
        """Have updates brought to an address, with our secret in a heading of each."""
        self._ask("setWebhook", {"url": url, "secret_token": secret, "allowed_updates": KINDS, "max_connections": 4})

    def fetch(self) -> None:
        """Have updates wait to be fetched."""
        self._ask("deleteWebhook", {"drop_pending_updates": False})

    def news(self, after: int, seconds: int) -> list[News]:
        """Return updates, waiting for the first of them."""
        asked: dict[str, object] = {"timeout": seconds, "limit": AT_ONCE, "allowed_updates": KINDS}
        if after:
            asked["offset"] = after + 1
        told = self._ask("getUpdates", asked, seconds + SPARE)
        return [one for one in map(news_of, told if isinstance(told, list) else []) if one is not None]

    def heard(self, press: str) -> None:
        """Stop the clock on the button that was pressed."""
        self._ask("answerCallbackQuery", {"callback_query_id": press})

    def take_file(self, ref: str) -> bytes:
        """Return the bytes of a file; the server gives out 20 MB at most."""
        told = self._ask("getFile", {"file_id": ref})
        path = told.get("file_path") if isinstance(told, dict) else None
        if not isinstance(path, str) or not _PATH.fullmatch(path) or ".." in path:
            raise TelegramRefused("refused", "")
        url = f"{self._base.rstrip('/')}/file/bot{self._token}/{path}"
        try:
            answer = outgoing.send(
                "GET", url, timeout=FILE_SECONDS, allow_private=self._allow, body_limit=MOST_FILE
            )  # fmt: skip
        except (outgoing.OutgoingRefused, outgoing.OutgoingFailed) as error:
            raise Silent(error.reason.value, is_sent=True) from error
        if answer.status != 200:
            raise TelegramRefused(code_of(answer.status, ""), f"HTTP {answer.status}")
        if not answer.is_whole:
            raise TelegramRefused("too_large", "")
        return answer.body_start

    def send(self, line: LineOut) -> LineSent:
        """Hand a text over, as it is: without `parse_mode` nothing in it is markup, so nothing has to be escaped."""
        body: dict[str, object] = {
            "chat_id": line.outside, "text": line.text, "link_preview_options": {"is_disabled": True},
        }  # fmt: skip
        if line.buttons:
            rows = [[{"text": title[:_MOST_BUTTON], "callback_data": code}] for code, title in line.buttons]
            body["reply_markup"] = {"inline_keyboard": rows}
        elif line.asks_phone:
            button = {"text": _("Share my phone number"), "request_contact": True}
            body["reply_markup"] = {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
        try:
            told = self._ask("sendMessage", body) if not line.files else self._put(line)
        except TelegramRefused as refused:
            if refused.code == "slow":
                return LineSent("waiting", "slow", refused.words, pause=refused.pause, is_all=True)
            # What broke at their side may have been sent before it broke.
            state = "unknown" if refused.code == "server" else "failed"
            return LineSent(state, refused.code, refused.words)  # type: ignore[arg-type]  # one of the two
        except Silent as silent:
            return LineSent("unknown" if silent.is_sent else "waiting", "no_answer", silent.words)
        number = told.get("message_id") if isinstance(told, dict) else None
        return LineSent("sent", outside_id=str(number)[:40] if isinstance(number, int) else "")

    def _put(self, line: LineOut) -> Any:  # what it answers
        """Hand a file over, with its text: as a document, so that a picture arrives as it was sent."""
        (file,) = line.files
        fields = {"chat_id": line.outside} | ({"caption": line.text} if line.text else {})
        kind, body = form_of(fields, "document", file)
        return self._call("sendDocument", body, kind, FILE_SECONDS)

    def _ask(self, method: str, body: Mapping[str, object], seconds: float = SECONDS) -> Any:  # what it answers
        """Call a method and return its result. Raises TelegramRefused, Silent; neither tells the token."""
        sent = json.dumps(body, ensure_ascii=False).encode("utf-8", "ignore")
        return self._call(method, sent, "application/json", seconds)

    def _call(self, method: str, body: bytes, kind: str, seconds: float) -> Any:  # what it answers
        if not TOKEN.fullmatch(self._token):
            raise TelegramRefused("bad_token", "")
        try:
            answer = outgoing.send(
                "POST", f"{self._base.rstrip('/')}/bot{self._token}/{method}",
                body=body, headers={"content-type": kind}, timeout=seconds, allow_private=self._allow,
                body_limit=MOST_ANSWER,
            )  # fmt: skip
        except outgoing.OutgoingRefused as refused:
            raise Silent(refused.reason.value, is_sent=False) from refused
        except outgoing.OutgoingFailed as failed:
            raise Silent(failed.reason.value, is_sent=failed.is_sent) from failed
        try:
            told = json.loads(answer.body_start) if answer.is_whole else None
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict) and told.get("ok") is True and answer.status == 200:
            return told.get("result")
        if not isinstance(told, dict) or told.get("ok") is not False:
            if answer.status >= 500 or answer.status == 200:
                raise Silent(f"HTTP {answer.status}", is_sent=True)
            told = {}
        raise _refusal(told, answer.status)


def form_of(fields: Mapping[str, str], place: str, file: FileOut) -> tuple[str, bytes]:
    """Return the type and the bytes of a form with a file (RFC 7578); a name cannot break out of its quotes."""
    border = secrets.token_hex(16)
    name = file.name.replace("\r", " ").replace("\n", " ").replace('"', "%22")
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{one}"\r\n\r\n{text}\r\n'
        for one, text in fields.items()
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="{place}"; filename="{name}"\r\n'
    before = "".join(parts) + head + f"Content-Type: {file.kind}\r\n\r\n"
    body = before.encode("utf-8", "ignore") + file.body + f"\r\n--{border}--\r\n".encode()
    return f"multipart/form-data; boundary={border}", body


def _refusal(told: Mapping[str, Any], status: int) -> TelegramRefused:
    number = told.get("error_code")
    status = number if isinstance(number, int) and not isinstance(number, bool) else status
    said = told.get("description")
    words = said[:200].replace("\0", "") if isinstance(said, str) else f"HTTP {status}"
    more = told.get("parameters")
    pause = more.get("retry_after") if isinstance(more, dict) else None
    if not isinstance(pause, int | float) or isinstance(pause, bool):
        pause = 1.0
    return TelegramRefused(code_of(status, words), words, min(max(float(pause), 1.0), MOST_PAUSE))
