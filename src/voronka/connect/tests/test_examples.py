"""The examples of the document: whole, and of the names under which values really go out."""

import pytest
from django.utils import translation

from voronka.connect.api.document import document, tag_words
from voronka.connect.testing import Program
from voronka.deals.testing import make_shop


def _documents():
    with translation.override("en"):
        found = document()
    for ways in found["paths"].values():
        for operation in ways.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for content in body.get("content", {}).values():
                    if "example" in content:
                        yield operation["operationId"], content["example"], found["components"]["schemas"]


def _holes(value, place=""):
    """Return the places of a document whose every value is null: the example ended before it was whole."""
    if isinstance(value, dict):
        if value and all(one is None for one in value.values()):
            yield place
        for name, one in value.items():
            yield from _holes(one, f"{place}.{name}")
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from _holes(one, f"{place}.{at}")


def test_every_example_is_whole():
    found = {name: holes for name, example, _schemas in _documents() if (holes := list(_holes(example)))}
    assert found == {}


def test_control_a_hole_is_seen():
    assert list(_holes({"a": [{"b": {"c": None, "d": None}}]})) == [".a.0.b"]


@pytest.mark.django_db
def test_the_document_names_what_goes_out():
    """A name that the document has and the answer has not would make the client's types lie."""
    shop = make_shop()
    program = Program.of(shop.cast.owner)
    stage = program.get("pipelines").json()["items"][0]["stages"][0]["id"]
    with translation.override("en"):
        schemas = document()["components"]["schemas"]
    for path, name in (("events/kinds", "EventKind"), (f"stages/{stage}/step-kinds", "StepKind")):
        told = program.get(path).json()["items"][0]
        assert set(told) == set(schemas[name]["properties"]), name


def test_every_group_of_operations_has_its_words():
    found = {one["tags"][0] for ways in document()["paths"].values() for one in ways.values()}
    assert found == set(tag_words())
