"""The knowledge base: written, asked, learnt from, behind its rights."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import Cast, add_person, make_company
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Article, Learnt, Unanswered
from voronka.messaging.queries import answers as queries
from voronka.messaging.services import answers as services
from voronka.messaging.services.answers import ArticleDraft, articles, asking

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DELIVERY = ArticleDraft("Сколько стоит доставка?", "Доставка 350 рублей.", ["Почём привезёте?"])
RETURNS = ArticleDraft("Как вернуть товар?", "В течение 14 дней.", ["Хочу сдать назад"])


@pytest.fixture
def cast() -> Iterator[Cast]:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        for draft in (DELIVERY, RETURNS):
            services.save_article(actor=made.owner, draft=draft, now=NOW)
        yield made


def ask(question: str, now: datetime = NOW) -> str:
    article = services.answer_question(question, now=now).article
    return article.answer if article else ""


def test_a_question_gets_its_answer_and_a_strange_one_is_noted(cast: Cast) -> None:
    assert ask("скока стоит доставка") == DELIVERY.answer
    assert not Unanswered.objects.exists()
    assert ask("какая завтра погода в москве") == ""
    assert ask("Погода в Москве завтра какая?", NOW + timedelta(hours=1)) == ""
    row = Unanswered.objects.get()
    assert (row.question, row.times, row.state) == ("какая завтра погода в москве", 2, "open")
    assert (row.first_at, row.last_at) == (NOW, NOW + timedelta(hours=1))


def test_a_change_is_heard_at_once_and_one_rolled_back_never_was(cast: Cast) -> None:
    asked = "есть ли у вас парковка"
    assert ask(asked) == ""
    draft = ArticleDraft("Есть ли парковка?", "Да, бесплатная.")
    with pytest.raises(RuntimeError), transaction.atomic():
        services.save_article(actor=cast.owner, draft=draft, now=NOW)
        assert ask(asked) == draft.answer
        raise RuntimeError
    assert ask(asked) == ""
    made = services.save_article(actor=cast.owner, draft=draft, now=NOW)
    assert ask(asked) == draft.answer
    services.switch_article(actor=cast.owner, public_id=made.public_id, is_on=False, now=NOW)
    assert ask(asked) == ""
    services.switch_article(actor=cast.owner, public_id=made.public_id, is_on=True, now=NOW)
    assert ask(asked) == draft.answer
    services.delete_article(actor=cast.owner, public_id=made.public_id)
    assert ask(asked) == ""


def test_another_company_knows_nothing_of_it(cast: Cast) -> None:
    with company_context(cast.other_company_id, employee_id=cast.stranger.employee_id):
        assert ask("сколько стоит доставка") == ""
        row = Unanswered.objects.get()
        assert row.nearest is None
        services.save_article(actor=cast.stranger, draft=ArticleDraft(DELIVERY.title, "Даром."), now=NOW)
        assert ask("сколько стоит доставка") == "Даром."
    assert ask("сколько стоит доставка") == DELIVERY.answer
    assert not Unanswered.objects.exists()


def test_an_answer_takes_two_statements_when_nothing_has_changed(cast: Cast) -> None:
    ask("сколько стоит доставка")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        ask("почём доставка")
    assert len(seen) == 2, [one["sql"] for one in seen]


def test_what_may_tell_who_asks_is_not_kept(cast: Cast) -> None:
    ask("перешлите гороскоп на anna@example.com или +7 (912) 345-67-89, я @anna_s")
    kept = Unanswered.objects.get()
    for secret in ("anna", "912", "345", "example"):
        assert secret not in kept.question
        assert secret not in kept.key


def test_bad_drafts_are_refused_at_their_places_and_change_nothing(cast: Cast) -> None:
    bad = [
        (ArticleDraft("", "а"), "title"),
        (ArticleDraft("?!", "а"), "title"),
        (ArticleDraft("а" * 201, "а"), "title"),
        (ArticleDraft("Вопрос", "  "), "answer"),
        (ArticleDraft("Вопрос", "а" * 4_001), "answer"),
        (ArticleDraft("Вопрос", "а", [f"вопрос {one}" for one in range(31)]), "questions"),
        (ArticleDraft(DELIVERY.title, "а"), "title"),
    ]
    for draft, place in bad:
        with pytest.raises(Invalid) as refusal:
            services.save_article(actor=cast.owner, draft=draft, now=NOW)
        assert place in refusal.value.fields
    assert Article.objects.count() == 2


def test_two_who_change_one_answer_do_not_overwrite_each_other(cast: Cast) -> None:
    row = Article.objects.get(title=DELIVERY.title)
    draft = ArticleDraft(DELIVERY.title, "Доставка 400 рублей.")
    services.save_article(actor=cast.owner, draft=draft, now=NOW, public_id=row.public_id, version=row.version)
    with pytest.raises(Conflict):
        services.save_article(actor=cast.owner, draft=DELIVERY, now=NOW, public_id=row.public_id, version=row.version)
    assert Article.objects.get(pk=row.pk).answer == draft.answer


def test_a_base_has_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "MOST_ARTICLES", 2)
    with pytest.raises(Invalid):
        services.save_article(actor=cast.owner, draft=ArticleDraft("Третий вопрос", "Ответ"), now=NOW)
    assert Article.objects.count() == 2


def test_questions_asked_once_are_forgotten_beyond_what_anybody_reads(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_UNANSWERED", 3)
    monkeypatch.setattr(asking, "_SWEEP", 1)
    for number in range(3):
        ask("гороскоп для льва")
        ask(f"гороскоп номер {number}", NOW + timedelta(hours=number + 1))
    assert Unanswered.objects.count() == 4
    ask("гороскоп номер 9", NOW + timedelta(hours=9))
    kept = set(Unanswered.objects.values_list("question", flat=True))
    assert kept == {"гороскоп для льва", "гороскоп номер 1", "гороскоп номер 2", "гороскоп номер 9"}


def test_own_synonyms_are_heard(cast: Cast) -> None:
    assert ask("сколько стоит хохлома") == ""
    made = services.save_synonyms(actor=cast.owner, words=["хохлома", "Доставка"])
    assert ask("сколько стоит хохлома") == DELIVERY.answer
    services.delete_synonyms(actor=cast.owner, public_id=made.public_id)
    assert ask("сколько стоит хохлома") == ""
    for words in (["одно"], ["два слова", "три"], ["а", "б" * 41], [str(one) for one in range(21)]):
        with pytest.raises(Invalid) as refusal:
            services.save_synonyms(actor=cast.owner, words=words)
        assert "words" in refusal.value.fields


def test_what_was_learnt_is_said_only_when_approved(cast: Cast) -> None:
    row = services.propose_answer(
        actor=cast.colleague, question="Можно ли с собакой?", answer="Да, на поводке.", now=NOW
    )
    assert ask("можно ли с собакой") == ""
    with pytest.raises(Denied):
        services.judge_answer(actor=cast.colleague, public_id=row.public_id, is_approved=True, now=NOW)
    services.judge_answer(
        actor=cast.owner, public_id=row.public_id, is_approved=True, now=NOW, answer="Да, на поводке и в наморднике."
    )
    assert ask("можно ли с собакой") == "Да, на поводке и в наморднике."
    made = Article.objects.get(source="learnt")
    kept = Learnt.objects.get()
    assert (kept.state, kept.article_id, kept.judged_by_id) == ("approved", made.pk, cast.owner.employee_id)
    with pytest.raises(Conflict):
        services.judge_answer(actor=cast.owner, public_id=row.public_id, is_approved=False, now=NOW)


def test_a_refused_proposal_changes_nothing(cast: Cast) -> None:
    row = services.propose_answer(actor=cast.colleague, question="Ерунда полная?", answer="Да", now=NOW)
    services.judge_answer(actor=cast.owner, public_id=row.public_id, is_approved=False, now=NOW)
    assert Article.objects.count() == 2
    assert Learnt.objects.get().state == "refused"


def test_a_proposed_way_to_ask_joins_its_article_and_outlives_it(cast: Cast) -> None:
    target = Article.objects.get(title=RETURNS.title)
    row = services.propose_answer(
        actor=cast.colleague, question="Рефанд сделаете?", answer="", now=NOW, article=target.public_id
    )
    other = services.propose_answer(
        actor=cast.colleague, question="Манибэк есть?", answer="", now=NOW, article=target.public_id
    )
    services.judge_answer(actor=cast.owner, public_id=row.public_id, is_approved=True, now=NOW)
    assert "Рефанд сделаете?" in Article.objects.get(pk=target.pk).questions
    assert ask("рефанд сделаете") == RETURNS.answer
    services.delete_article(actor=cast.owner, public_id=target.public_id)
    with pytest.raises(Invalid) as refusal:
        services.judge_answer(actor=cast.owner, public_id=other.public_id, is_approved=True, now=NOW)
    assert "answer" in refusal.value.fields


def test_a_question_without_an_answer_gets_one_or_is_set_aside(cast: Cast) -> None:
    ask("сколько ехать до сочи на машине")
    ask("рефанд оформите мне товара")
    first, second = Unanswered.objects.order_by("id")
    services.set_aside(actor=cast.owner, public_id=first.public_id)
    target = Article.objects.get(title=RETURNS.title)
    services.lead_to_article(actor=cast.owner, public_id=second.public_id, article=target.public_id, now=NOW)
    assert queries.list_unanswered(cast.owner) == []
    assert ask("рефанд оформите мне товара") == RETURNS.answer
    ask("сколько ехать до сочи на машине")
    first.refresh_from_db()
    assert (first.state, first.times) == ("aside", 2)


def test_an_answer_written_for_a_question_closes_it(cast: Cast) -> None:
    ask("где постирать кота")
    row = Unanswered.objects.get()
    services.save_article(
        actor=cast.owner, draft=ArticleDraft(row.question, "Нигде."), now=NOW, unanswered=row.public_id
    )
    row.refresh_from_db()
    assert row.state == "answered"
    assert ask("где постирать кота") == "Нигде."


def test_rights_hold_and_a_denied_write_changes_nothing(cast: Cast) -> None:
    article = Article.objects.get(title=DELIVERY.title)
    manager, keeper = cast.colleague, add_person(cast.owner, "accountant")
    assert queries.list_articles(manager).rows
    assert services.try_question(actor=manager, question="почём доставка").is_sure
    for act in (
        lambda who: services.save_article(actor=who, draft=ArticleDraft("Новый", "Ответ"), now=NOW),
        lambda who: services.switch_article(actor=who, public_id=article.public_id, is_on=False, now=NOW),
        lambda who: services.delete_article(actor=who, public_id=article.public_id),
        lambda who: services.save_synonyms(actor=who, words=["а", "б"]),
        queries.list_unanswered,
    ):
        for who in (manager, keeper):
            with pytest.raises(Denied):
                act(who)
    for act in (
        queries.list_articles,
        queries.list_synonyms,
        queries.list_learnt,
        lambda who: services.try_question(actor=who, question="доставка"),
        lambda who: services.propose_answer(actor=who, question="Вопрос", answer="Ответ", now=NOW),
    ):
        with pytest.raises(Denied):
            act(keeper)
    assert list(Article.objects.values_list("is_on", flat=True)) == [True, True]
    assert not Learnt.objects.exists()
    with pytest.raises(NotFound):
        services.delete_article(actor=cast.owner, public_id="nothinghere2")


def test_an_employee_sees_his_own_proposals_only(cast: Cast) -> None:
    other = add_person(cast.owner, "manager")
    services.propose_answer(actor=cast.colleague, question="Вопрос мой", answer="Ответ", now=NOW)
    assert len(queries.list_learnt(cast.colleague)) == len(queries.list_learnt(cast.owner)) == 1
    assert queries.list_learnt(other) == []
    assert queries.waiting_counts(cast.owner) == (1, 0)
    assert queries.waiting_counts(other) == (0, 0)
