"""Scripts of all parts name each other by hashed names, and pages go compressed."""

import gzip
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from voronka.kit.assets import AssetStorage


def test_every_script_that_imports_is_rewritten() -> None:
    ours = [
        path for path in Path(__file__).parents[2].glob("*/static/*/js/*.js") if "import " in path.read_text("utf-8")
    ]
    assert len(ours) > 10
    patterns = [glob for glob, _rules in AssetStorage.patterns]
    for path in ours:
        name = str(path.relative_to(path.parents[2]))
        assert finders.find(name), name
        assert any(fnmatch(name, glob) for glob in patterns if glob.endswith(".js")), name


@pytest.mark.django_db
def test_a_page_goes_compressed_to_those_who_take_it() -> None:
    plain = Client().get("/start/")
    packed = Client().get("/start/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"</html>" in gzip.decompress(packed.content)
    assert "Accept-Encoding" in packed.headers["Vary"]
