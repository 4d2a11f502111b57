"""Who may open the socket, which host a request may name, and the headers that go with every answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from server.hosts import PORTS, address_of, host_of, origin_of, own_addresses, own_names

NOBODY = "'none'"
READ_BY = "Cross-Origin-Resource-Policy"


def headers_for(ancestors: Sequence[str] = ()) -> dict[str, str]:
    """What goes with every answer, where these pages may show it in a frame; none may where none is named.

    Plotly sets styles on its elements, hence ``'unsafe-inline'`` for them; scripts come from files alone. There is no
    X-Frame-Options: it could name no list, and would contradict the policy."""
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors {' '.join(ancestors) or NOBODY}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        READ_BY: "same-origin",
    }


HEADERS = headers_for()
"""Those of a server that nobody may frame."""
UNKNOWN_HOST = (
    "This server does not go by that name. Open it by its address, or let whoever runs it add the name to "
    "CHAINRULE_ALLOWED_HOSTS."
)


def origin_allowed(headers: Headers, origins: Iterable[str]) -> bool:
    """A page of another site must not drive a session here. Programs other than browsers send no origin."""
    texts = headers.getlist("origin")
    if not texts:
        return True
    origin = origin_of(texts[0]) if len(texts) == 1 else None
    if origin is None:
        return False
    scheme, name, port = origin
    host = host_of(headers.get("host", ""))
    same = host is not None and (host.name, host.port or PORTS[scheme]) == (name, port)
    return same or origin in map(origin_of, origins)


def host_allowed(texts: Sequence[str], reached: object, allowed: Iterable[str], own: Iterable[str]) -> bool:
    """Whether a request names a host that is this server, having come in at the address `reached`. A site whose name leads to
    this machine for a moment could else read what is served here, as if it were its own; by an address alone no site can.
    Programs other than browsers may name none."""
    if not texts:
        return True
    host = host_of(texts[0]) if len(texts) == 1 else None
    if host is None:
        return False
    local = address_of(reached) if isinstance(reached, str) else None
    if local is None or host.name in own or any(_names(entry, host.name) for entry in allowed):
        return True
    if host.address is None:
        return False
    return not local.is_loopback or host.address.is_loopback or host.address.is_unspecified or host.address in own_addresses()


def _names(entry: str, name: str) -> bool:
    """Whether an entry of the list of allowed hosts names a host: ``*`` names all, ``*.x`` all below x."""
    if entry.startswith("*"):
        return name.endswith(entry[1:])
    host = host_of(entry)
    return host is not None and host.name == name


class KnownHosts:
    """ASGI middleware: who names a host that is not this server is not answered."""

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...]) -> None:
        self._app, self._allowed, self._own = app, allowed, own_names()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind in ("http", "websocket"):
            reached = (scope.get("server") or (None,))[0]
            if not host_allowed(Headers(scope=scope).getlist("host"), reached, self._allowed, self._own):
                refusal = JSONResponse({"detail": UNKNOWN_HOST}, 421)
                if kind == "websocket":
                    await WebSocket(scope, receive, send).send_denial_response(refusal)
                else:
                    await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SecurityHeaders:
    """ASGI middleware: `headers_for` its pages, on every answer, errors included. What everybody may read says so."""

    def __init__(self, app: ASGIApp, ancestors: tuple[str, ...] = ()) -> None:
        self._app, self._headers = app, headers_for(ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                found = MutableHeaders(scope=message)
                own = found.get(READ_BY)
                found.update(self._headers)
                if own is not None:
                    found[READ_BY] = own
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] in ("http", "websocket") else send)
