"""The demo company's talks by other channels: a bot and a mailbox that send nothing, with what people wrote to them."""

from datetime import datetime, timedelta

from voronka.kit.actors import Actor
from voronka.messaging.ports import Came, CameFile
from voronka.messaging.services import channels

# Who writes what, so many hours ago.
BOT_TALKS = (
    ("5001", "Ирина Соколова", "@irina_s", 5, ("Добрый день! Столешница из дуба 2 метра есть?", "И сколько ждать?")),
    ("5002", "Павел", "@pavel_remont", 2, ("Здравствуйте, нужен счёт на организацию",)),
)

LETTER = (
    "Добрый день!\nПришлите, пожалуйста, счёт на 4 смесителя и счёт-фактуру за прошлый заказ.\n\n"
    "С уважением,\nТатьяна, снабжение"
)
BOX = {"mode": "sandbox", "address": "zakaz@magazin.example", "security": "tls",
       "signature": "{{ manager.name }}\n{{ company.name }}"}  # fmt: skip


def fill_channels(*, actor: Actor, now: datetime) -> None:
    """Set up a bot and a mailbox that send nothing, and have people write to them."""
    draft = channels.AccountDraft("telegram", "Магазин", {"mode": "sandbox"})
    bot = channels.save_account(actor=actor, draft=draft, now=now)
    for outside, name, nick, ago, said in BOT_TALKS:
        for number, text in enumerate(said):
            at = now - timedelta(hours=ago) + timedelta(minutes=number)
            files = (CameFile("эскиз.jpg", 184_320, "image/jpeg"),) if number else ()
            came = Came(outside, f"m{outside}{number}", text, name, nick, files=files)
            channels.receive(bot, "telegram", came, now=at)
    box = channels.save_account(actor=actor, draft=channels.AccountDraft("email", "Заказы", BOX), now=now)
    letter = Came(
        "first", "<first@snab.example>", LETTER, "Татьяна Белова", email="snab@stroy-mir.example",
        sender="snab@stroy-mir.example", subject="Счёт на смесители", is_sure=True,
        files=(CameFile("Реквизиты.pdf", 92_160, "application/pdf"),),
    )  # fmt: skip
    channels.receive(box, "email", letter, now=now - timedelta(hours=3))
