"""The archive of a company opens nothing: it tells no secret and no hash of one, not even what the history keeps."""

import json
import zipfile
from datetime import UTC, datetime

import pytest

from voronka.accounts import services as accounts
from voronka.accounts.testing import make_company
from voronka.billing.models import Provider
from voronka.billing.services import providers
from voronka.kit.models import Change
from voronka.kit.secrecy import secret_columns
from voronka.kit.tenancy import company_context, walls

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_the_archive_holds_no_secret_of_any_part(tmp_path) -> None:
    cast = make_company()
    with company_context(cast.company_id):
        for secret in ("live_first-key", "live_second-key"):
            known = Provider.objects.values_list("public_id", flat=True).first()
            draft = providers.ProviderDraft(kind="yookassa", name="", shop_id="100500", secret=secret, is_on=True)
            providers.save_provider(actor=cast.owner, draft=draft, public_id=known, now=NOW)
        assert "secret" in Change.objects.get(table="billing_provider").before, "the history keeps what was before"
        path = accounts.export_company(actor=cast.owner, now=NOW, folder=tmp_path)
    of_tables = {name: set(secret_columns(model)) for name, model in walls.company_tables().items()}
    assert sum(map(bool, of_tables.values())) > 12
    assert of_tables["messaging_talk"] == {"move_key"}, "the hash of a key, as others are"
    told = []
    with zipfile.ZipFile(path) as archive:
        for table, columns in of_tables.items():
            told += [(table, row) for row in _rows(archive, table) if columns & row.keys()]
        kept = _rows(archive, "kit_change")
        told += [("kit_change", row) for row in kept if of_tables[row["table"]] & row["before"].keys()]
        assert [row["shop_id"] for row in _rows(archive, "billing_provider")] == ["100500"]
    assert told == []
    assert [row for row in kept if row["table"] == "billing_provider"], "all else that the history keeps is there"


def _rows(archive: zipfile.ZipFile, table: str) -> list[dict]:
    return [json.loads(line) for line in archive.read(f"rows/{table}.jsonl").splitlines()]
