"""What must be made before pages can be served: compiled translations and hashed, compressed static files."""

import fcntl
import hashlib
from collections.abc import Iterable
from pathlib import Path

from voronka.config.env import SettingError

SOURCE = Path(__file__).resolve().parents[1]
BUILT = SOURCE / "kit" / "static" / "vendor" / "voronka.css"


def compile_messages() -> int:
    """Compile every .po beside which no newer .mo lies; return how many were compiled. Needs no gettext."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    done = 0
    for source in sorted(SOURCE.glob("*/locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        making = target.with_suffix(".part")
        with making.open("wb") as file:
            write_mo(file, catalog)
        making.rename(target)
        done += 1
    return done


def collect_static() -> bool:
    """Collect static files under their hashed names with gzip and brotli beside; skip when nothing changed.

    Django must be set up. Returns whether anything was done. Raises SettingError.
    """
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    files = [
        Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list(ignore_patterns=[])
    ]
    if not BUILT.exists():
        raise SettingError("The style sheets and scripts are not built yet: run `make assets`")
    root = Path(settings.STATIC_ROOT)
    # The suite's settings write no manifest; a folder made by them serves nothing to a real server.
    seen = f"{settings.STORAGES['staticfiles']} {_digest(files)}"
    stamp = root / ".stamp"
    # Two programs that start at once: the second would empty the folder that the first one reads.
    with root.with_name(f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == seen:
            return False
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(seen)
        return True


def code_digest(*, demo: bool) -> str:
    """Return a word that changes with any file of the program, with the collected static files and with `demo`.

    Made without Django, for a start that has nothing to prepare.
    """
    from voronka.config import env

    collected = env.read("VORONKA_STATIC", env.folder, default=SOURCE.parent.parent / "static-built") / ".stamp"
    seen = collected.read_text() if collected.exists() else ""
    files = (path for path in SOURCE.rglob("*") if path.is_file() and path.suffix not in {".pyc", ".mo"})
    return f"{_digest(files)} {seen} {demo}"


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        stat = path.stat()
        digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
