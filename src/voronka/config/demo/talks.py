"""The demo company's chat: departments, macros, talks of the last days, some closed and rated, some that wait."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.messaging.models import Talk
from voronka.messaging.services import chat
from voronka.messaging.services.chat import tending

# Who, how many hours ago, in which department, what was said in turns (the visitor begins), the mark.
TALKS: tuple[tuple[str, float, int, tuple[str, ...], int], ...] = (
    ("Марина", 74, 0, ("Кухня «Лофт» есть в сером?", "Да, есть в графите и в светло-сером.", "Спасибо!"), 5),
    ("Пётр", 51, 1, ("Привезли стол с царапиной", "Пришлите фото, заменим за неделю.", "Хорошо, жду"), 4),
    ("Алла", 49, 0, ("Сколько стоит замер?", "Замер бесплатный, если закажете у нас."), 5),
    ("Игорь", 27, 1, ("Не могу дозвониться до доставки", "Машина будет к 18:00, водитель позвонит за час."), 3),
    ("Светлана", 25, 0, ("Можно в рассрочку?", "Да, до шести месяцев без переплаты."), 0),
    ("Дарья", 3, 0, ("Стол из дуба есть?", "Есть, два метра.", "А в тёмном масле сделаете?"), 0),
    ("Евгений", 0.4, 1, ("Где мой заказ? Обещали сегодня",), 0),
    ("Ольга", 0.05, 0, ("Здравствуйте! Вытяжка к кухне в наличии?",), 0),
)


def fill_talks(*, actor: Actor, operators: Sequence[Actor], now: datetime) -> None:
    """Set the chat up and let it live for three days; what waits now has its time to be answered."""
    draft = chat.ChatDraft(is_on=True, greeting="Здравствуйте! Чем помочь?", first_minutes=5, next_minutes=15)
    chat.save_chat(actor=actor, draft=draft)
    codes = accounts.public_ids_of_employees([one.person_id for one in operators])
    departments = [
        chat.save_department(actor=actor, name=name, is_offered=True, members=list(codes.values()))
        for name in ("Продажи", "Забота о клиентах")
    ]
    chat.save_canned(actor=actor, code="доставка", text="Доставим завтра с 10 до 18, водитель позвонит за час.")
    does = chat.MacroDraft(tag="решено", closes=True)
    chat.save_canned(actor=actor, code="Спасибо и закрыть", text="Спасибо, что написали!", does=does)
    for number, (name, hours, department, said, mark) in enumerate(TALKS):
        at, talk = now - timedelta(hours=hours), None
        for turn, text in enumerate(said):
            key, moment = uuid.uuid4(), at + timedelta(minutes=2 * turn)
            if turn % 2 and talk is not None:
                reply = chat.Reply(key, text, anyway=True)
                chat.reply(
                    actor=operators[number % len(operators)], public_id=talk.public_id, draft=reply, now=moment
                )
                tending.count_first(talk.pk)
                continue
            written = chat.Written(key, text, name=name, department=departments[department].public_id)
            talk = chat.write(talk=talk, written=written, now=moment)
            tending.tend(talk.pk, number=talk.last_number, now=moment)
        if talk is not None and mark:
            _end(talk, operators[number % len(operators)], mark, at + timedelta(minutes=20))


def _end(talk: Talk, operator: Actor, mark: int, now: datetime) -> None:
    chat.close(actor=operator, public_id=talk.public_id, now=now)
    chat.rate(talk=talk, rating=mark, text="", now=now)
