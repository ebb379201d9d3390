"""The product's own benchmarks: `voronka bench NAME --json`. Each measures a limit and the product in one run."""

import importlib
from pathlib import Path

from voronka.config.env import SettingError

NAMES = {
    "feed": "feed",
    "press": "press",
    "import": "import_",
    "reports": "reports",
    "pages": "pages",
    "shop": "shop",
    "documents": "documents",
    "match": "match",
    "reserve": "reserve",
    "order": "order",
    "feed-out": "feed_out",
    "bot": "bot",
    "campaign": "campaign",
    "chat": "chat",
    "collect": "collect",
    "widget": "widget",
}
_OF_SAMPLES = frozenset({"match", "bot"})


def run(name: str, *, scale: float, seconds: float, data: Path | None = None) -> dict[str, object]:
    """Prepare the benches' own database, run one bench, return its result as JSON has it.

    `data` is a folder with a sample of the user's own. Raises SettingError for a bench that is not there.
    """
    if name not in NAMES:
        raise SettingError(f"There is no bench {name}; there are: {', '.join(NAMES)}")
    if data is not None and name not in _OF_SAMPLES:
        raise SettingError(f"The bench {name} makes its own data: --data is for {', '.join(sorted(_OF_SAMPLES))}")
    from voronka.config.front import collect_static, compile_messages
    from voronka.config.migrating import migrate

    compile_messages()
    migrate()
    collect_static()
    module = importlib.import_module(f"voronka.config.benches.{NAMES[name]}")
    found: dict[str, object] = module.run(
        scale=scale, seconds=seconds, **({} if data is None else {"data": data})
    ).as_json()
    return found
