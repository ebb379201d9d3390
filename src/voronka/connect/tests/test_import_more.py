"""What follows a loading by a program: doubtful rows answered, deals opened for the clients it made."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.testing import make_shop
from voronka.people.services import imports

pytestmark = pytest.mark.django_db
HEAD = "ФИО;Телефон;Город;Сумма покупок\n"
KNOWN = f"{HEAD}Петрова Галина Дмитриевна;;Кемерово;16\nПетров Олег Иванович;;Томск;3\n"
DOUBTFUL = (
    f"{HEAD}Петрова Галина Дмитриевна;8 902 187-21-08;Кемерово;19\nПетров Олег Иванович;8 902 187-21-09;Томск;4\n"
)


def load(shop, text: str) -> str:
    """Load a file to its end, as the page and the worker do."""
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        run = imports.start_import(actor=owner, source=BytesIO(text.encode()), name="a.csv", now=now)
        who = {"actor": owner, "public_id": run.public_id}
        imports.choose_columns(**who, mapping=run.mapping, options=run.options, in_background=False)
        imports.check(run.pk)
        imports.begin_run(**who, now=now, in_background=False)
        imports.load(run.pk)
    return run.public_id


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def test_doubtful_rows_are_listed_beside_their_cards_and_answered(shop, program):
    load(shop, KNOWN)
    path = f"imports/{load(shop, DOUBTFUL)}"
    assert program.get(path).json()["asked"] == 2
    first = program.get(f"{path}/questions", limit=1).json()
    rest = program.get(f"{path}/questions", limit=1, cursor=first["next"]).json()
    assert rest["next"] is None
    (one,), (other,) = first["items"], rest["items"]
    assert (one["row"]["values"]["name"], one["client"]["name"]) == ("Петрова Галина Дмитриевна",) * 2
    assert one["row"]["contacts"][0]["value"] == "+79021872108"
    assert (one["client"]["contacts"], one["row"]["values"]["city"]) == ([], "Кемерово")
    joined = program.post(f"{path}/questions/{one['row']['number']}", {"answer": "same"}).json()
    assert (joined["asked"], joined["updated"]) == (1, 1)
    assert program.get(f"clients/{one['client']['id']}").json()["contacts"][0]["value"] == "+79021872108"
    made = program.post(f"{path}/questions/{other['row']['number']}", {"answer": "new"}).json()
    assert (made["asked"], made["made"]) == (0, 1)
    assert program.post(f"{path}/questions/{other['row']['number']}", {"answer": "leave"}).json()["made"] == 1
    assert program.get(f"{path}/questions").json()["items"] == []
    assert program.post(f"{path}/questions/999", {"answer": "new"}).status_code == 404
    assert Program.of(shop.cast.colleague).get(f"{path}/questions").status_code == 403


def test_a_page_of_questions_takes_as_many_statements_as_one_of_them(shop, program, django_assert_num_queries):
    load(shop, KNOWN)
    path = f"imports/{load(shop, DOUBTFUL)}/questions"
    with CaptureQueriesContext(connection) as one:
        program.get(path, limit=1)
    with django_assert_num_queries(len(one)):
        assert len(program.get(path, limit=2).json()["items"]) == 2


def test_clients_of_a_loading_are_put_into_a_pipeline(shop, program):
    path = f"imports/{load(shop, KNOWN)}/deals"
    assert program.get(path).json() == {"waiting": 2, "opened": 0}
    pipeline = program.get("pipelines").json()["items"][0]["id"]
    begun = program.post(path, {"pipeline": pipeline, "days": 2, "title": "Весна"})
    assert (begun.status_code, begun.json()) == (202, {"waiting": 2, "opened": 0})
    for wrong, place in (({"pipeline": "nothing"}, "pipeline"), ({"pipeline": pipeline, "days": 61}, "days"),
                         ({"pipeline": pipeline, "responsible": "nobody"}, "responsible")):  # fmt: skip
        refused = program.post(path, wrong)
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place})
    assert program.get("imports/nothing/deals").status_code == 404
    assert Program.of(add_person(shop.cast.owner, "reader")).get(path).status_code == 403


def test_a_sheet_is_looked_at_and_its_name_is_a_text(shop, program):
    run = program.upload("imports", "a.csv", KNOWN.encode()).json()["id"]
    assert program.post(f"imports/{run}/sheet", {"sheet": ""}).json()["state"] == "new"
    assert program.post(f"imports/{run}/sheet", {"sheet": 5}).status_code == 422
