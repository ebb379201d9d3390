"""Pages of a real browser for the tests of this folder."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "isolation")]

from browsing import Visitor  # noqa: E402 - found by the line above


@pytest.fixture
def visit(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page for an employee, or for nobody, in a browser of his own.

    An error of a script or of the CSP on any of the pages fails the test.
    """
    visitor = Visitor(chromium, live_server.url)
    yield visitor.open
    visitor.close()
    assert visitor.errors == []
