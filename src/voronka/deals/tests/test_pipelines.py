"""Setting up pipelines: stages, people, reasons."""

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import ButtonSet, Deal, LossReason, Pipeline, PipelineMember, Press, Stage
from voronka.deals.services import pipelines
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press
from voronka.kit.errors import Invalid, Refusal
from voronka.people.models import CustomField

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.owner)


def new_lead(shop: Shop) -> tuple[Pipeline, list[Stage]]:
    with shop.as_(shop.cast.owner):
        found = Pipeline.objects.get(code="new_lead")
        return found, list(Stage.objects.filter(pipeline=found).order_by("position"))


def test_a_new_pipeline_works_at_once(shop: Shop, browser: Browser) -> None:
    answer = browser.post("/settings/pipelines/", {"name": "  Партнёры \u200b "})
    assert answer.status_code == 302
    assert browser.get(answer.url).status_code == 200
    with shop.as_(shop.cast.owner) as owner:
        made = Pipeline.objects.get(name="Партнёры")
        deal = make_deal(owner, pipeline_id=made.pk)
        assert press(owner, deal, "miss").effects
        assert PipelineMember.objects.filter(pipeline=made).count() == 1


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "я" * 101, "\x00", None])
def test_a_pipeline_needs_a_name(shop: Shop, browser: Browser, name: str | None) -> None:
    answer = browser.post("/settings/pipelines/", {"name": name} if name is not None else {})
    assert answer.status_code == 422
    with shop.as_(shop.cast.owner):
        assert Pipeline.objects.count() == 3


def test_two_pipelines_of_one_name_are_refused_at_the_field(shop: Shop, browser: Browser) -> None:
    found, _stages = new_lead(shop)
    answer = browser.post("/settings/pipelines/", {"name": found.name})
    assert answer.status_code == 422
    assert "v-input-why" in answer.content.decode()


def test_stages_are_added_changed_and_put_in_order(shop: Shop, browser: Browser) -> None:
    found, stages = new_lead(shop)
    address = f"/settings/pipelines/{found.public_id}/"
    assert browser.post(address, {"part": "stage", "name": "Замер"}).status_code == 302
    with shop.as_(shop.cast.owner):
        made = Stage.objects.get(name="Замер")
        CustomField.objects.create(code="colour", name="Цвет", kind="text")
    assert browser.post(f"/settings/stages/{made.public_id}/move", {"to": "1"}).status_code == 302
    posted = {"name": "Замер дома", "probability": "35", "norm_days": "", "required_fields": ["colour"]}
    assert browser.post(f"/settings/stages/{made.public_id}/", posted).status_code == 302
    with shop.as_(shop.cast.owner):
        made.refresh_from_db()
        assert (made.name, made.position, made.probability, made.norm_days) == ("Замер дома", 1, 35, None)
        assert made.required_fields == ["colour"]
        names = list(Stage.objects.filter(pipeline=found).order_by("position").values_list("name", flat=True))
        assert names[:3] == [stages[0].name, "Замер дома", stages[1].name]


@pytest.mark.parametrize(
    "posted",
    [
        {"probability": "101"},
        {"probability": "-1"},
        {"probability": "много"},
        {"norm_days": "0"},
        {"norm_days": "1e9"},
        {"name": ""},
        {"required_fields": ["nobody"]},
    ],
)
def test_wrong_settings_of_a_stage_are_told_and_not_kept(
    shop: Shop, browser: Browser, posted: dict[str, object]
) -> None:
    _found, stages = new_lead(shop)
    whole = {"name": "Новое имя", "probability": "10", "norm_days": "2"} | posted
    answer = browser.post(f"/settings/stages/{stages[0].public_id}/", whole)
    assert answer.status_code == 422
    with shop.as_(shop.cast.owner):
        assert Stage.objects.get(pk=stages[0].pk).name == stages[0].name


