"""Pictures of goods: a thing drawn in `pictures/NAME.svg`, in the colours of a tone, put into one room."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("pictures")
# Of each tone: the light side, the shaded side, the deep shade.
TONES = {
    "натуральное": ("natural", "#b98d5b", "#9c7142", "#845f38"),
    "медовое": ("honey", "#ab7137", "#8d5c2b", "#74491f"),
    "орех": ("walnut", "#76502f", "#5f3f24", "#4b311b"),
    "тёмное": ("dark", "#4d3726", "#3a291c", "#2c1e14"),
    "олива": ("olive", "#7f8b71", "#6d7860", "#55604b"),
    "молочный": ("milk", "#f7f4ec", "#dfdacd", "#b9b2a2"),
    "графит": ("graphite", "#585b5e", "#484b4e", "#35383a"),
}
_COLOURS = {word: colours for word, *colours in TONES.values()}
_WHOLE = "0 0 1200 780"
VIEWS = (_WHOLE, "300 200 500 325", "700 260 500 325", "60 300 640 416")


def address(picture: str, tone: str, view: int = 0) -> str:
    """Return where the picture of a thing in a tone is, seen whole or near."""
    return f"/pictures/{picture}-{TONES[tone][0]}-{view}.svg"


def draw(name: str) -> str | None:
    """Return the picture of such a name: THING-TONE-VIEW; None where there is none."""
    thing, _dash, rest = name.partition("-")
    tone, _dash, view = rest.partition("-")
    if thing not in _things() or tone not in _COLOURS or view not in ("0", "1", "2", "3"):
        return None
    return _drawn(thing, tone, int(view))


@cache  # of what there is alone: what a browser asks for may be anything, and would be kept for good
def _drawn(thing: str, tone: str, view: int) -> str:
    text = (FOLDER / f"{thing}.svg").read_text("utf-8")
    for word, colour in zip(("{tone}", "{shade}", "{deep}"), _COLOURS[tone], strict=True):
        text = text.replace(word, colour)
    room = (FOLDER / "room.svg").read_text("utf-8").replace("{view}", VIEWS[view])
    return room.replace("{width}", "1200").replace("{height}", "780").replace("{thing}", text.strip())


@cache
def _things() -> frozenset[str]:
    return frozenset(one.stem for one in FOLDER.glob("*.svg")) - {"room"}
