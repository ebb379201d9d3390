"""What the shop knows of the product: written beside the demo company's logins when it is filled, read at the start."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from voronka.config import env
from voronka.config.env import SettingError

FILE = "demo-shop.json"


@dataclass(frozen=True, slots=True)
class Person:
    """One of the shop's customers, whom its server can tell the product for sure."""

    id: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way of delivery or of payment, by its id in the product."""

    id: str
    name: str
    cost: str = "0"
    needs_address: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A site and its secret, a key of the API, the customers, the ways."""

    site: str
    secret: str
    key: str
    people: tuple[Person, ...]
    deliveries: tuple[Way, ...]
    payments: tuple[Way, ...]


def shop_port() -> int:
    """Return the port of the shop: SHOP_PORT, else the third one above the pages'. Raises SettingError."""
    port = env.read("PORT", env.port, default=8000)
    return env.read("SHOP_PORT", env.port, default=port + 3)


def write_setting(home: Path, setting: Setting) -> None:
    """Keep what the shop may know, for the program alone."""
    file = home / FILE
    making = file.with_suffix(".part")
    making.touch(mode=0o600)
    making.write_text(json.dumps(asdict(setting), ensure_ascii=False, indent=1) + "\n", "utf-8")
    making.replace(file)


def read_setting(home: Path) -> Setting:
    """Return what the shop knows. Raises SettingError where the demo company has not been filled."""
    try:
        said = json.loads((home / FILE).read_text("utf-8"))
        people = tuple(Person(**one) for one in said["people"])
        deliveries, payments = (tuple(Way(**one) for one in said[name]) for name in ("deliveries", "payments"))
        return Setting(said["site"], said["secret"], said["key"], people, deliveries, payments)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingError(f"{home / FILE} cannot be read ({error}): `voronka demo` writes it") from error
