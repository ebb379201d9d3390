"""Filters and tags: what people typed stays text, and what is no figure breaks no page."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from voronka.kit.templatetags import kit

NOW = datetime(2026, 3, 12, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize("name", ['"><script>', "x' onload=y", "&"])
def test_an_icons_name_cannot_leave_its_attribute(name):
    drawn = kit.icon(name, name)
    assert "<script>" not in drawn
    assert '"><' not in drawn.replace('"><use', "")


def test_typo_escapes_text_and_keeps_safe_markup():
    assert "&lt;b&gt;" in kit.typo("<b>a</b> - b")
    assert "<b>" in kit.typo(mark_safe("<b>a</b>"))
    assert isinstance(kit.typo(None), SafeString)


@pytest.mark.parametrize("junk", [None, "", "много", "1,5,2"])
def test_junk_is_no_money(junk):
    assert kit.money(junk) == ""


def test_figures_speak_the_language():
    with translation.override("ru"):
        assert kit.number("1234.5") == "1\u202f234,5"
    with translation.override("en"):
        assert kit.number("1234.5") == "1\u202f234.5"


@pytest.mark.parametrize(
    ("zone", "sky", "left"),
    [
        ("Asia/Krasnoyarsk", "day", "3\u00a0ч 56\u00a0мин"),
        ("Asia/Vladivostok", "dusk", "56\u00a0мин"),
        ("Asia/Kamchatka", "night", ""),
    ],
)
def test_the_face_of_the_clients_clock(zone, sky, left):
    with translation.override("ru"):
        face = kit.client_clock(NOW, zone, "Europe/Moscow", (9, 20))
    assert (face.sky, face.left) == (sky, left)


def test_a_filter_in_a_template_escapes_what_people_typed():
    drawn = Template("{% load kit %}{{ name|typo }} {{ name|initials }}").render(Context({"name": "<i>"}))
    assert drawn == "&lt;i&gt; I"
