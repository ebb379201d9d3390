"""The demo company's talks by other channels: a bot of Telegram that sends nothing, with what people wrote to it."""

from datetime import datetime, timedelta

from voronka.kit.actors import Actor
from voronka.messaging.ports import Came, CameFile
from voronka.messaging.services import channels

# Who writes what, so many hours ago.
BOT_TALKS = (
    ("5001", "Ирина Соколова", "@irina_s", 5, ("Добрый день! Столешница из дуба 2 метра есть?", "И сколько ждать?")),
    ("5002", "Павел", "@pavel_remont", 2, ("Здравствуйте, нужен счёт на организацию",)),
)


def fill_channels(*, actor: Actor, now: datetime) -> None:
    """Set up a bot that sends nothing, and have people write to it."""
    draft = channels.AccountDraft("telegram", "Магазин", {"mode": "sandbox"})
    bot = channels.save_account(actor=actor, draft=draft, now=now)
    for outside, name, nick, ago, said in BOT_TALKS:
        for number, text in enumerate(said):
            at = now - timedelta(hours=ago) + timedelta(minutes=number)
            files = (CameFile("эскиз.jpg", 184_320, "image/jpeg"),) if number else ()
            came = Came(outside, f"m{outside}{number}", text, name, nick, files=files)
            channels.receive(bot, "telegram", came, now=at)
