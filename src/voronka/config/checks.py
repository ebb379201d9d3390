"""`voronka check`: what must be empty, by name; parts add theirs to `CHECKS`."""

from collections.abc import Callable, Sequence

from django.db import connection

from voronka.config.env import SettingError
from voronka.kit.tenancy import walls

Check = Callable[[], list[str]]

CHECKS: dict[str, Check] = {"walls": lambda: walls.exceptions(connection)}


def run_checks(names: Sequence[str]) -> list[str]:
    """Run the checks of these names, all without any; return what is wrong, a sentence each.

    Raises SettingError for a name that is not known.
    """
    for name in names:
        if name not in CHECKS:
            raise SettingError(f"There is no check {name}; there are: {', '.join(sorted(CHECKS))}")
    return [f"{name}: {line}" for name in names or CHECKS for line in CHECKS[name]()]
