"""The knowledge base: answers, synonyms, proposals, questions without an answer."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told, named

if TYPE_CHECKING:
    from voronka.messaging.models import Article as ArticleRow
    from voronka.messaging.models import Learnt as LearntRow
    from voronka.messaging.models import Synonyms as SynonymsRow
    from voronka.messaging.models import Unanswered as UnansweredRow
    from voronka.messaging.services.answers import Answer as AnswerFound

Question = Annotated[str, Field(min_length=1, max_length=200, examples=["Сколько стоит доставка?"])]
Questions = Annotated[list[Question], Field(max_length=30, examples=[["Почём привезёте?"]])]
Said = Annotated[str, Field(min_length=1, max_length=4_000, examples=["Доставка по городу стоит 350 рублей."])]
Words = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40)]],
    Field(min_length=2, max_length=20, examples=[["шуруповёрт", "винтовёрт"]]),
]
Sureness = Annotated[float, Field(ge=0, le=1, examples=[0.91])]


class Article(Told):
    """An answer with its ways to ask; `question` is the main one. `version` guards changes against each other."""

    id: PublicId
    question: Question
    further_questions: Questions
    answer: Said
    is_on: bool
    source: Literal["hand", "learnt"]
    version: Annotated[int, Field(examples=[1])]
    changed_at: Moment


class ArticleList(Told):
    """A page of answers by their questions; `next` is the cursor of the next page, null at the end."""

    items: list[Article]
    next: str | None


class NewArticle(Given):
    """An answer to be written. `unanswered`: the question without an answer that it settles."""

    question: Question
    further_questions: Questions = []
    answer: Said
    unanswered: PublicId | None = None


class ArticleChanges(Given):
    """Only what is sent is changed; with `version` nothing is, when somebody has saved since."""

    question: Question | None = None
    further_questions: Questions | None = None
    answer: Said | None = None
    is_on: bool | None = None
    version: Annotated[int | None, Field(ge=1, le=2**31 - 1, examples=[1])] = None


class AskGiven(Given):
    """A question as somebody typed it. A trial notes nothing; else a question without an answer is kept."""

    question: Annotated[str, Field(min_length=1, max_length=500, examples=["скока стоит доставка"])]
    is_trial: bool = False


class NearArticle(Told):
    """An answer near the question, and how sure it is."""

    id: PublicId
    question: Question
    sureness: Sureness


class Answered(Told):
    """What may be said: `answer` is null when nothing is sure; `nearest` are up to three to choose from."""

    is_sure: bool
    answer: Article | None
    nearest: list[NearArticle]


class Synonyms(Told):
    """Words that mean the same in this company."""

    id: PublicId
    words: Words


class SynonymsList(Told):
    """All sets, in the order they were made."""

    items: list[Synonyms]


class SynonymsGiven(Given):
    """A set: single words, at least two."""

    words: Words


class Proposal(Told):
    """An answer that waits for approval; with `article` the question is a further way to ask that one."""

    id: PublicId
    question: Annotated[str, Field(examples=["Можно ли с собакой?"])]
    answer: Annotated[str, Field(examples=["Да, на поводке."])]
    article: Named | None
    state: Literal["waiting", "approved", "refused"]
    at: Moment


class ProposalList(Told):
    """Proposals that wait, the latest first: all of them to whoever may judge, else his own."""

    items: list[Proposal]


class ProposalGiven(Given):
    """An answer to be proposed; `article` in place of `answer` proposes a further way to ask it."""

    question: Question
    answer: Annotated[str, Field(max_length=4_000, examples=["Да, на поводке."])] = ""
    article: PublicId | None = None


class JudgeGiven(Given):
    """The verdict; `question` and `answer` change the words before they are approved."""

    is_approved: bool
    question: Annotated[str, Field(max_length=200)] = ""
    answer: Annotated[str, Field(max_length=4_000)] = ""


class Unanswered(Told):
    """A question that nothing surely answers, without numbers and addresses; how often and when it was asked."""

    id: PublicId
    question: Annotated[str, Field(examples=["можно с собакой"])]
    times: Annotated[int, Field(examples=[7])]
    first_at: Moment
    last_at: Moment
    state: Literal["open", "answered", "aside"]
    nearest: NearArticle | None


class UnansweredList(Told):
    """Open questions, the most asked first."""

    items: list[Unanswered]


class SettleGiven(Given):
    """The article the question shall be a way to ask; null sets the question aside."""

    article: PublicId | None = None


def article_out(row: "ArticleRow") -> Article:
    """Return an answer as it goes out."""
    return Article(
        id=row.public_id, question=row.title, further_questions=row.questions, answer=row.answer, is_on=row.is_on,
        source=row.source, version=row.version, changed_at=row.changed_at,
    )  # fmt: skip


def answered_out(found: "AnswerFound") -> Answered:
    """Return what may be said as it goes out."""
    return Answered(
        is_sure=found.is_sure,
        answer=article_out(found.article) if found.article else None,
        nearest=[
            NearArticle(id=one.article.public_id, question=one.article.title, sureness=one.score)
            for one in found.nearest
        ],
    )


def synonyms_out(row: "SynonymsRow") -> Synonyms:
    """Return a set as it goes out."""
    return Synonyms(id=row.public_id, words=row.words)


def proposal_out(row: "LearntRow") -> Proposal:
    """Return a proposal as it goes out."""
    article = named(row.article.public_id, row.article.title) if row.article else None
    return Proposal(
        id=row.public_id, question=row.question, answer=row.answer, article=article, state=row.state, at=row.made_at
    )


def unanswered_out(row: "UnansweredRow") -> Unanswered:
    """Return a question without an answer as it goes out."""
    nearest = row.nearest and NearArticle(
        id=row.nearest.public_id, question=row.nearest.title, sureness=round(row.score, 3)
    )
    return Unanswered(
        id=row.public_id, question=row.question, times=row.times, first_at=row.first_at, last_at=row.last_at,
        state=row.state, nearest=nearest,
    )  # fmt: skip
