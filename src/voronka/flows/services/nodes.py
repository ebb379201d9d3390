"""Nodes of maps as people set them up: their settings, their words, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from pydantic import Field, ValidationError

from voronka.flows.ports import HOUR_SHAPE, TalkStep
from voronka.flows.rules.maps import MOST_SHARES, Map, Node
from voronka.flows.rules.scenes import SUBJECT, Scene
from voronka.flows.services import offering
from voronka.flows.services.scenes import setups as scene_setups
from voronka.flows.services.scenes import starts, wholes
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.making import condition_words
from voronka.kit.step_forms import StepChecker
from voronka.kit.steps import Sentence, Setting, Setup, Step, all_steps, say, steps_for
from voronka.kit.subjects import Subject, subject_kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_MINUTES = 60 * 24 * 366


def in_words(minutes: int) -> str:
    """Say a stretch of time: 3 days, 2 hours, 45 minutes."""
    if minutes % 1440 == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def event_words(kind: str) -> str:
    """Say an event that is waited for."""
    found = offering.all_triggers().get(kind)
    return str(found.title) if found else _("(gone)")


def _awaited(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.kind, str(one.title)) for one in offering.awaited(where.kind)]


class WaitNode(Setup):
    """Waits for a stretch of time."""

    kind: ClassVar[str] = "wait"
    title: ClassVar[str] = gettext_lazy("wait")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "hourglass"
    settings: ClassVar[Mapping[str, Setting]] = {"minutes": Setting(gettext_lazy("How long"), look="minutes")}

    minutes: int = Field(default=1440, ge=1, le=MOST_MINUTES)

    def sentence(self) -> Sentence:
        """Say how long."""
        return say(_("Wait {minutes}"), minutes=in_words(self.minutes))


def seconds_words(seconds: int) -> str:
    """Say a stretch of seconds: 35 s, 2 minutes."""
    return in_words(seconds // 60) if seconds % 60 == 0 else _("%(n)d s") % {"n": seconds}


class StayNode(Setup):
    """Waits while somebody stays on a page, and goes another way where he leaves it before."""

    kind: ClassVar[str] = "stay"
    title: ClassVar[str] = gettext_lazy("wait while he is on the page")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "hourglass"
    settings: ClassVar[Mapping[str, Setting]] = {
        "seconds": Setting(gettext_lazy("Seconds")),
        "page": Setting(
            gettext_lazy("Where"),
            words={"this": pgettext_lazy("waiting", "on this page"), "any": gettext_lazy("on any page of the site")},
        ),
    }

    seconds: int = Field(default=35, ge=1, le=3600)
    page: Literal["this", "any"] = "this"

    def sentence(self) -> Sentence:
        """Say how long and where."""
        where = pgettext("waiting", "on this page") if self.page == "this" else _("on any page of the site")
        return say(_("Wait {seconds} while he is {page}"), seconds=seconds_words(self.seconds), page=where)


def _moments(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.kind, str(one.title)) for one in offering.moment_triggers(where.kind)]


def _categories(where: Subject) -> Sequence[tuple[str, str]]:
    traveller = offering.find_traveller(where.kind)
    return [("", _("any category")), *(traveller.categories() if traveller is not None else ())]


class DoorNode(Setup):
    """A further beginning of a map, with a phase of its own."""

    kind: ClassVar[str] = "door"
    title: ClassVar[str] = gettext_lazy("event")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "bolt"
    settings: ClassVar[Mapping[str, Setting]] = {
        "event": Setting(gettext_lazy("Event"), options=_moments, is_picked=True),
        "page": Setting(
            gettext_lazy("Only on pages whose address begins with"), help=gettext_lazy("Such as /tables/; empty: any")
        ),
        "category": Setting(
            gettext_lazy("Only goods of the category"), options=_categories, is_picked=True,
            help=gettext_lazy("Where the event is of goods: a product, the basket, a purchase"),
        ),
        "name": Setting(gettext_lazy("Name of the phase"), help=gettext_lazy("Stands above its column")),
    }  # fmt: skip

    event: str = Field(default="", max_length=80)
    page: str = Field(default="", max_length=200)
    category: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=40)

    def sentence(self) -> Sentence:
        """Say what begins there, as the event itself says it."""
        kind = offering.all_triggers().get(self.event)
        if kind is None or not (self.page or self.category):
            return say("{event}", event=_started(self.event))
        typed: dict[str, Any] = {one: getattr(self, one) for one in ("page", "category") if one in kind.model_fields}
        return say("{event}", event=sentence_of(kind, typed))

    def problems(self) -> list[str]:
        """Report a category where the event knows no goods: nobody would be kept out by it."""
        kind = offering.all_triggers().get(self.event)
        if self.category and (kind is None or "category" not in kind.model_fields):
            return [_("This event is not of goods: take the category out.")]
        return []


def _started(kind: str) -> str:
    words = event_words(kind)
    return words[:1].upper() + words[1:]


class ClockNode(Setup):
    """Waits until an hour of the client's clock."""

    kind: ClassVar[str] = "clock"
    title: ClassVar[str] = gettext_lazy("wait for an hour")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "clock"
    settings: ClassVar[Mapping[str, Setting]] = {
        "hour": Setting(gettext_lazy("Hour"), help=gettext_lazy("By the client's clock, such as 10:00"))
    }

    hour: str = Field(default="10:00", pattern=HOUR_SHAPE)

    def sentence(self) -> Sentence:
        """Say until when."""
        return say(_("Wait until {hour} by the client's clock"), hour=self.hour)


