"""Names and addresses of machines: those that a request's headers name, and this machine's own; the path below which a server
is."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import NamedTuple

import ifaddr

PORTS = {"http": 80, "https": 443}
SCHEMES = ("https:", "vscode-webview:")
"""What pages of no particular host may be of: any of the web's that come encrypted, and what Visual Studio Code shows."""
NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?")
AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::([0-9]{1,5}))?")
PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
LONGEST_PATH = 200
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Host(NamedTuple):
    """A machine as a URL names it."""

    name: str
    """In small letters, without the dot at its end; of an address its shortest form."""
    address: Address | None
    """What the name is, where it is an address itself."""
    port: int | None


def host_of(text: str) -> Host | None:
    """What a Host header, or the part of a URL after `//`, names; None of what names nothing."""
    found = AUTHORITY.fullmatch(text.lower())
    if found is None:
        return None
    name, port = found[1], None if found[2] is None else int(found[2])
    if port is not None and not 0 < port < 65536:
        return None
    if name.startswith("["):
        address = address_of(name[1:-1])
        return Host(str(address), address, port) if address is not None and ":" in name else None
    address = address_of(name)
    if address is not None:
        return Host(str(address), address, port)
    if len(name) > 253 or not NAME.fullmatch(name) or name.rstrip(".").rpartition(".")[2].isdecimal():
        return None  # what ends in a number is an address, and this is none
    return Host(name.rstrip("."), None, port)


def origin_of(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a web page's origin; None of ``null`` and whatever else is none."""
    scheme, _, rest = text.partition("://")
    host = host_of(rest) if scheme.lower() in PORTS else None
    return None if host is None else (scheme.lower(), host.name, host.port or PORTS[scheme.lower()])


def path_of(text: str) -> str:
    """A path below which a server is, without the slash at its end, empty for the root of a host. Raises ValueError."""
    path = text.rstrip("/")
    if path and (len(path) > LONGEST_PATH or not PATH.fullmatch(path)):
        raise ValueError(
            f"a root path is like /tools/chainrule: a slash before each part, of letters, digits and - _ . ~, at most "
            f"{LONGEST_PATH} characters"
        )
    return path


def address_of(text: str) -> Address | None:
    """The address that a text is; an IPv4 one that is written as an IPv6 one is itself."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (getattr(found, "ipv4_mapped", None) or found) if not isinstance(found, ipaddress.IPv4Address) else found


def own_names() -> frozenset[str]:
    """What this machine is called in its network, and on itself."""
    name = socket.gethostname().lower().rstrip(".")
    return frozenset({"localhost", name, name.partition(".")[0], f"{name.partition('.')[0]}.local"} - {""})


def own_addresses() -> list[Address]:
    """Those under which other machines may reach this one, as far as it knows: IPv4 first."""
    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    found = {address_of(ip if isinstance(ip, str) else ip[0]) for ip in ips}
    usable = [each for each in found if each is not None and not (each.is_loopback or each.is_link_local or each.is_multicast)]
    return sorted(usable, key=lambda each: (each.version, int(each)))


def frame_source(text: str) -> str:
    """What a policy's `frame-ancestors` calls those pages that one entry of a list names; ValueError of what names none.

    An origin of nowhere, ``null``, is what every sandbox has: it names nobody. Nothing passes that would end a directive."""
    plain = text.lower()
    if plain.strip("'") == "self":
        return "'self'"
    if plain in SCHEMES:
        return plain
    scheme, _, rest = plain.partition("://")
    any_port = rest.endswith(":*")
    host = host_of(rest.removesuffix(":*").removeprefix("*."))
    if scheme not in PORTS or host is None or (any_port and host.port is not None) or ":" in host.name:
        raise ValueError(
            "pages that may frame this one are 'self', an origin such as https://moodle.school.example, "
            f"https://*.school.example or http://localhost:*, and {' and '.join(SCHEMES)}"
        )
    if host.address is not None and rest.startswith("*."):
        raise ValueError("*. stands before a name, such as https://*.school.example")
    return f"{scheme}://{rest}"
