"""The product's own benchmarks: `voronka bench NAME --json`. Each measures a limit and the product in one run."""

import importlib

from voronka.config.env import SettingError

NAMES = {
    "feed": "feed",
    "press": "press",
    "import": "import_",
    "reports": "reports",
    "pages": "pages",
    "documents": "documents",
}


def run(name: str, *, scale: float, seconds: float) -> dict[str, object]:
    """Prepare the benches' own database, run one bench, return its result as JSON has it.

    Raises SettingError for a bench that is not there.
    """
    if name not in NAMES:
        raise SettingError(f"There is no bench {name}; there are: {', '.join(NAMES)}")
    from voronka.config.front import collect_static, compile_messages
    from voronka.config.migrating import migrate

    compile_messages()
    migrate()
    collect_static()
    module = importlib.import_module(f"voronka.config.benches.{NAMES[name]}")
    found: dict[str, object] = module.run(scale=scale, seconds=seconds).as_json()
    return found
