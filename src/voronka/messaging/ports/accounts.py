"""Accounts with providers and messengers: what opens one, and how the other side fails to answer."""

from collections.abc import Mapping
from dataclasses import dataclass


class Silent(Exception):
    """No answer came. `is_sent` is False where surely nothing has left."""

    def __init__(self, words: str, *, is_sent: bool) -> None:
        super().__init__(words)
        self.words, self.is_sent = words, is_sent

    @property
    def code(self) -> str:
        """The code of the catalogue."""
        return "no_answer" if self.is_sent else "provider_down"


class Refused(Exception):
    """The provider said no. `code` is of the catalogue, `words` his own."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words[:200]


class Forged(Exception):
    """What came to our address was not written by the provider."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What an account is opened by: the settings of its kind, and the secret."""

    settings: Mapping[str, str]
    secret: str
    allow_private: tuple[str, ...] = ()
