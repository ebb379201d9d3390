"""The wizard of imports as a person goes through it, and what those without the right see of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts.testing import Cast, make_company, sign_in, user_of
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, ImportRow, ImportRun
from voronka.people.services import imports

HEAD = "ФИО;Телефон;Город;Сумма покупок\n"
CSV = HEAD + "Анна Смирнова;8 913 123-45-67;Томск;12,5\nИван Петров;12;Омск;1\n;;;\nОлег;;;abc\n"
COLUMNS = {"column_0": "name", "column_1": "phone", "column_2": "city", "column_3": "purchases_sum"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def storage(tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def browser(cast) -> Browser:
    owner = user_of(cast.owner)
    owner.language = "en"
    owner.save(update_fields=["language"])
    return sign_in(Browser(), cast.owner)


def upload(browser, content=CSV, name="база.csv"):
    body = content.encode("cp1251") if isinstance(content, str) else content
    return browser.post("/clients/import/upload", {"file": SimpleUploadedFile(name, body)})


def last(cast) -> ImportRun:
    with company_context(cast.company_id), transaction.atomic():
        return ImportRun.objects.order_by("-id")[0]


def work(cast, job) -> None:
    """Do what the background job does."""
    with company_context(cast.company_id):
        job(last(cast).pk)


def loaded(browser, cast, content=CSV) -> str:
    """Load a file by the pages; return the address of the import."""
    page = upload(browser, content)["Location"]
    if last(cast).state == "new":
        browser.post(f"{page}columns", COLUMNS)
    work(cast, imports.check)
    browser.post(f"{page}start", {})
    work(cast, imports.load)
    return page


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_rows_with_line_ends_inside_are_counted_as_rows_and_told_as_about(browser):
    rows = [f'Анна {n};+7913000{n:04};"строка\nв две строки"' for n in range(200)]
    page = upload(browser, "\n".join(["Имя;Телефон;Комментарий", *rows]) + "\n")["Location"]
    shown = text(browser.get(page)).replace("\u00a0", " ")
    assert "about 200 rows" in shown, "they were told to be 400, and half of them seemed lost after the check"


def test_a_file_goes_through_all_steps(browser, cast):
    assert 'type="file"' in text(browser.get("/clients/import/"))
    page = upload(browser)["Location"]
    assert "Анна Смирнова" in text(browser.get(page))
    assert browser.post(f"{page}columns", COLUMNS)["Location"] == page
    assert "v-progress" in text(browser.get(page))
    assert 'data-state="ended"' not in text(browser.get(f"{page}progress"))
    work(cast, imports.check)
    assert 'data-state="ended"' in text(browser.get(f"{page}progress"))
    shown = text(browser.get(page))
    assert "Phone with an error" in shown
    assert "Sum that cannot be read" in shown
    assert "Иван Петров" in text(browser.get(f"{page}remarks"))
    assert browser.post(f"{page}start", {"duplicates": "fill"})["Location"] == page
    assert "Pause" in text(browser.get(page))
    browser.post(f"{page}pause")
    assert "Go on" in text(browser.get(f"{page}progress"))
    browser.post(f"{page}resume")
    work(cast, imports.load)
    shown = text(browser.get(page))
    assert "File of the rows that did not pass" in shown
    file = browser.get(f"{page}rejected")
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[1].startswith("Олег;;;abc;Sum")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(browser.get(f"{page}file").streaming_content) == CSV.encode("cp1251")
    browser.post(f"{page}undo")
    assert "Taking back" in text(browser.get(page))
    work(cast, imports.undo)
    assert "Cards removed: 2" in text(browser.get(page))


def test_the_same_header_is_known_the_next_time(browser, cast):
    loaded(browser, cast)
    page = upload(browser)["Location"]
    assert last(cast).state == "checking"
    work(cast, imports.check)
    assert "columns as the last time" in text(browser.get(page))


def test_wrong_columns_are_told_at_their_place_and_kept(browser, cast):
    page = upload(browser)["Location"]
    answer = browser.post(f"{page}columns", COLUMNS | {"column_1": "name"})
    assert answer.status_code == 422
    assert "Another column means this already." in answer.content.decode()
    assert last(cast).state == "new"


def test_consents_without_a_source_are_refused_at_their_place(browser, cast):
    page = upload(browser)["Location"]
    browser.post(f"{page}columns", COLUMNS)
    work(cast, imports.check)
    answer = browser.post(f"{page}start", {"consents_asked": "1", "consents": ["advertising"]})
    assert answer.status_code == 422
    assert "Say where the consents come from" in answer.content.decode()
    assert last(cast).state == "ready"


BROKEN = [
    ({}, "Choose a file."),
    ({"file": b""}, "empty"),
    ({"file": b"\x89PNG\r\n\x1a\n" + bytes(200)}, "not a table"),
    ({"file": b"PK\x03\x04" + bytes(300)}, ""),
]


@pytest.mark.parametrize(("files", "said"), BROKEN)
def test_a_file_that_cannot_be_read_is_told_at_its_place(browser, cast, files, said):
    given = {name: SimpleUploadedFile("база.xlsx", body) for name, body in files.items()}
    answer = browser.post("/clients/import/upload", given)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert "aria-invalid" in shown


def test_doubtful_rows_are_asked_about_one_by_one(browser, cast):
    loaded(browser, cast, HEAD + "Седелкина Галина Дмитриевна;;Кемерово;16\n")
    rows = "Седелкина Галина Дмитриевна;8 902 187-21-08;Кемерово;19\n"
    page = loaded(browser, cast, HEAD + rows)
    assert "Decide on 1 row" in text(browser.get(page))
    asked = browser.get(f"{page}questions")
    assert "Седелкина Галина Дмитриевна" in text(asked)
    assert browser.post(f"{page}questions/2", {"answer": "same"})["Location"] == f"{page}questions"
    assert browser.get(f"{page}questions")["Location"] == page
    with company_context(cast.company_id), transaction.atomic():
        assert Client.objects.count() == 1
        assert ImportRow.objects.filter(outcome="asked").count() == 0


def test_names_in_files_stay_text_on_every_page(browser, cast):
    page = loaded(browser, cast, HEAD + "=1+1;;;abc\n<script>alert(1)</script>;8 913 123-45-99;;1\n")
    shown = text(browser.get(f"{page}remarks"))
    assert "<script>alert" not in shown
    file = b"".join(browser.get(f"{page}rejected").streaming_content).decode("utf-8-sig")
    assert "\n'=1+1;" in file.replace("\r", "")


def test_strangers_and_those_without_the_right_get_nothing(browser, cast):
    page = loaded(browser, cast)
    addresses = ["", "columns", "remarks", "progress", "rejected", "file", "questions"]
    stranger = sign_in(Browser(), cast.stranger)
    manager = sign_in(Browser(), cast.colleague)
    for one in addresses:
        assert stranger.get(page + one).status_code == 404, one
        assert manager.get(page + one).status_code == 403, one
        assert Browser().get(page + one).status_code == 302, one
    for verb in ("undo", "pause", "resume", "start", "drop", "columns", "sheet", "questions/2"):
        assert stranger.post(page + verb).status_code == 404, verb
        assert manager.post(page + verb).status_code == 403, verb
    assert manager.get("/clients/import/").status_code == 403
    assert upload(manager).status_code == 403
    assert last(cast).state == "done"