def test_the_second_editor_sees_what_the_first_changed(shop: Shop, browser: Browser) -> None:
    _found, stages = new_lead(shop)
    address = f"/settings/stages/{stages[0].public_id}/"
    seen = {"seen_name": stages[0].name, "seen_probability": "10", "seen_norm_days": "1", "seen_required_fields": ""}
    own = {"name": stages[0].name, "probability": "10", "norm_days": "1"}
    assert browser.post(address, seen | own | {"name": "Первый"}).status_code == 302
    answer = browser.post(address, seen | own | {"name": "Второй"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Первый" in text
    assert 'value="Второй"' in text


def test_a_stage_is_deleted_after_its_deals_have_moved(shop: Shop) -> None:
    found, _stages = new_lead(shop)
    with shop.as_(shop.cast.owner) as owner:
        made = pipelines.add_stage(actor=owner, pipeline_id=found.public_id, name="Лишний", now=NOON)
        first = Stage.objects.filter(pipeline=found).order_by("position")[0]
        deal = make_deal(owner)
        Deal.objects.filter(pk=deal.pk).update(stage=made)
        press(owner, deal, "miss")
        with pytest.raises(Invalid):
            pipelines.delete_stage(actor=owner, stage_id=made.public_id, move_to="", now=NOON)
        assert pipelines.delete_stage(actor=owner, stage_id=made.public_id, move_to=first.public_id, now=NOON)
        deal.refresh_from_db()
        assert deal.stage_id == first.pk
        assert Press.objects.get().button_set is None
        assert not ButtonSet.objects.filter(stage_id=made.pk).exists()


def test_a_large_stage_is_emptied_in_chunks(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _stages = new_lead(shop)
    monkeypatch.setattr(pipelines, "CHUNK", 2)
    with shop.as_(shop.cast.owner) as owner:
        made = pipelines.add_stage(actor=owner, pipeline_id=found.public_id, name="Лишний", now=NOON)
        first = Stage.objects.filter(pipeline=found).order_by("position")[0]
        for _n in range(5):
            Deal.objects.filter(pk=make_deal(owner).pk).update(stage=made)
        assert not pipelines.delete_stage(actor=owner, stage_id=made.public_id, move_to=first.public_id, now=NOON)
        pipelines.empty_stage(stage_id=made.pk, target_id=first.pk, now=NOON)
        assert not Stage.objects.filter(pk=made.pk).exists()
        assert Deal.objects.filter(stage=first).count() == 5


def test_a_stage_that_buttons_lead_to_stays(shop: Shop) -> None:
    _found, stages = new_lead(shop)
    with shop.as_(shop.cast.owner) as owner, pytest.raises(Refusal) as refusal:
        pipelines.delete_stage(actor=owner, stage_id=stages[1].public_id, move_to=stages[0].public_id, now=NOON)
    assert refusal.value.code == "buttons_lead_here"


def test_members_of_the_common_pool(shop: Shop, browser: Browser) -> None:
    found, _stages = new_lead(shop)
    add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner):
        from voronka.accounts import queries

        ids = [one.public_id for one in queries.list_employees()]
    address = f"/settings/pipelines/{found.public_id}/"
    assert browser.post(address, {"part": "members", "members": ids[:1]}).status_code == 302
    with shop.as_(shop.cast.owner):
        assert PipelineMember.objects.filter(pipeline=found).count() == 1
    assert browser.post(address, {"part": "members", "members": [*ids, "nobody"]}).status_code == 422


def test_reasons_of_refusal(shop: Shop, browser: Browser) -> None:
    assert browser.post("/settings/pipelines/reasons/", {"reason": "Ушёл к соседу"}).status_code == 302
    assert browser.post("/settings/pipelines/reasons/", {"reason": ""}).status_code == 422
    with shop.as_(shop.cast.owner):
        made = LossReason.objects.get(name="Ушёл к соседу")
    address = f"/settings/pipelines/reasons/{made.code}/"
    assert browser.post(address, {"reason": "К соседу", "is_active": "0"}).status_code == 302
    with shop.as_(shop.cast.owner):
        made.refresh_from_db()
        assert (made.name, made.is_active) == ("К соседу", False)
    assert browser.post("/settings/pipelines/reasons/nobody/", {"reason": "x"}).status_code == 404


def test_rights(shop: Shop) -> None:
    found, stages = new_lead(shop)
    manager, stranger = sign_in(Browser(), shop.cast.colleague), sign_in(Browser(), shop.cast.stranger)
    addresses = [
        f"/settings/pipelines/{found.public_id}/",
        f"/settings/stages/{stages[0].public_id}/",
    ]
    posts = [
        f"/settings/pipelines/{found.public_id}/move",
        f"/settings/stages/{stages[0].public_id}/move",
        f"/settings/stages/{stages[0].public_id}/delete",
        "/settings/pipelines/reasons/price/",
    ]
    for person, status in ((manager, 403), (stranger, 404)):
        assert [person.get(one).status_code for one in addresses] == [status] * len(addresses)
        assert [person.post(one, {"to": "0", "reason": "x"}).status_code for one in posts] == [status] * len(posts)
    assert manager.get("/settings/pipelines/").status_code == 403
    assert manager.post("/settings/pipelines/", {"name": "Своя"}).status_code == 403
    assert manager.post("/settings/pipelines/reasons/", {"reason": "Своя"}).status_code == 403
