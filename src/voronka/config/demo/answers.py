"""The demo company's knowledge base: what its clients ask, what nobody could answer, what waits for approval."""

from datetime import datetime, timedelta

from voronka.config.benches.bot_sample import read_sample
from voronka.kit.actors import Actor
from voronka.messaging.services import answers
from voronka.messaging.services.answers import ArticleDraft

SYNONYMS = (("столешница", "рабочка"), ("вытяжка", "воздухоочиститель"), ("смеситель", "кран"))
# Whole questions, each as often as it was asked.
STRANGE = (
    ("можно ли с собакой в магазин", 7),
    ("есть ли в магазине кафе", 5),
    ("перевезёте мою мебель на дачу?", 4),
    ("какую краску выбрать для ванной", 3),
    ("скупаете ли вы бу телефоны", 2),
    ("можно снять у вас рекламный ролик", 1),
)
LEARNT = (
    ("Режете столешницу в размер?", "Да, распил по вашим размерам в день заказа, 150 рублей за рез."),
    ("Замерщик приедет вечером?", "Да, замеры делаем до 21:00, по будням и в субботу."),
)


def fill_answers(*, actor: Actor, proposer: Actor, now: datetime) -> None:
    """Write the answers and synonyms, have questions asked over the last days, propose two answers."""
    for topic in read_sample()[0]:
        title, *further = topic.questions
        answers.save_article(actor=actor, draft=ArticleDraft(title, topic.answer, further), now=now)
    for words in SYNONYMS:
        answers.save_synonyms(actor=actor, words=words)
    for number, (question, times) in enumerate(STRANGE):
        for ago in reversed(range(times)):
            answers.answer_question(question, now=now - timedelta(hours=3 + 2 * number + 9 * ago))
    for question, answer in LEARNT:
        answers.propose_answer(actor=proposer, question=question, answer=answer, now=now - timedelta(hours=2))
