"""Talks by other channels than the chat of the site: what comes, what goes, the accounts by which."""

from voronka.messaging.services.channels.accounts import AccountDraft, connect, get_account, save_account
from voronka.messaging.services.channels.attached import give_file
from voronka.messaging.services.channels.coming import receive, take_news
from voronka.messaging.services.channels.going import send_again, send_due
from voronka.messaging.services.channels.hooks import hook_secret, hook_token, is_ours, take_brought

__all__ = [
    "AccountDraft",
    "connect",
    "get_account",
    "give_file",
    "hook_secret",
    "hook_token",
    "is_ours",
    "receive",
    "save_account",
    "send_again",
    "send_due",
    "take_brought",
    "take_news",
]
