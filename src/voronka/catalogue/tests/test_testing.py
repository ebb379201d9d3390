"""Goods of tests made many at once are those made one by one."""

from typing import Any

import pytest
from django.db import models

from voronka.accounts.testing import Cast
from voronka.catalogue.models import Price, Product, Variant
from voronka.catalogue.testing import make_goods, make_row

pytestmark = pytest.mark.django_db
OWN = {"id", "public_id", "code", "made_at", "created_at", "product_id", "variant_id"}
GOODS = [("Стол", "1000.00"), ("Стул", None), ("Полка", 250)]


def rows_of(model: type[models.Model]) -> list[dict[str, Any]]:
    found = model._default_manager.order_by("pk").values()
    return [{name: value for name, value in one.items() if name not in OWN} for one in found]


def test_many_at_once_are_those_made_one_by_one(inside: Cast) -> None:
    before = {model: len(rows_of(model)) for model in (Product, Variant, Price)}
    for name, price in GOODS:
        make_goods(name, price=price)
    single = {model: rows_of(model)[before[model] :] for model in before}
    variants = make_row(GOODS)
    for model, made in single.items():
        assert rows_of(model)[before[model] + len(made) :] == made, model
    assert [(one.name, one.product.name) for one in variants] == [(name, name) for name, _price in GOODS]
    assert list(Price.objects.filter(variant__in=variants).order_by("pk").values_list("variant_id", flat=True)) == [
        variants[0].pk,
        variants[2].pk,
    ]
    assert len(set(Variant.objects.values_list("code", flat=True))) == Variant.objects.count()
