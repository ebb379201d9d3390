"""Operations on the knowledge base: answers, a question asked, synonyms, proposals, questions without an answer."""

from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import answers as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.messaging.queries import answers as queries
from voronka.messaging.services import answers as services

answers, synonyms = Router(tags=["answers"]), Router(tags=["answers"])
proposals, questions = Router(tags=["answers"]), Router(tags=["answers"])
READ, WRITE = scopes.ANSWERS_READ, scopes.ANSWERS_WRITE
SEE, EDIT = "messaging.see_answers", "messaging.edit_answers"


@operation(
    answers, "GET", "", scope=READ, answer=docs.ArticleList, right=SEE, summary=gettext_lazy("List the answers")
)
def list_answers(
    request: ApiRequest,
    q: Annotated[str, Query(max_length=200, description="Words of question or answer.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.ArticleList:
    """Return a page of answers by their questions, those that are switched off among them."""
    place = place_of(cursor, {"q": q})
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 6 else 0
    page = queries.list_articles(request.auth.actor, text=q.replace("\0", ""), after=after, size=limit)
    following = cursor_of(str(page.after) if page.after else "", {"q": q})
    return docs.ArticleList(items=[docs.article_out(row) for row in page.rows], next=following)


@operation(
    answers, "POST", "", scope=WRITE, answer=docs.Article, status=201, right=EDIT,
    summary=gettext_lazy("Write an answer"),
)  # fmt: skip
def add_answer(request: ApiRequest, sent: docs.NewArticle) -> Reply:
    """Write an answer; questions are answered by it from this moment on."""
    made = services.save_article(
        actor=request.auth.actor,
        draft=services.ArticleDraft(sent.question, sent.answer, sent.further_questions),
        now=request.auth.now,
        unanswered=sent.unanswered or "",
    )
    return Reply(docs.article_out(made), headers={"Location": f"/api/v1/answers/{made.public_id}"})


@operation(
    answers, "POST", "/ask", scope=READ, answer=docs.Answered, right=SEE,
    summary=gettext_lazy("Ask the knowledge base"),
)  # fmt: skip
def ask_answers(request: ApiRequest, sent: docs.AskGiven) -> docs.Answered:
    """Return what may be said to a question, or that nothing is sure, and the nearest."""
    actor = request.auth.actor
    if sent.is_trial:
        return docs.answered_out(services.try_question(actor=actor, question=sent.question))
    return docs.answered_out(services.answer_question(sent.question, now=request.auth.now))


@operation(
    answers, "GET", "/{answer}", scope=READ, answer=docs.Article, right=SEE, summary=gettext_lazy("Get an answer")
)
def get_answer(request: ApiRequest, answer: IdInPath) -> docs.Article:
    """Return an answer with its ways to ask."""
    return docs.article_out(queries.get_article(request.auth.actor, answer))


@operation(
    answers, "PATCH", "/{answer}", scope=WRITE, answer=docs.Article, right=EDIT,
    summary=gettext_lazy("Change an answer, switch it on or off"),
)  # fmt: skip
def change_answer(request: ApiRequest, answer: IdInPath, sent: docs.ArticleChanges) -> docs.Article:
    """Change what is sent of an answer."""
    held = queries.get_article(request.auth.actor, answer)
    draft = services.ArticleDraft(
        held.title if sent.question is None else sent.question,
        held.answer if sent.answer is None else sent.answer,
        held.questions if sent.further_questions is None else sent.further_questions,
        is_on=held.is_on if sent.is_on is None else sent.is_on,
    )
    made = services.save_article(
        actor=request.auth.actor,
        draft=draft,
        now=request.auth.now,
        public_id=answer,
        version=held.version if sent.version is None else sent.version,
    )
    return docs.article_out(made)


@operation(
    answers, "DELETE", "/{answer}", scope=WRITE, status=204, right=EDIT, summary=gettext_lazy("Delete an answer")
)
def drop_answer(request: ApiRequest, answer: IdInPath) -> Reply:
    """Delete an answer; proposals and questions that named it stay without it."""
    services.delete_article(actor=request.auth.actor, public_id=answer)
    return Reply(None)


@operation(
    synonyms, "GET", "", scope=READ, answer=docs.SynonymsList, right=SEE, summary=gettext_lazy("List the synonyms")
)
def list_synonyms(request: ApiRequest) -> docs.SynonymsList:
    """Return the company's own sets of words that mean the same."""
    return docs.SynonymsList(items=[docs.synonyms_out(row) for row in queries.list_synonyms(request.auth.actor)])


@operation(
    synonyms, "POST", "", scope=WRITE, answer=docs.Synonyms, status=201, right=EDIT,
    summary=gettext_lazy("Keep a set of synonyms"),
)  # fmt: skip
def add_synonyms(request: ApiRequest, sent: docs.SynonymsGiven) -> Reply:
    """Keep words that mean the same."""
    made = services.save_synonyms(actor=request.auth.actor, words=sent.words)
    return Reply(docs.synonyms_out(made))


@operation(
    synonyms, "PUT", "/{synonyms}", scope=WRITE, answer=docs.Synonyms, right=EDIT,
    summary=gettext_lazy("Change a set of synonyms"),
)  # fmt: skip
def change_synonyms(request: ApiRequest, synonyms: IdInPath, sent: docs.SynonymsGiven) -> docs.Synonyms:
    """Replace the words of a set."""
    return docs.synonyms_out(services.save_synonyms(actor=request.auth.actor, words=sent.words, public_id=synonyms))


@operation(
    synonyms, "DELETE", "/{synonyms}", scope=WRITE, status=204, right=EDIT,
    summary=gettext_lazy("Delete a set of synonyms"),
)  # fmt: skip
def drop_synonyms(request: ApiRequest, synonyms: IdInPath) -> Reply:
    """Delete a set."""
    services.delete_synonyms(actor=request.auth.actor, public_id=synonyms)
    return Reply(None)


@operation(
    proposals, "GET", "", scope=READ, answer=docs.ProposalList, right=SEE,
    summary=gettext_lazy("List the answers that wait for approval"),
)  # fmt: skip
def list_proposed_answers(request: ApiRequest) -> docs.ProposalList:
    """Return the fifty latest proposals that wait."""
    return docs.ProposalList(items=[docs.proposal_out(row) for row in queries.list_learnt(request.auth.actor)])


@operation(
    proposals, "POST", "", scope=READ, answer=docs.Proposal, status=201, right=SEE,
    summary=gettext_lazy("Propose an answer"),
)  # fmt: skip
def propose_answer(request: ApiRequest, sent: docs.ProposalGiven) -> Reply:
    """Propose an answer, or a further way to ask; nothing is said by it before somebody approves."""
    made = services.propose_answer(
        actor=request.auth.actor,
        question=sent.question,
        answer=sent.answer,
        now=request.auth.now,
        article=sent.article or "",
    )
    return Reply(docs.proposal_out(made))


@operation(
    proposals, "POST", "/{proposal}/judge", scope=WRITE, answer=docs.Proposal, right=EDIT,
    summary=gettext_lazy("Approve or refuse a proposed answer"),
)  # fmt: skip
def judge_answer(request: ApiRequest, proposal: IdInPath, sent: docs.JudgeGiven) -> docs.Proposal:
    """Approve a proposal, as it is or with other words, or refuse it; once."""
    row = services.judge_answer(
        actor=request.auth.actor,
        public_id=proposal,
        is_approved=sent.is_approved,
        now=request.auth.now,
        question=sent.question,
        answer=sent.answer,
    )
    return docs.proposal_out(row)


@operation(
    questions, "GET", "", scope=WRITE, answer=docs.UnansweredList, right=EDIT,
    summary=gettext_lazy("List the questions without an answer"),
)  # fmt: skip
def list_unanswered(request: ApiRequest, limit: Limit = 50) -> docs.UnansweredList:
    """Return open questions, the most asked first."""
    rows = queries.list_unanswered(request.auth.actor, size=limit)
    return docs.UnansweredList(items=[docs.unanswered_out(row) for row in rows])


@operation(
    questions, "POST", "/{question}/settle", scope=WRITE, answer=docs.Unanswered, right=EDIT,
    summary=gettext_lazy("Settle a question without an answer"),
)  # fmt: skip
def settle_unanswered(request: ApiRequest, question: IdInPath, sent: docs.SettleGiven) -> docs.Unanswered:
    """Make the question a further way to ask an article, or set it aside."""
    actor = request.auth.actor
    if sent.article is None:
        return docs.unanswered_out(services.set_aside(actor=actor, public_id=question))
    row = services.lead_to_article(actor=actor, public_id=question, article=sent.article, now=request.auth.now)
    return docs.unanswered_out(row)
