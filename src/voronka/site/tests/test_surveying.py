"""Surveys shown on a site: asked no oftener than by letters, kept step by step, of an order and a client once known."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import make_company, sign_in
from voronka.care import services as care
from voronka.care.facets import match_channel, match_rating
from voronka.care.models import Invitation, Response, Survey
from voronka.care.queries import results
from voronka.care.queries.results import Ask
from voronka.care.queries.surveys import version_of
from voronka.care.rules.questions import Question
from voronka.care.services import on_site
from voronka.care.testing import QUESTIONS, make_survey
from voronka.care.triggers import Rated
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.models import EventRow
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.testing import make_order, make_shop
from voronka.people.models import Client
from voronka.people.testing import make_client
from voronka.site.models import NotShown, Visitor
from voronka.site.services import answering, bind, keeping
from voronka.site.services.surveying import guest_of
from voronka.site.services.trying import as_shown
from voronka.site.services.widgets import WidgetDraft, save_widget
from voronka.site.testing import make_site, make_widget, visit_of
from voronka.site.tests.test_stage import call
from voronka.work.models import Assignment, Task

NOW = datetime.now(UTC).replace(microsecond=0)
SOON = NOW + timedelta(minutes=1)
BOUGHT = {"number": "a-77", "sum": 1000}


@pytest.fixture
def cast(db):
    cache.clear()
    made = make_company(name="Ладная кухня", now=NOW)
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW)


@pytest.fixture
def shop(cast):
    made = make_shop(cast.owner, now=NOW - timedelta(days=3))
    type(made.client).objects.filter(pk=made.client.pk).update(responsible_id=cast.colleague.employee_id)
    return made


def site_survey(cast, **more):
    return make_survey(cast.owner, now=NOW, **{"moment": "site", "name": "На сайте", "delay_hours": 0, **more})


def after_purchase(cast, site, survey, **content):
    return make_widget(
        cast.owner, site, NOW, kind="survey", content={"title": "", "survey": survey.public_id, **content},
        rules={"when": "purchase", "number": 0},
    )  # fmt: skip


def bought(site, widget, key, now=NOW, purchase=None):
    """Open the page of thanks; return what it gets to show."""
    about = {"purchase": BOUGHT if purchase is None else purchase}
    asked = call(site, key, now, kind="purchase", page="/thanks", fired=[widget.public_id], about=about)
    show = answering.answer_next(asked)["show"]
    if show is not None:
        answering.answer_told(call(site, key, now, showing=show["id"], what="shown"))
    return show


def widget_survey(widget):
    return Survey.objects.get(public_id=widget.content["survey"])


def act(site, key, show, now=NOW, **answers):
    return answering.answer_told(call(site, key, now, showing=show["id"], what="acted", answers=answers))


def hear(cast):
    while number_events():
        pass
    for one in all_listeners():
        if one.name.startswith("care."):
            drain(one, cast.company_id)


def named(site, client, is_proven=True):
    """Be a visitor who is a client, or only says so."""
    key = uuid.uuid4()
    Visitor.objects.create(site=site, key=key, first_at=NOW, client=client, is_proven=is_proven)
    return key.hex


def test_a_known_client_rates_after_a_purchase_and_no_letter_asks_about_that_order(cast, site, shop):
    letters = make_survey(cast.owner, now=NOW)
    survey = site_survey(cast, questions=QUESTIONS)
    widget, key = after_purchase(cast, site, survey, thanks="Спасибо!"), named(site, shop.client)
    show = bought(site, widget, key)
    content = show["content"]
    assert (content["ask"], content["bad"], len(content["stars"])) == ("Как вам заказ?", 3, 5)
    assert [one["when"] for one in content["questions"]] == ["bad", "good", "always"]
    row = Invitation.objects.get()
    assert (row.channel, row.client_id, row.subject_kind, row.order_number) == (
        "site",
        shop.client.pk,
        "showing",
        "A-77",
    )

    # The rating is kept at once, and is one task at once; then the questions that fit it.
    for _press in range(2):
        assert act(site, key, show, rating=2) == {"rating": 2, "done": False}
    [task] = Task.objects.filter(kind="hand")
    assert (task.employee_id, task.subject_kind) == (cast.colleague.employee_id, "client")
    wrong, good, free = version_of(survey).questions
    said = {wrong["key"]: ["0", "77"], good["key"]: ["0"], free["key"]: ["<b>Где</b> стулья?"], "x": "y"}
    told = act(site, key, show, rating=2, answers=said)
    assert told == {"rating": 2, "done": True}
    response = Response.objects.get()
    assert response.answers == {wrong["key"]: ["Опоздали"], free["key"]: "<b>Где</b> стулья?"}
    assert "Опоздали" in Assignment.objects.get(task=task).why
    # Answered to the end, whatever is sent again changes nothing.
    assert act(site, key, show, rating=5) == told
    response.refresh_from_db()
    assert (response.rating, Task.objects.filter(kind="hand").count()) == (2, 1)

    # The order comes later: his only one of this hour. The letter about it is not sent.
    order = make_order(cast.owner, shop, (shop.table, 1), now=SOON)
    hear(cast)
    row.refresh_from_db()
    assert (row.subject_kind, row.subject_id) == ("order", order.pk)
    [shipment] = orders.start_picking(order.public_id, actor=cast.owner, now=SOON, operation=uuid.uuid4())
    orders.set_picked(shipment.public_id, actor=cast.owner, now=SOON)
    orders.ship(shipment.public_id, actor=cast.owner, now=SOON, operation=uuid.uuid4())
    orders.deliver(shipment.public_id, actor=cast.owner, now=SOON)
    hear(cast)
    care.ask_due(now=NOW + timedelta(days=3))
    letter = Invitation.objects.get(survey=letters)
    assert (letter.state, letter.code) == ("skipped", "on_site")
    # Nor is he asked on the site again before the days of rest are over, and the widget's page says why.
    assert bought(site, widget, named(site, shop.client), NOW + timedelta(days=20)) is None
    assert dict(NotShown.objects.values_list("reason", "count")) == {"asked": 1}
    assert bought(site, widget, named(site, shop.client), NOW + timedelta(days=31)) is not None

    # Results by where it was asked; file, filters of clients and automations know it too.
    assert results.figures_of(cast.owner, [survey.pk], Ask(channel="site"))[survey.pk].bad == 1
    assert results.figures_of(cast.owner, [survey.pk], Ask(channel="email"))[survey.pk].invited == 0
    browser = Browser()
    sign_in(browser, cast.owner)
    page = browser.get(reverse("care:survey", args=[survey.public_id]), {"channel": "site"}).content.decode()
    assert "на сайте" in page
    assert "&lt;b&gt;Где" in page
    file = browser.get(reverse("care:answers-file", args=[survey.public_id, "csv"])).getvalue().decode("utf-8-sig")
    assert "на сайте" in file
    assert str(order.number) in file
    assert list(Client.objects.filter(match_channel("site")).values_list("id", flat=True)) == [shop.client.pk]
    assert not Client.objects.filter(match_channel("email")).exists()
    assert Client.objects.filter(match_rating("2..2")).exists()
    event = EventRow.objects.filter(name="care.SurveyAnswered").order_by("id").first()
    assert event.payload["channel"] == "site"
    fits = {where: Rated(how="bad", where=where).fits(event) for where in ("any", "site", "message")}
    assert fits == {"any": True, "site": True, "message": False}


def test_what_a_stranger_says_is_his_until_he_is_known_and_his_bad_rating_a_task_then(cast, site, shop):
    survey = site_survey(cast)
    widget, key = after_purchase(cast, site, survey), uuid.uuid4().hex
    show = bought(site, widget, key)
    free = version_of(survey).questions[-1]["key"]
    act(site, key, show, rating=1, answers={free: ["Долго"]})
    row = Invitation.objects.get()
    assert (row.client_id, Task.objects.filter(kind="hand").exists()) == (None, False), "nobody could be called"
    assert results.figures_of(cast.owner, [survey.pk], Ask())[survey.pk].bad == 1
    assert results.figures_of(cast.colleague, [survey.pk], Ask())[survey.pk].answered == 0, "of his clients only"
    assert bought(site, widget, key, NOW + timedelta(days=8)) is None  # the days of rest are his too

    visitor = Visitor.objects.get()
    bind(visitor.pk, shop.client.pk, is_proven=False, now=SOON)
    row.refresh_from_db()
    assert (row.client_id, Task.objects.filter(kind="hand").exists()) == (None, False), "he only says who he is"
    for _turn in range(2):
        bind(visitor.pk, shop.client.pk, is_proven=True, now=SOON)
    row.refresh_from_db()
    assert (row.client_id, row.manager_id) == (shop.client.pk, cast.colleague.employee_id)
    [task] = Task.objects.filter(kind="hand")
    assert (task.employee_id, task.subject_kind) == (cast.colleague.employee_id, "client")
    told = EventRow.objects.filter(name="care.SurveyAnswered").order_by("id")
    assert list(told.values_list("client_id", flat=True)) == [None, shop.client.pk]

    # Cards that are joined take it along; erased, his words are gone, nobody can be joined to them again.
    other = make_client(cast.owner, "Другой")
    [stake] = [one for one in stakes_in("client") if one.part == "care"]
    stake.move([shop.client.pk], other.pk)
    stake.erase([other.pk])
    row.refresh_from_db()
    assert (row.client_id, row.visitor_id, Response.objects.get().answers) == (None, None, {})
    with pytest.raises(Refusal):
        care.respond(row.pk, now=SOON, rating=5)


def test_who_only_says_who_he_is_answers_for_himself_and_settles_no_order_of_the_clients(cast, site, shop):
    letters = make_survey(cast.owner, now=NOW)
    widget = after_purchase(cast, site, site_survey(cast))
    order = make_order(cast.owner, shop, (shop.table, 1), now=NOW, outer_number="A-80")
    [shipment] = orders.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    orders.set_picked(shipment.public_id, actor=cast.owner, now=NOW)
    orders.ship(shipment.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    orders.deliver(shipment.public_id, actor=cast.owner, now=NOW)
    hear(cast)
    Invitation.objects.filter(survey=letters).update(survey_id=widget_survey(widget).pk)  # as if both asked by one
    forger = named(site, shop.client, is_proven=False)
    for told in ({"number": "any", "sum": float(order.total)}, {"number": "A-80", "sum": 5}):
        show = bought(site, widget, forger, SOON, told)
        if show is not None:
            act(site, forger, show, SOON, rating=1)
    said = Invitation.objects.get(channel="site")
    assert (said.client_id, said.subject_kind, said.responses.get().rating) == (None, "showing", 1)
    assert Invitation.objects.get(subject_kind="order").state == "waiting", "the letter about it is asked yet"
    assert not Task.objects.filter(kind="hand").exists()
    hear(cast)
    assert Invitation.objects.get(channel="site").client_id is None
    # By the number and the very sum it is the order's client, whoever he calls himself; the client himself is asked
    # again on no browser that bears his name.
    other = named(site, make_client(cast.owner, "Другой"), is_proven=False)
    told = {"number": "a-80", "sum": float(order.total)}
    act(site, other, bought(site, widget, other, SOON, told), SOON, rating=2)
    row = Invitation.objects.get(subject_kind="order")
    assert (row.client_id, row.channel, row.responses.get().rating) == (shop.client.pk, "site", 2)
    assert bought(site, widget, named(site, shop.client, is_proven=False), SOON, {}) is None


def test_an_order_is_a_strangers_by_number_and_sum_only(cast, site, shop):
    survey = site_survey(cast)
    widget = after_purchase(cast, site, survey)
    wrong, right = uuid.uuid4().hex, uuid.uuid4().hex
    act(site, wrong, bought(site, widget, wrong, purchase={"number": "A-77", "sum": 5}), rating=1)
    act(site, right, bought(site, widget, right), rating=2)
    order = make_order(cast.owner, shop, (shop.table, 1), now=SOON, outer_number="A-77")
    hear(cast)
    rows = {one.rating: one.invitation for one in Response.objects.select_related("invitation")}
    assert (rows[1].client_id, rows[1].subject_kind) == (None, "showing"), "a number is anybody's to tell"
    assert (rows[2].client_id, rows[2].subject_id) == (shop.client.pk, order.pk)
    [task] = Task.objects.filter(kind="hand")
    assert (task.subject_kind, task.employee_id) == ("order", cast.colleague.employee_id)
    # An order that was there before the page of thanks is known at once, and asked about once, by whomever.
    third = uuid.uuid4().hex
    assert bought(site, widget, third, SOON) is None, "somebody was asked about it"
    early = make_order(cast.owner, shop, (shop.chair, 2), now=SOON, outer_number="A-78")
    about = {"number": "a-78", "sum": 500}
    assert bought(site, widget, third, SOON, about) is None, "its client was asked within the days of rest"
    care.save_rules(actor=cast.owner, draft=care.RulesDraft(again_days=0, link_days=30, change_days=14))
    assert bought(site, widget, third, SOON, about) is not None
    assert Invitation.objects.get(subject_kind="order", subject_id=early.pk).client_id == shop.client.pk


def test_who_left_the_checkout_is_asked_when_he_is_back_and_the_stage_is_kept_to(cast, site, shop):
    survey = site_survey(cast, questions=(Question("", "Почему?", "one", "always", ("Дорого", "Долго")),))
    widget = make_widget(
        cast.owner, site, NOW, kind="survey", content={"title": "Почему не купили?", "survey": survey.public_id},
        rules={"when": "left", "number": 5, "often": "once"},
    )  # fmt: skip
    ago = NOW - timedelta(days=1)
    left = visit_of(site, {"kind": "page", "url": "/"}, {"kind": "checkout", "url": "/pay"}, at=ago).visitor
    basket = {"kind": "basket", "sum": 900, "lines": [{"name": "Стол", "count": 1}]}
    lies = visit_of(site, basket, at=ago).visitor
    paid = visit_of(site, basket, {"kind": "checkout"}, {"kind": "purchase", "number": "1"}, at=ago).visitor
    looked = visit_of(site, {"kind": "page", "url": "/"}, at=ago).visitor
    fresh = visit_of(site, basket, at=NOW - timedelta(minutes=5)).visitor
    later = visit_of(site, basket, at=ago).visitor
    visit_of(site, {"kind": "purchase", "number": "2"}, at=NOW - timedelta(hours=5), visitor=later)

    def back(visitor, now=NOW):
        return answering.answer_next(
            call(site, visitor.key.hex, now, kind="page", page="/", fired=[widget.public_id])
        )["show"]

    assert [bool(back(one)) for one in (left, lies, paid, looked, fresh, later)] == [True, True] + [False] * 4
    show = back(left)
    answering.answer_told(call(site, left.key.hex, showing=show["id"], what="closed"))
    assert back(left, NOW + timedelta(days=60)) is None, "who has closed it does not see it again"
    order = make_order(cast.owner, shop, (shop.table, 1), now=SOON)
    hear(cast)
    assert not Invitation.objects.filter(subject_id=order.pk, subject_kind="order").exists(), "it was about no order"


def test_what_is_forged_late_or_too_much_is_refused_and_keeps_nothing(cast, site, shop, monkeypatch):
    survey = site_survey(cast)
    with pytest.raises(Invalid) as caught:
        make_widget(cast.owner, site, NOW, kind="survey", content={"survey": "222222222222"})
    assert set(caught.value.fields) == {"content.survey"}
    widget = after_purchase(cast, site, survey)
    key, other = uuid.uuid4().hex, uuid.uuid4().hex
    show = bought(site, widget, key)
    for wrong in (
        {},
        {"rating": 0},
        {"rating": 6},
        {"rating": True},
        {"rating": "5"},
        {"rating": 10**11},
        {"answers": {}},
    ):
        with pytest.raises(Invalid):
            act(site, key, show, **wrong)
    for id_, who in ((show["id"], other), ("222222222222", key)):
        with pytest.raises(NotFound):
            act(site, who, {"id": id_}, rating=5)
    odd = {"q1": {"a": 1}, "q2": [1, None, ["x"]], "q3": "я" * 1_000_000, **{f"x{nr}": "y" for nr in range(500)}}
    act(site, key, show, rating=4, answers=odd)
    assert Response.objects.get().answers == {"q3": "я" * 2_000}
    # Switched off meanwhile: nobody is asked, nobody answers, what was open says so.
    key = uuid.uuid4().hex
    show = bought(site, widget, key)
    act(site, key, show, rating=4)
    care.switch_survey(actor=cast.owner, public_id=survey.public_id, is_on=False, now=NOW)
    with pytest.raises(NotFound):
        act(site, key, show, rating=1)
    again = call(site, key, SOON, kind="page", page="/", fired=[])
    assert "ask" not in answering.answer_next(again)["show"]["content"]
    assert bought(site, widget, uuid.uuid4().hex) is None
    # On again with other questions: who was asked by the old ones answers those.
    care.switch_survey(actor=cast.owner, public_id=survey.public_id, is_on=True, now=NOW)
    row = Invitation.objects.order_by("-id")[0]
    draft = care.SurveyDraft(name="На сайте", moment="site", ask="Иначе?", bad_upto=1, delay_hours=0)
    care.save_survey(actor=cast.owner, public_id=survey.public_id, draft=draft, now=NOW)
    assert act(site, key, show, rating=2, answers={"q3": ["ой"]})["done"]
    row.refresh_from_db()
    assert (row.version.number, row.version.ask, Response.objects.get(invitation=row).is_bad) == (
        1,
        "Как вам заказ?",
        True,
    )
    # One address gives so many answers and no more; one showing is thought better of so often.
    monkeypatch.setattr("voronka.site.services.surveying.MOST_ANSWERS", ((3_600, 1),))
    key = uuid.uuid4().hex
    with pytest.raises(Refusal) as late:
        act(site, key, bought(site, widget, key), rating=5)
    assert late.value.status == 429


def test_whoever_opens_a_survey_again_and_again_gives_one_answer_and_what_he_closed_or_missed_takes_none(cast, site):
    survey = site_survey(cast)
    widget, key = after_purchase(cast, site, survey), uuid.uuid4().hex

    def opens(now=NOW):
        return answering.answer_open(call(site, key, now, widget=widget.public_id))["show"]

    shows = [opens() for _time in range(3)]
    with pytest.raises(NotFound):  # the next one took its place before it was on his screen
        act(site, key, shows[0], rating=1)
    answering.answer_told(call(site, key, showing=shows[2]["id"], what="closed"))
    with pytest.raises(NotFound):
        act(site, key, shows[2], rating=1)
    assert not Response.objects.exists()
    last = opens()
    act(site, key, last, rating=5)
    with pytest.raises(NotFound):
        opens(SOON)
    # Whatever else would ask him within the days of rest, he has one invitation.
    guest = guest_of(Visitor.objects.get(), {})
    row = on_site.ask(survey, version_of(survey), guest, 10**9, now=SOON)
    assert row == Invitation.objects.get()
    assert [one.rating for one in Response.objects.all()] == [5]
    later = NOW + timedelta(days=60)
    act(site, key, opens(later), later, rating=4)
    assert [one.rating for one in Response.objects.order_by("id")] == [5, 4]


def test_what_strangers_say_goes_with_them_with_time_and_with_whoever_is_erased(cast, site, shop):
    type(site).objects.filter(pk=site.pk).update(keep_days=30)
    care.save_rules(actor=cast.owner, draft=care.RulesDraft(again_days=0, link_days=30, change_days=14))
    survey = site_survey(cast)
    widget = after_purchase(cast, site, survey)
    free = version_of(survey).questions[-1]["key"]

    def says(text, key=None, now=NOW, **purchase):
        key = key or uuid.uuid4().hex
        act(site, key, bought(site, widget, key, now, purchase), now, rating=1, answers={free: [text]})
        return Visitor.objects.get(key=key)

    def said():
        return {one.answers[free] for one in Response.objects.all()}

    # Erased: who called himself so, who named the order, who wrote the contact; of others not a word.
    [part, own] = [next(one for one in stakes_in("client") if one.part == name) for name in ("care", "site")]
    make_order(cast.owner, shop, (shop.table, 1), now=SOON, outer_number="A-77")
    phone = shop.client.contacts.get(kind="phone").value
    written = f"8 ({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    says("о заказе", number="a-77", sum=5)
    says(f"звоните {written}", number="B-1")
    says("сам", key=named(site, shop.client, is_proven=False), number="B-2")
    says("другой", number="B-3")
    hear(cast)
    assert (len(said()), Invitation.objects.filter(client=None).count()) == (4, 4)
    part.erase([shop.client.pk])
    own.erase([shop.client.pk])
    assert said() == {"другой"}

    # With time: of whom nothing is kept any more, of who keeps coming, of whose visitor was dropped before.
    anna = make_client(cast.owner, "Анна")
    comes, lost = says("ходит", number="C-1"), says("пропал", number="C-2")
    says("клиент", key=named(site, anna), number="C-3")
    visit_of(site, {"kind": "page", "url": "/"}, at=NOW + timedelta(days=39), visitor=comes)
    Visitor.objects.filter(pk=comes.pk).update(unvisited_since=None)
    lost.delete()
    late = NOW + timedelta(days=40)
    keeping.drop_unvisited(now=late)
    assert said() == {"ходит", "пропал", "клиент"}
    keeping.drop_shown(now=late)
    assert (said(), Visitor.objects.filter(pk=comes.pk).exists()) == ({"пропал", "клиент"}, True)
    assert [keeping.drop_said(now=late) for _round in range(2)] == [1, 0]
    assert said() == {"клиент"}


def test_the_editor_shows_the_survey_that_was_chosen_or_an_example(cast, site):
    survey = site_survey(cast, is_on=False)
    shown = as_shown("survey", {"survey": survey.public_id}, site.pk, now=NOW)["content"]
    assert (shown["ask"], "survey" in shown) == ("Как вам заказ?", False)
    assert as_shown("survey", {}, site.pk, now=NOW)["content"]["questions"]
    draft = WidgetDraft(kind="survey", name="Опрос", content={})
    assert save_widget(actor=cast.owner, site=site.public_id, draft=draft, now=NOW).content["survey"] == ""
    browser = Browser()
    sign_in(browser, cast.owner)
    row = make_widget(cast.owner, site, NOW, kind="survey", content={"title": "", "survey": survey.public_id})
    page = browser.get(reverse("site:widget", args=[row.public_id])).content.decode()
    assert f'<option value="{survey.public_id}" selected' in " ".join(page.split())
    assert f"{reverse('care:survey', args=[survey.public_id])}?channel=site" in page
    assert "когда страница говорит, что он купил" in page
