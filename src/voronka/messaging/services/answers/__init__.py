"""The verbs of the knowledge base."""

from voronka.messaging.services.answers.articles import ArticleDraft, delete_article, save_article, switch_article
from voronka.messaging.services.answers.asking import Answer, answer_question, try_question
from voronka.messaging.services.answers.learning import judge_answer, propose_answer
from voronka.messaging.services.answers.synonyms import delete_synonyms, save_synonyms
from voronka.messaging.services.answers.unanswered import lead_to_article, set_aside

__all__ = [
    "Answer",
    "ArticleDraft",
    "answer_question",
    "delete_article",
    "delete_synonyms",
    "judge_answer",
    "lead_to_article",
    "propose_answer",
    "save_article",
    "save_synonyms",
    "set_aside",
    "switch_article",
    "try_question",
]