class AwaitNode(Setup):
    """Waits for an event, not longer than a stretch of time."""

    kind: ClassVar[str] = "await"
    title: ClassVar[str] = gettext_lazy("wait for an event")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "bell-ringing"
    settings: ClassVar[Mapping[str, Setting]] = {
        "event": Setting(gettext_lazy("Event"), options=_awaited, is_picked=True),
        "minutes": Setting(gettext_lazy("Not longer than"), look="minutes"),
    }

    event: str = Field(default="", max_length=80)
    minutes: int = Field(default=1440, ge=1, le=MOST_MINUTES)

    def sentence(self) -> Sentence:
        """Say what is waited for and how long."""
        return say(_("Wait for “{event}”, {minutes} at most"), event=event_words(self.event),
                   minutes=in_words(self.minutes))  # fmt: skip


SETUPS: Mapping[str, type[Setup]] = {
    "wait": WaitNode, "clock": ClockNode, "await": AwaitNode, "stay": StayNode, "door": DoorNode,
    **scene_setups.SETUPS,
}  # fmt: skip
TITLES: "Mapping[str, tuple[_StrPromise, str]]" = {
    "wait": (gettext_lazy("wait"), "hourglass"),
    "clock": (gettext_lazy("wait for an hour"), "clock"),
    "await": (gettext_lazy("wait for an event"), "bell-ringing"),
    "check": (pgettext_lazy("a node of a map", "check a condition"), "filter"),
    "split": (gettext_lazy("split by shares"), "arrows-split"),
}
LIVE_TITLES: "Mapping[str, tuple[_StrPromise, str]]" = {
    "door": (pgettext_lazy("a node of a map", "event: a new phase"), "bolt"),
    "stay": (gettext_lazy("wait while he is on the page"), "hourglass"),
    **TITLES,
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "wait": {"minutes": 1440},
    "clock": {"hour": "10:00"},
    "await": {"event": "", "minutes": 1440},
    "check": {"of": "", "filters": {}},
    "split": {"shares": [50, 50]},
    "stay": {"seconds": 35, "page": "this"},
    "door": {"event": "", "page": "", "category": "", "name": ""},
}


