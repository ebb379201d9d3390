"""The pages about the code hold to it: the map, the components, the dependencies."""

import re
import tomllib
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
ROOT = SOURCES.parents[1]
MAP = (ROOT / "docs" / "map.md").read_text("utf-8")
COMPONENTS = (ROOT / "docs" / "components.md").read_text("utf-8")
MADE = {"site/built/"}  # by tools/front.py
FILE = re.compile(r"[\w./-]+\.(?:py|sql|js|css|html|md|toml|typ|csv|txt)|[\w.-]+(?:/[\w.-]+)*/")


def test_every_file_and_folder_on_the_map_is_there() -> None:
    places = [path.relative_to(ROOT).as_posix() for path in _files(SOURCES) + _files(ROOT / "tests")]
    known = "\n".join(["", *places, *(f"{one}/" for one in _folders(places)), ""])
    named = {name.split(":")[0] for name in re.findall(r"`([^`\n]+)`", MAP)}
    named = {name.lstrip("/") for name in named if FILE.fullmatch(name)} - MADE
    kept_beside = {name for name in named if (ROOT / name).exists()}
    assert len(named) > 350
    assert {name for name in named - kept_beside if not re.search(rf"[/\n]{re.escape(name)}\n", known)} == set()


def test_every_decision_on_the_map_is_there() -> None:
    numbers = set(re.findall(r"docs/adr/(\d{4})", MAP))
    assert len(numbers) > 35
    assert numbers <= {path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")}


def test_every_part_stands_on_the_map_and_tells_of_itself() -> None:
    parts = {path.parent.name for path in SOURCES.glob("*/__init__.py")}
    assert {part for part in parts if f"`{part}/" not in MAP} == set()
    assert {part for part in parts if not (SOURCES / part / "README.md").exists()} == set()


def test_every_component_is_told_and_none_that_is_gone() -> None:
    told = set(re.findall(r"`v\.(\w+)`", COMPONENTS))
    assert told == {path.stem for path in (SOURCES / "kit/templates/cotton/v").glob("*.html")}


def test_every_element_is_told_and_none_that_is_gone() -> None:
    scripts = "".join(path.read_text("utf-8") for path in _files(SOURCES) if path.suffix == ".js")
    told = set(re.findall(r"`(v-[a-z-]+)`", COMPONENTS.partition("## Elements")[2].partition("## Style sheets")[0]))
    assert told == set(re.findall(r'customElements\.define\("([\w-]+)"', scripts))


def test_every_dependency_is_accounted_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[^\w-]", one)[0].lower() for one in asked}
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    assert len(names) > 50
    assert {name for name in names if name not in page} == set()


def _files(folder: Path) -> list[Path]:
    apart = {"__pycache__", "vendor", "built"}
    return [path for path in sorted(folder.rglob("*.*")) if path.is_file() and not apart & set(path.parts)]


def _folders(places: list[str]) -> set[str]:
    return {place.rsplit("/", count)[0] for place in places for count in range(1, place.count("/") + 1)}
