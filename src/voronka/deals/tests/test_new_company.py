"""A company founded on the page of an empty installation can work: pipelines come by themselves."""

import pytest
from django.db import transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from voronka.accounts.testing import add_person, make_owner
from voronka.deals.models import ButtonSet, Pipeline, PipelineMember
from voronka.deals.services.shipped import ship
from voronka.deals.testing import NOON
from voronka.kit.events import listeners
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db


def hear(company_id: int) -> None:
    """Let every listener of the part hear what has happened."""
    while listeners.number_events():
        pass
    for one in listeners.all_listeners():
        if one.name in ("deals.ship", "deals.join_pipelines"):
            listeners.drain(one, company_id)


def test_a_new_company_gets_its_pipelines_once() -> None:
    owner = make_owner()
    hear(owner.company_id)
    with company_context(owner.company_id), transaction.atomic():
        assert Pipeline.objects.count() == 3
        assert ButtonSet.objects.count() == ButtonSet.objects.filter(state=ButtonSet.State.LIVE).count() > 0
        ship(actor=owner, now=NOON)
        assert Pipeline.objects.count() == 3
        assert PipelineMember.objects.filter(employee_id=owner.employee_id).count() == 3


def test_all_stages_of_all_pipelines_are_made_by_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = make_owner()
    with company_context(owner.company_id, employee_id=owner.employee_id):
        with django_assert_max_num_queries(12):
            made = ship(actor=owner, now=NOON)
        for pipeline in made:
            stages = list(pipeline.stages.order_by("position"))
            assert [one.position for one in stages] == list(range(len(stages)))
            for stage, following in zip(stages, [*stages[1:], None], strict=True):
                (buttons,) = stage.button_sets.values_list("buttons", flat=True)
                goes_to = {
                    step["stage"]
                    for button in buttons
                    for outcome in button["outcomes"]
                    for step in outcome["steps"]
                    if "stage" in step
                }
                assert goes_to == ({following.public_id} if following else set())
        assert sum(pipeline.stages.count() for pipeline in made) == ButtonSet.objects.count()


def test_a_colleague_who_works_through_the_feed_joins_the_pools() -> None:
    owner = make_owner()
    hear(owner.company_id)
    manager, cashier = add_person(owner, "manager"), add_person(owner, "cashier")
    hear(owner.company_id)
    with company_context(owner.company_id), transaction.atomic():
        assert PipelineMember.objects.filter(employee_id=manager.employee_id).count() == 3
        assert not PipelineMember.objects.filter(employee_id=cashier.employee_id).exists()
