"""What runs in the caged child: a form comes in as JSON, its PDF goes out. One after another, till the pipe closes."""

import base64
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from voronka.kit import cage

IN, OUT = 0, 1
READY, DONE, REFUSED = 0, 1, 2
_ENDINGS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


def main(arguments: list[str]) -> None:
    """Serve until the parent closes the pipe. Arguments: template, fonts, memory in MiB, seconds."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    template = Path(arguments[0]).read_bytes()
    memory_mib, seconds = int(arguments[2]), float(arguments[3])
    import typst

    with tempfile.TemporaryDirectory(prefix="voronka-form-") as root:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[arguments[1]])
        compiler = typst.Compiler(root=root, font_paths=fonts, package_path=root, package_cache_path=root)
        cage.confine(memory_mib=memory_mib, cpu_seconds=None, file_mib=16)
        cage.write_frame(OUT, READY, [font.family for font in fonts.fonts()])
        frames = cage.FrameReader(IN)
        while True:
            try:
                _, body = frames.read(None)
            except cage.ChildGone:
                break
            signal.setitimer(signal.ITIMER_REAL, seconds + 1)
            kind, answer = _answer(compiler, template, body, Path(root))
            cage.write_frame(OUT, kind, answer)
            signal.setitimer(signal.ITIMER_REAL, 0)
    sys.exit(0)


def _answer(compiler: Any, template: bytes, body: bytes, root: Path) -> tuple[int, object]:  # a compiler of typst
    written: list[Path] = []
    try:
        order = json.loads(body)
        form = order["form"]
        form["pictures"] = {key: _put(root, key, picture, written) for key, picture in form["pictures"].items()}
        inputs = {"data": json.dumps(form, ensure_ascii=False)}
        found = compiler.compile(
            template, sys_inputs=inputs, format=order["format"], ppi=order.get("ppi"), timestamp=order["timestamp"],
            pdf_tags=order["tags"],
        )  # fmt: skip
        if isinstance(found, list):  # a picture of each page, where there are several
            found = found[min(order.get("page", 1), len(found)) - 1]
        return DONE, base64.b64encode(found).decode("ascii")
    except MemoryError:
        return REFUSED, "memory"
    except Exception as error:  # noqa: BLE001 - a form no one foresaw must be told as wrong, not end the child
        return REFUSED, f"{type(error).__name__}: {error}"[:2000]
    finally:
        for path in written:
            path.unlink(missing_ok=True)


def _put(root: Path, key: str, picture: str, written: list[Path]) -> str:
    """Write a picture into the private root under a name of our own, and return what the template calls it."""
    body = base64.b64decode(picture)
    ending = next((ending for sign, ending in _ENDINGS.items() if body.startswith(sign)), None)
    if ending is None or not key.isidentifier():
        raise ValueError("a picture is neither PNG nor JPEG")
    path = root / f"{key}{ending}"
    path.write_bytes(body)
    written.append(path)
    return f"/{path.name}"
