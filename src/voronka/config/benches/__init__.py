"""The product's own benchmarks: `voronka bench NAME --json`. Each measures a limit and the product in one run."""

import importlib

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
# What some benches take beside their size, and why others do not.
_MORE = {
    "data": (frozenset({"match", "bot"}), "makes its own data"),
    "dkim": (frozenset({"campaign"}), "sends no letters"),
}


def run(name: str, *, scale: float, seconds: float, **more: object) -> dict[str, object]:
    """Prepare the benches' own database, run one bench, return its result as JSON has it.

    `more` may be `data`, a folder with a sample of the user's own, or `dkim`, the bits of the key by which letters are
    signed. Raises SettingError for a bench that is not there, or that does not take it.
    """
    if name not in NAMES:
        raise SettingError(f"There is no bench {name}; there are: {', '.join(NAMES)}")
    for one in more:
        takers, why = _MORE[one]
        if name not in takers:
            raise SettingError(f"The bench {name} {why}: --{one} is for {', '.join(sorted(takers))}")
    from voronka.config.front import collect_static, compile_messages
    from voronka.config.migrating import migrate

    compile_messages()
    migrate()
    collect_static()
    module = importlib.import_module(f"voronka.config.benches.{NAMES[name]}")
    found: dict[str, object] = module.run(scale=scale, seconds=seconds, **more).as_json()
    return found
