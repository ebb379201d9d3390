"""What the Bot API refuses, as codes of ours (https://core.telegram.org/bots/api#making-requests).

It tells an HTTP-like `error_code` and a `description`; numbers alone do not tell a person who stopped the bot from a
chat that is no more, so the words are looked at where the documents leave nothing else.
"""

from voronka.messaging.ports import Refused


class TelegramRefused(Refused):
    """The Bot API said no; `pause` are the seconds that it asks to wait."""

    def __init__(self, code: str, words: str, pause: float = 0.0) -> None:
        """Keep code, words and the pause."""
        super().__init__(code, words)
        self.pause = pause


def code_of(status: int, words: str) -> str:
    """Return our code of a refusal."""
    said = words.lower()
    match status:
        case 401 | 404:
            return "bad_token"  # a token that never was is an address that is not there
        case 403:
            return "gone"
        case 409:
            return "rival"
        case 413:
            return "too_long"
        case 429:
            return "slow"
        case 400 if "too long" in said:
            return "too_long"
        case 400 if "chat not found" in said or "user not found" in said or "deactivated" in said:
            return "no_chat"
    return "server" if status >= 500 else "refused"
