"""Modules that a company, or a role of it, may switch off.

A module owns what its Python packages define: addresses (by their view), sections, pages of settings, panels, steps,
facets. So a part registers itself in one line of its `permissions.py`, and all it contributes, now or later, goes with
the switch. What a switched-off module has kept stays; its listeners go on, so that nothing is missing afterwards.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from django.urls import Resolver404, resolve

from voronka.kit.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Module:
    """Something that can be switched off. `packages` are those whose code belongs to it."""

    code: str
    title: "str | _StrPromise"
    about: "str | _StrPromise"
    icon: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A button, or another single thing, that a role may leave out; `group` is the head it stands under."""

    code: str
    title: "str | _StrPromise"
    group: "str | _StrPromise"


_modules: dict[str, Module] = {}
_items: dict[str, Item] = {}


def register_module(
    code: str, title: "str | _StrPromise", about: "str | _StrPromise", icon: str, *packages: str
) -> Module:
    """Register a module of the packages; the code is unique and stays for ever."""
    if code in _modules:
        raise ValueError(f"module {code} is registered twice")
    _modules[code] = Module(code, title, about, icon, packages)
    return _modules[code]


def register_items(*items: Item) -> None:
    """Register single things that roles may leave out."""
    for one in items:
        if one.code in _items:
            raise ValueError(f"item {one.code} is registered twice")
        _items[one.code] = one


def all_modules() -> list[Module]:
    """Return the modules in the order of registration."""
    return list(_modules.values())


def all_items() -> list[Item]:
    """Return the single things that roles may leave out."""
    return list(_items.values())


def owner_of(thing: object) -> str:
    """Return the code of the module whose packages define a view, a class or a function; empty for none."""
    home = getattr(thing, "__module__", "") or ""
    best = ""
    length = -1
    for module in _modules.values():
        for package in module.packages:
            if (home == package or home.startswith(package + ".")) and len(package) > length:
                best, length = module.code, len(package)
    return best


def owner_of_address(address: str) -> str:
    """Return the code of the module that answers an address; empty for none."""
    return _owner_of_path(address.partition("?")[0])


@cache
def _owner_of_path(path: str) -> str:
    try:
        return owner_of(resolve(path).func)
    except Resolver404:
        return ""


def is_on(actor: Actor, code: str) -> bool:
    """Tell whether the actor works with the module; what belongs to no module is always on."""
    return not code or code not in actor.off


def switched_on(things: Iterable[T], actor: Actor, *, by: Callable[[T], object]) -> Sequence[T]:
    """Return those things whose defining code, as `by` gives it, is of no module that is off for the actor."""
    return [one for one in things if is_on(actor, owner_of(by(one)))] if actor.off else list(things)


def uses(actor: Actor, code: str) -> bool:
    """Tell whether the actor's role uses a single thing: a button, a section of the menu."""
    return code not in actor.unused