def way_words(node: Node, way: str) -> str:
    """Return what stands beside an exit."""
    match node.kind:
        case "ask" | "fork" | "act":
            return wholes.way_words(node, way)
        case "check":
            return _("yes") if way == "yes" else _("no")
        case "await":
            return _("it came") if way == "came" else _("it did not")
        case "stay":
            return _("stayed") if way == "stayed" else _("left before")
        case "split":
            shares = node.set.get("shares", [])
            return f"{shares[int(way)]} %" if way.isdecimal() and int(way) < len(shares) else ""
    return ""


def steps_offered(subject: str, actor: Actor | None = None) -> dict[str, type[Step]]:
    """Return by kind the steps that suit records of a kind and need nobody to answer."""
    if subject == SUBJECT:
        return dict(wholes.talk_steps(actor))
    traveller = offering.find_traveller(subject)
    known = all_steps() if actor is None else steps_for(actor)
    return {
        one.kind: one
        for one in known
        if traveller is not None
        and not one.by_person
        and all(issubclass(traveller.opener, need) for need in one.needs)
    }


def setup_of(node: Node) -> type[Setup] | None:
    """Return the type of a node's settings, None for those with a form of their own."""
    if node.kind == "act":
        kind = str(node.set.get("step", {}).get("kind", ""))
        return next((one for one in all_steps() if one.kind == kind), None)
    return SETUPS.get(node.kind)


def typed_of(node: Node) -> dict[str, Any]:
    """Return the settings of a node as its form takes them."""
    held: Mapping[str, Any] = node.set.get("step", {}) if node.kind == "act" else node.set
    return {name: value for name, value in held.items() if name != "kind"}


def filter_words(kind: str, filters: Mapping[str, str], known: Mapping[str, facets.Facet]) -> str:
    """Say conditions in one line."""
    said = []
    for name, text in filters.items():
        code, how = facets.split_name(name)
        facet = known.get(code)
        said.append(f"{facet.name if facet else code}: {condition_words(facet, how, text)}")
    return "; ".join(said)


class Speaker:
    """Says nodes in words; facets are asked for once a kind."""

    def __init__(self, subject: str, actor: Actor) -> None:
        self.subject, self.actor = subject, actor
        self._facets: dict[str, Mapping[str, facets.Facet]] = {}

    def facets(self, kind: str) -> Mapping[str, facets.Facet]:
        """Return what may be asked of records of a kind."""
        if kind not in self._facets:
            self._facets[kind] = facets.facets_of(kind, self.actor)
        return self._facets[kind]

    def words(self, node: Node) -> str:
        """Say a node."""
        if node.kind == "check":
            kind = str(node.set.get("of") or ("client" if self.subject == SUBJECT else self.subject))
            said = filter_words(kind, node.set.get("filters", {}), self.facets(kind))
            return said or _("No condition yet")
        if node.kind == "split":
            said = " / ".join(f"{one} %" for one in node.set.get("shares", []))
            words = _("Split: %(shares)s, money decides") if node.set.get("is_test") else _("Split: %(shares)s")
            return words % {"shares": said}
        return sentence_of(setup_of(node), typed_of(node))

    def problems(self, node: Node) -> list[str]:
        """Return what is wrong with a node, in words."""
        if node.kind == "check":
            return self._check_problems(node)
        if node.kind == "split":
            return [] if good_shares(node.set.get("shares", [])) else [_("The shares must make 100 %.")]
        if node.kind in ("stay", "door") and not offering.is_live(self.subject):
            return [_("This step does not suit: remove it, or choose another.")]
        kind = setup_of(node)
        if kind is None or (node.kind == "act" and kind.kind not in steps_offered(self.subject)):
            return [_("This step does not suit: remove it, or choose another.")]
        return sorted(set(StepChecker(Subject(self.subject, 0)).problems(kind, typed_of(node)).values()))

    def _check_problems(self, node: Node) -> list[str]:
        kind, filters = str(node.set.get("of") or self.subject), node.set.get("filters", {})
        if not filters:
            return [_("Say what is checked.")]
        _wanted, problems = facets.condition(kind, dict(filters), self.actor, known=self.facets(kind))
        return [_("A condition makes no sense any more: take it out.")] if problems else []


