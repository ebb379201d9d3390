"""The command `voronka`."""

import argparse
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from voronka.config import env, machines, people, state, supervisor
from voronka.config.env import SettingError
from voronka.config.home import home_folder, reach_database

Command = Callable[[argparse.Namespace], int]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; mistakes of settings end in one sentence and exit code 2."""
    given = list(sys.argv[1:] if words is None else words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    if given[:1] == ["manage"]:  # Django's commands have options of their own
        return _guarded(lambda: _manage(given[1:]))
    arguments = _parser().parse_args(given)
    command: Command = arguments.command
    return _guarded(lambda: command(arguments))


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except SettingError as error:
        print(f"voronka: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="voronka", description="Voronka: sales automation. Settings: docs/install.md"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(command=command)
        return made

    add("serve", lambda _: supervisor.serve(demo=False), "start everything and keep it alive")
    add("demo", lambda _: supervisor.serve(demo=True), "the same with a company full of invented data")
    add("web", _web, "the web server alone")
    add("wire", _wire, "the server of live streams alone")
    add("worker", _worker, "the background worker alone")
    add("mailbox", _mailbox, "the local mailbox alone: takes letters and sends none")
    add("shop", _shop, "the demo company's shop on the web alone")
    add("migrate", _migrate, "bring the database and the static files to this version")
    add("fill", _fill, "fill the demo company, if it is not there")
    people.add_commands(commands)
    machines.add_commands(commands)
    state.add_commands(commands)
    for name, command, text in (
        ("backup", _backup, "write the database and the files into one archive"),
        ("restore", _restore, "read such an archive into an empty database"),
    ):
        add(name, command, text).add_argument("file", type=Path)
    check = add("check", _check, "compare what is stored twice and look for holes; exit code 1 when any is found")
    check.add_argument("what", nargs="*", help="names of checks; all without")
    add("figures", _figures, "make the figures of the reports anew from the event log")
    bench = add("bench", _bench, "measure one thing beside its limit")
    bench.add_argument("name")
    bench.add_argument("--json", action="store_true", help="print one JSON object")
    bench.add_argument("--scale", type=float, default=1.0, help="share of the full data, like 0.01")
    bench.add_argument("--seconds", type=float, default=10.0, help="length of each run")
    bench.add_argument("--dkim", type=int, metavar="BITS", help="sign letters by an RSA key so long (campaign)")
    bench.add_argument("--data", type=Path, help="a folder with a sample of your own (match, bot)")
    commands.add_parser("manage", help="Django's own commands: voronka manage COMMAND ...", add_help=False)
    return parser


def _setup() -> None:
    import django

    django.setup()


def _manage(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    from voronka.config.migrating import models_drawn_alone

    with reach_database(), models_drawn_alone():
        execute_from_command_line(["voronka manage", *words])
    return 0


def _migrate(_: argparse.Namespace) -> int:
    with reach_database():
        _setup()
        from voronka.config.front import collect_static, compile_messages
        from voronka.config.migrating import migrate

        compile_messages()
        migrate(verbosity=0)
        collect_static()
    return 0


def _fill(_: argparse.Namespace) -> int:
    with reach_database():
        _setup()
        _optional("voronka.config.demo", "fill")()
    return 0


# Bodies, turns and crowds are limited by the application, which says 503; granian would only make clients wait.
WEB_OPTIONS = ("--workers-kill-timeout", "8", "--backpressure", "2048", "--backlog", "2048")


def granian_command(application: str, port: int, workers: int, *options: str) -> list[str]:
    """Return the command that serves an ASGI application as all our servers are served."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--http", "1", "--no-ws"),
        *("--host", env.read("VORONKA_HOST", env.text, default="127.0.0.1"), "--port", str(port)),
        *("--workers", str(workers), "--runtime-threads", "1", "--loop", "asyncio"),
        *("--respawn-failed-workers", "--log-level", "warning", *options, application),
    ]


def _granian(application: str, port: int, workers: int, *options: str) -> int:
    with reach_database():
        command = granian_command(application, port, workers, *options)
        if os.environ.get("VORONKA_RUN"):
            os.execv(sys.executable, command)  # noqa: S606 - the supervisor watches this very process
        import subprocess

        return subprocess.call(command)


def _web(_: argparse.Namespace) -> int:
    port = env.read("PORT", env.port, default=8000)
    workers = env.read("VORONKA_WEB_PROCESSES", env.count, default=(os.cpu_count() or 1) + 1)
    return _granian("voronka.config.web:app", port, max(workers, 1), *WEB_OPTIONS)


def _wire(_: argparse.Namespace) -> int:
    port = env.read("PORT", env.port, default=8000)
    wire_port = env.read("VORONKA_WIRE_PORT", env.port, default=port + 1)
    options = ("--workers-kill-timeout", "2", "--backpressure", "8192", "--backlog", "4096")
    return _granian("voronka.config.wire_app:app", wire_port, 1, *options)


def _worker(_: argparse.Namespace) -> int:
    from voronka.config import worker

    with reach_database():
        worker.run()
    return 0


def _mailbox(_: argparse.Namespace) -> int:
    from voronka.config import mailbox

    port = env.read("PORT", env.port, default=8000)
    mailbox.run(home_folder() / "mailbox", port + 2)
    return 0


def _shop(_: argparse.Namespace) -> int:
    from voronka.config.storefront import server

    server.run(home_folder())
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from voronka.config import backup

    with reach_database():
        print(backup.write_archive(arguments.file, home_folder()))
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from voronka.config import backup

    with reach_database():
        said = backup.read_archive(arguments.file, home_folder())
        _setup()
        from voronka.config.migrating import migrate

        migrate()  # an archive of an older version is brought up, and the walls, grants and owners are made again
    print(said)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    with reach_database():
        _setup()
        from voronka.config.checks import run_checks

        found = run_checks(arguments.what)
    for line in found:
        print(line)
    print(f"{len(found)} exceptions")
    return 1 if found else 0


def _figures(_: argparse.Namespace) -> int:
    with reach_database():
        _setup()
        from voronka.config.checks import make_figures_anew

        print(f"{make_figures_anew()} deals")
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    from voronka.config.benches import frame

    with frame.own_place(), reach_database():
        _setup()
        run = _optional("voronka.config.benches", "run")
        more = {name: value for name in ("data", "dkim") if (value := getattr(arguments, name)) is not None}
        result = run(arguments.name, scale=arguments.scale, seconds=arguments.seconds, **more)
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for group in ("figures", "ratios"):
            for name, value in result.get(group, {}).items():
                print(f"{group} {name}: {value}")
    return 1 if result.get("failed") else 0


def _optional(module: str, name: str) -> Callable[..., Any]:  # a command of another module, by name
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


if __name__ == "__main__":
    sys.exit(main())
