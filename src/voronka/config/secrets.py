"""The installation's secret: from the environment, else made once and kept in the data folder."""

import os
import secrets
from pathlib import Path

from voronka.config.env import SettingError


def secret_key(home: Path) -> str:
    """Return VORONKA_SECRET_KEY, or the key kept in `home`, making it (readable by its owner only) if absent.

    Raises SettingError when the given key is shorter than 32 signs or the folder cannot be written.
    """
    given = os.environ.get("VORONKA_SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise SettingError(
                "VORONKA_SECRET_KEY: at least 32 signs are needed; make one with `openssl rand -hex 32`"
            )
        return given
    path = home / "secret_key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as error:
        raise SettingError(f"VORONKA_HOME={home}: the folder cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