def good_shares(shares: object) -> bool:
    """Tell whether shares are two to five whole percents that make a hundred."""
    if not isinstance(shares, list) or not 2 <= len(shares) <= MOST_SHARES:
        return False
    return all(isinstance(one, int) and one > 0 for one in shares) and sum(shares) == 100


def sentence_of(kind: type[Setup] | None, typed: Mapping[str, Any]) -> str:
    """Say a step in one line, its title where its settings are not complete."""
    if kind is None:
        return _("A step that nobody knows any more")
    try:
        said = kind.model_validate(dict(typed)).sentence()
    except ValidationError:
        title = str(kind.title)
        return title[:1].upper() + title[1:]
    return "".join(one if isinstance(one, str) else one.words for one in said)


def trigger_words(held: Map) -> str:
    """Say what begins a map."""
    if isinstance(held, Scene):
        return "".join(one if isinstance(one, str) else one.words for one in starts.start_of(held).sentence())
    kind = offering.all_triggers().get(str(held.trigger.get("kind", "")))
    if kind is None:
        return _("Choose what begins it")
    return sentence_of(kind, {name: value for name, value in held.trigger.items() if name != "kind"})


def subject_of(held: Map) -> str:
    """Return the kind of record that walks a map, empty while nothing begins it."""
    if isinstance(held, Scene):
        return SUBJECT
    kind = offering.all_triggers().get(str(held.trigger.get("kind", "")))
    return kind.subject if kind else ""


def kinds_offered(held: Map) -> "Mapping[str, tuple[str | _StrPromise, str]]":
    """Return the kinds of nodes that a map may have, with their names and icons; steps are offered beside them."""
    if isinstance(held, Scene):
        return scene_setups.TITLES
    return LIVE_TITLES if offering.is_live(subject_of(held)) else TITLES


def defaults_of(held: Map, kind: str) -> dict[str, Any] | None:
    """Return the settings that a new node of a kind begins with, None where the map has no such nodes."""
    found = (scene_setups.DEFAULTS if isinstance(held, Scene) else DEFAULTS).get(kind)
    if kind in ("stay", "door") and not offering.is_live(subject_of(held)):
        return None
    return None if found is None else dict(found)


def ways_kept(kind: type[Setup]) -> dict[str, Any]:
    """Return the exits of a step that has its own, as its node keeps them."""
    return {"ways": list(kind.ways)} if issubclass(kind, TalkStep) else {}


def subject_words(kind: str) -> str:
    """Return the name of a kind of record."""
    return str(subject_kind(kind).name) if kind else ""


def trigger_problems(held: Map) -> list[str]:
    """Return what is wrong with what begins a map."""
    if isinstance(held, Scene):
        return starts.start_of(held).problems()
    kind = offering.all_triggers().get(str(held.trigger.get("kind", "")))
    if kind is None:
        return [_("Say what begins the automation.")]
    typed = {name: value for name, value in held.trigger.items() if name != "kind"}
    return sorted(set(StepChecker(Subject(kind.subject, 0)).problems(kind, typed).values()))


def map_problems(held: Map, actor: Actor) -> dict[str, list[str]]:
    """Return what keeps a map from being published, by node; "" is its beginning."""
    speaker = Speaker(subject_of(held), actor)
    found = {"": trigger_problems(held)}
    if not held.nodes:
        found[""].append(_("The map is empty: add a step."))
    if held.goal and held.goal not in {one.kind for one in offering.awaited(speaker.subject)}:
        found[""].append(_("The goal suits no more: choose another."))
    if held.only and facets.condition(
        speaker.subject, dict(held.only), actor, known=speaker.facets(speaker.subject)
    )[1]:  # fmt: skip
        found[""].append(_("A condition makes no sense any more: take it out."))
    found |= {one.id: speaker.problems(one) for one in held.nodes}
    if isinstance(held, Scene):
        for key, words in wholes.whole_problems(held).items():
            found[key] = list(dict.fromkeys([*found.get(key, []), *words]))
    return {key: words for key, words in found.items() if words}
