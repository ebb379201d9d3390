"""Surveys by the API: what clients answered, as far as the key's maker may see their cards."""

from datetime import UTC, datetime

import pytest

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person
from voronka.care import services
from voronka.care.models import Invitation
from voronka.care.queries.surveys import version_of
from voronka.care.testing import make_survey
from voronka.connect.testing import Program
from voronka.deals.testing import make_client, make_shop
from voronka.kit.actors import Access

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def test_the_clients_own_words_are_read_by_those_only_who_may_see_all_of_his_card():
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        survey = make_survey(owner, now=NOW)
        row = Invitation.objects.create(
            survey=survey, version=version_of(survey), client=make_client("Анна"), subject_kind="order", subject_id=1,
            state="asked", channel="site", due_at=NOW, asked_at=NOW, made_at=NOW,
        )  # fmt: skip
        services.respond(row.pk, now=NOW, rating=1, answers={"q1": ["0"], "q3": ["Звоните +79135550011"]})
        role = accounts.make_role(actor=owner, name="Слепой", like="head")
        wanted = accounts.RoleChoices(fields={"client.phone": Access.HIDDEN})
        accounts.change_role(actor=owner, role_id=role.pk, wanted=wanted)
        blind = add_person(owner, role.code)
    address = f"surveys/{survey.public_id}/answers"
    [whole], [part] = (Program.of(one).get(address).json()["items"] for one in (shop.cast.owner, blind))
    assert [one["answer"] for one in whole["answers"]] == ["Опоздали", "Звоните +79135550011"]
    assert [one["answer"] for one in part["answers"]] == ["Опоздали"]
    found = {one: len(Program.of(blind).get(address, source=one).json()["items"]) for one in ("site", "email")}
    assert (whole["source"], found) == ("site", {"site": 1, "email": 0})
    wide = Program.of(blind).get("surveys", since="0001-01-01", until="9999-12-31")
    assert wide.json()["items"][0]["results"]["bad"] == 1
    stranger = Program.of(make_shop().cast.owner)
    assert (
        stranger.get(address).status_code
        == stranger.post(f"surveys/{survey.public_id}/switch", {"is_on": True}).status_code
        == 404
    )
