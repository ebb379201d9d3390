"""Typed readers of the environment that fail at start with a sentence a person can act on."""

import ipaddress
import os
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")


class SettingError(Exception):
    """A setting is absent or wrong; the message names it and says how to mend it."""


def read(name: str, parse: Callable[[str], T], default: T) -> T:
    """Read the environment variable `name` with `parse`; an empty value counts as absent.

    Raises SettingError with the reason of `parse`'s ValueError.
    """
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except ValueError as error:
        raise SettingError(f"{name}={raw!r}: {error}") from error


def is_loopback(host: str) -> bool:
    """Tell whether the host, by name or address, is this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def text(raw: str) -> str:
    """Return the value as it is."""
    return raw


def imap(raw: str) -> str:
    """Check the address of a mailbox: imaps://login:password@host:port/FOLDER."""
    parts = urlsplit(raw)
    if raw and (parts.scheme != "imaps" or not parts.hostname or not parts.username):
        raise ValueError("a mailbox is imaps://login:password@host:port/FOLDER")
    return raw


def port(raw: str) -> int:
    """Parse a TCP port from 1 to 65535."""
    if not raw.isdigit() or not 1 <= int(raw) <= 65535:
        raise ValueError("a port is a whole number from 1 to 65535")
    return int(raw)


def count(raw: str) -> int:
    """Parse a whole number from 0 to 10000."""
    if not raw.isdigit() or int(raw) > 10_000:
        raise ValueError("expected a whole number from 0 to 10000")
    return int(raw)


def flag(raw: str) -> bool:
    """Parse yes or no."""
    words = {
        "1": True,
        "yes": True,
        "true": True,
        "on": True,
        "0": False,
        "no": False,
        "false": False,
        "off": False,
    }
    if raw.lower() not in words:
        raise ValueError("expected yes or no")
    return words[raw.lower()]


def words(raw: str) -> list[str]:
    """Parse a list divided by commas."""
    return [word.strip() for word in raw.split(",") if word.strip()]


def networks(raw: str) -> list[str]:
    """Parse networks and addresses divided by commas, like `10.0.0.0/8, 192.168.1.7`."""
    try:
        return [str(ipaddress.ip_network(word)) for word in words(raw)]
    except ValueError as error:
        raise ValueError(f"expected networks like 10.0.0.0/8, 192.168.1.7 ({error})") from error


def folder(raw: str) -> Path:
    """Parse an absolute or home-relative folder; it is made on first use."""
    path = Path(raw).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("this is a file, a folder is expected")
    return path.resolve()


def private_key(raw: str) -> bytes:
    """Read the file of an RSA key in PEM; one that cannot sign would be found out by each letter."""
    try:
        key = Path(raw).expanduser().read_bytes()
    except OSError as error:
        raise ValueError(f"this file cannot be read ({type(error).__name__})") from error
    from voronka.kit.pem import read_rsa_key  # takes as long to import as all of the settings, and few have a key

    read_rsa_key(key)
    return key


def site(raw: str) -> str:
    """Parse the address of a site, without a path: `https://shop.example.com`."""
    parts = urlsplit(raw.rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError("expected an address like https://shop.example.com")
    return raw.rstrip("/")


def postgres_url(raw: str) -> dict[str, str]:
    """Parse `postgresql://user:password@host:port/name` into Django's keys.

    A folder as host (`postgresql:///name?host=/run/postgresql`) means a unix socket.
    """
    parts = urlsplit(raw)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("expected postgresql://user:password@host:port/database")
    name = parts.path.lstrip("/")
    if not name:
        raise ValueError("the name of the database is missing after the last /")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "NAME": unquote(name),
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
    }
