"""Surveys for tests, made by the verbs of the product."""

from datetime import datetime

from voronka.care import services
from voronka.care.models import Survey
from voronka.care.rules.questions import Question
from voronka.kit.actors import Actor

QUESTIONS = (
    Question("", "Что пошло не так?", "many", "bad", ("Опоздали", "Повреждено", "Другое")),
    Question("", "Что понравилось?", "one", "good", ("Товар", "Цена")),
    Question("", "Что добавить?", "text"),
)


def make_survey(actor: Actor, *, now: datetime, is_on: bool = True, **more: object) -> Survey:
    """Make a survey and switch it on; `more` are further fields of SurveyDraft."""
    known: dict[str, object] = {
        "name": "После заказа", "moment": "delivered", "delay_hours": 48, "by_sms": True,
        "subject": "Заказ № {{ order.number }}: как он вам?", "body": "Здравствуйте, {{ client.first_name }}!",
        "sms": "Как вам заказ? {{ survey.url }}", "ask": "Как вам заказ?", "questions": QUESTIONS,
    }  # fmt: skip
    row = services.save_survey(actor=actor, draft=services.SurveyDraft(**(known | more)), now=now)  # type: ignore[arg-type]  # a test's own fields
    return services.switch_survey(actor=actor, public_id=row.public_id, is_on=is_on, now=now)


def make_left_survey(actor: Actor, *, now: datetime) -> Survey:
    """Make the survey of those who leave."""
    asked = (Question("", "Почему?", "one", "always", ("Много писем", "Неинтересно")), Question("", "Ещё?", "text"))
    return make_survey(
        actor, now=now, name="После отписки", moment="left", delay_hours=0, ask="Почему?", questions=asked
    )
