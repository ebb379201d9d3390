"""The language of filters: any of, not, ranges, empty; conditions whose field is gone; segments for other parts."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts import services as accounts
from voronka.accounts.testing import NOW, Cast, sign_in
from voronka.kit.errors import Invalid
from voronka.people import queries, services
from voronka.people.models import Client, CustomField, Touch
from voronka.people.queries.asked import ask_of, segment_page, segments
from voronka.people.queries.lists import count_clients, read_page
from voronka.people.testing import NOON, make_client


@pytest.fixture
def people(inside: Cast) -> Cast:
    """Four clients who differ in everything that is asked for."""
    for name, kind, options in (("Интерес", "choices", ["кухня", "шкаф | купе"]), ("Метры", "number", [])):
        services.add_field(
            actor=inside.owner, name=name, kind=kind, options=options, code="want" if options else "metres"
        )
    owner = inside.owner.employee_id
    make_client(inside.owner, "Аня", city="Омск", phone="+7 913 111-22-33", fields={"want": ["кухня"]}, is_vip=True)
    make_client(inside.owner, "Боря", city="Томск", fields={"want": ["шкаф | купе"], "metres": "7"}, source="Сайт")
    make_client(inside.owner, "Витя", city="", responsible_id=owner, fields={"metres": "12.5"})
    make_client(
        inside.owner, "Галя", city="Омск", responsible_id=owner, email="g@mail.ru", now=NOON + timedelta(days=40)
    )
    Client.objects.filter(name="Галя").update(purchases_sum=900)
    for name, day in (("Аня", 0), ("Аня", 5), ("Боря", 5)):
        at = NOON + timedelta(days=day)
        Touch.objects.create(client=Client.objects.get(name=name), at=at, channel="hand", source=f"ярмарка {day}")
    services.add_note(actor=inside.owner, client_id=Client.objects.get(name="Витя").pk, text="звонил", now=NOON)
    return inside


def found(cast: Cast, query: str) -> str:
    page = read_page(cast.owner, ask_of(QueryDict(query + "&sort=name")))
    assert not page.problems, page.problems
    return "".join(row.client.name[0] for row in page.rows)


CASES = {
    "f.city=Омск": "АГ",
    "f.city=Омск|Томск": "АБГ",
    "f.city=Омск&f.city=Томск": "АБГ",
    "f.city:not=Омск": "БВ",
    "f.city:not=Омск|Томск": "В",
    "f.city:empty=yes": "В",
    "f.city:empty=no": "АБГ",
    "f.city=Омск&f.vip:not=yes": "Г",
    "f.sum=1..1000": "Г",
    "f.sum:not=1..1000": "АБВ",
    "f.sum:empty=yes": "АБВ",
    "f.responsible:empty=yes": "АБ",
    "f.responsible:not=none": "ВГ",
    "f.phone:empty=no": "А",
    "f.phone=2233|0000": "А",
    "f.email:empty=yes": "АБВ",
    "f.source:empty=no": "Б",
    "f.made_at=02.11.2026": "АБВ",
    "f.made_at:not=02.11.2026": "Г",
    "f.custom.want=кухня": "А",
    "f.custom.want=шкаф | купе": "Б",
    "f.custom.want:not=кухня": "БВГ",
    "f.custom.want:empty=yes": "ВГ",
    "f.custom.metres=..10": "Б",
    "f.custom.metres:not=..10": "АВГ",
    "f.touch_source=ярмарка 5": "АБ",
    "f.touch_source:not=ярмарка 0": "БВГ",
    "f.touched_at=02.11.2026": "А",
    "f.touched_at=..30.11.2026": "АБ",
    "f.touched_at:empty=yes": "ВГ",
    "f.touched_at:not=05.11.2026..": "ВГ",
    "f.noted_at=02.11.2026": "В",
    "f.noted_at:empty=yes": "АБГ",
}


def test_every_condition_finds_its_own(people: Cast) -> None:
    assert {query: found(people, query) for query in CASES} == CASES


@pytest.mark.parametrize(
    "query", ["f.city:maybe=Омск", "f.city:empty=perhaps", "f.vip:empty=yes", "f.sum=1|x", "f.nothing:not=1", "f.:=1"]
)
def test_a_condition_without_sense_finds_nobody_and_says_so(people: Cast, query: str) -> None:
    page = read_page(people.owner, ask_of(QueryDict(query)))
    assert page.problems
    assert not page.rows


@given(
    code=st.sampled_from(
        ["name", "phone", "city", "sum", "made_at", "custom.want", "custom.metres", "responsible", "vip"]
    ),
    how=st.sampled_from(["", ":not", ":empty"]),
    text=st.text(max_size=40),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_a_list_and_not_is_the_rest(people: Cast, code: str, how: str, text: str) -> None:
    ask = ask_of(QueryDict(mutable=True))
    own = type(ask)(filters={code + how: text})
    page = read_page(people.owner, own)
    if how == ":not" and not page.problems:
        others = type(ask)(filters={code: text})
        assert count_clients(people.owner, own) + count_clients(people.owner, others) == 4


MADE = (("", "5", "", "f.sum=5.."), ("not", "5", "5", "f.sum%3Anot=5"), ("yes", "", "", "f.sum%3Aempty=yes"))


def test_the_form_makes_the_address(people: Cast) -> None:
    browser = sign_in(Browser(), people.owner)
    asked = {"add": "city", "how": "not", "v": ["Омск", "Томск"], "sort": "name"}
    answer = browser.get("/clients/", asked)
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"])
    assert "не Омск или Томск" in page.content.decode()
    assert "Витя" in page.content.decode()
    changed = browser.get(answer.headers["Location"] + "&add=city%3Anot&how=&v=Омск")
    assert "not" not in changed.headers["Location"]
    for how, least, most, wanted in MADE:
        made = browser.get("/clients/", {"add": "sum", "how": how, "least": least, "most": most})
        assert wanted in made.headers["Location"]


def test_a_condition_over_a_field_put_away_says_how_to_mend_it_and_loses_nothing(people: Cast) -> None:
    browser = sign_in(Browser(), people.owner)
    view = accounts.save_view(
        actor=people.owner, subject="client", name="Кухни", query="f.custom.want=кухня&f.city=Омск", now=NOW
    )
    field = CustomField.objects.get(code="want")
    as_it_was = {
        "actor": people.owner,
        "public_id": field.public_id,
        "name": field.name,
        "options": field.options,
    }
    services.change_field(**as_it_was, is_active=False)
    page = browser.get(f"/view/{view.public_id}/", follow=True)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Интерес" in text
    assert "/settings/fields/" in text
    assert "Аня" not in text
    with pytest.raises(Invalid):
        segment_page(people.owner, view.public_id)
    services.change_field(**as_it_was, is_active=True)
    assert "Аня" in browser.get(f"/view/{view.public_id}/", follow=True).content.decode()


def test_a_segment_gives_its_clients_page_by_page_within_the_rights(people: Cast) -> None:
    view = accounts.save_view(
        actor=people.owner, subject="client", name="Все омичи", query="f.city=Омск", is_shared=True, now=NOW
    )
    assert segments(people.colleague) == [(view.public_id, "Все омичи")]
    first = segment_page(people.owner, view.public_id, limit=1)
    rest = segment_page(people.owner, view.public_id, after=first[-1])
    names = [queries.get_client_row(one).name for one in (*first, *rest)]
    assert names == ["Аня", "Галя"]
    # Galya is another manager's: a shared list shows each what he may see.
    assert [queries.get_client_row(one).name for one in segment_page(people.colleague, view.public_id)] == ["Аня"]


def test_the_list_asks_a_steady_number_of_questions(people: Cast, django_assert_max_num_queries) -> None:
    browser = sign_in(Browser(), people.owner)
    browser.get("/clients/")
    for _number in range(3):
        accounts.save_view(actor=people.owner, subject="client", name=f"П{_number}", query="f.city=Омск", now=NOW)
    with django_assert_max_num_queries(20):
        assert browser.get("/clients/?f.city=Омск|Томск&f.custom.want:empty=yes&size=500").status_code == 200
