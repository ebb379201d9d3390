"""Files from people: kept under random names, given back to those who may have them, as attachments only."""

import io
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings

from voronka.accounts.testing import make_company
from voronka.kit import files
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NAMES = [
    ("Клиенты март.xlsx", "Клиенты март.xlsx"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\x\\base.csv", "base.csv"),
    ("a\r\nSet-Cookie: x.csv", "a Set-Cookie x.csv"),
    ("‮gpj.exe", "gpj.exe"),
    ("", "file"),
    ("...", "file"),
    ("я" * 400 + ".csv", "я" * 180 + ".csv"),
]


@pytest.fixture(autouse=True)
def storage(tmp_path):
    options = {"location": tmp_path, "base_url": None}
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"default": kept, "staticfiles": static}):
        yield tmp_path


@pytest.fixture(scope="module", autouse=True)
def reader():
    files.register_reader("test_things", lambda actor, subject_id: actor.is_system or subject_id == 1)
    yield
    files._readers.pop("test_things")


def keep(content: bytes = b"one;two\n", **more: object) -> StoredFile:
    given = {"name": "base.csv", "subject_kind": "test_things", "subject_id": 1, "added_by": None, "now": NOW} | more
    return files.store_file(io.BytesIO(content), **given)


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_names_lose_folders_and_signs_that_hide(given, kept):
    assert files.clean_name(given) == kept


@pytest.mark.django_db
def test_a_kept_file_comes_back_as_an_attachment_whatever_it_is():
    cast = make_company()
    with company_context(cast.company_id):
        file = keep(b"<script>alert(1)</script>", name="<b>x</b>.html", content_type="text/html")
        found = files.get_file(cast.owner, file.public_id)
        response = files.file_response(found)
        assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert file.name not in file.key
        assert (file.size, len(file.sha256)) == (25, 64)
        response.close()


@pytest.mark.django_db
def test_a_file_of_another_subject_or_company_is_not_there():
    cast = make_company()
    with company_context(cast.company_id):
        own, far = keep(), keep(subject_id=2)
        unknown = keep(subject_kind="nobody_answers_for")
        for one in (far, unknown):
            with pytest.raises(NotFound):
                files.get_file(cast.owner, one.public_id)
    with company_context(cast.other_company_id), pytest.raises(NotFound):
        files.get_file(cast.stranger, own.public_id)


@pytest.mark.django_db
def test_a_file_over_the_limit_leaves_nothing(storage):
    cast = make_company()
    with company_context(cast.company_id):
        with pytest.raises(Invalid) as refusal:
            keep(b"x" * (2 * 1024 * 1024), most_mib=1)
        assert "file" in refusal.value.fields
        assert not StoredFile.objects.exists()
        assert [one for one in storage.rglob("*") if one.is_file()] == []


@pytest.mark.django_db
def test_a_deleted_file_is_gone_with_its_bytes(django_capture_on_commit_callbacks):
    cast = make_company()
    with company_context(cast.company_id):
        file = keep()
        with files.local_path(file) as path:
            assert path.read_bytes() == b"one;two\n"
        with django_capture_on_commit_callbacks(execute=True):
            files.delete_file(file)
            assert default_storage.exists(file.key), "a rolled-back deletion must find the bytes again"
        assert not default_storage.exists(file.key)
        assert not StoredFile.objects.exists()
