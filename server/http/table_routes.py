"""Own data over HTTP: `POST /api/table` tells what a file holds, `POST /api/table/data` makes a run's data of it.

Both have the file as their body, and nothing is kept: the page holds the file until its person has chosen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic_core import to_json
from starlette.requests import ClientDisconnect

from server.http.security import origin_allowed
from server.http.table_data import Choices, describe, inline_data
from server.http.tables import Bounds, TableError, TableLimitError
from server.settings import Settings
from server.wire.limits import met

TYPES = ("text/csv", "text/tab-separated-values", "application/octet-stream")


PATIENCE = 60
"""Seconds that a file may take to come."""


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def table_routes(settings: Settings) -> APIRouter:
    """The two routes. A refusal is {"code", "detail"}, the detail in words for the person who dropped the file."""
    router = APIRouter()
    bounds = Bounds(settings.max_table_bytes, settings.max_table_rows, settings.max_table_columns)
    one_at_a_time = asyncio.Semaphore(1)  # a large table takes a second and some hundred megabytes
    under_way = 0

    async def answer(request: Request, make: Callable[[bytes], dict[str, Any]]) -> Response:
        nonlocal under_way
        if under_way >= settings.max_uploads:
            met("max_uploads")
            return _refusal(503, "limit", "The server reads other tables; try again in a moment.", f"{settings.max_uploads}")
        under_way += 1
        try:
            body = await _body(request, settings, bounds)
            async with one_at_a_time:
                content = await asyncio.to_thread(lambda: to_json(make(body)))
            # What a run is begun with has to fit into one command.
            if len(content) > 0.95 * settings.max_inline_bytes:
                raise TableError("The chosen columns are too many numbers for this server; choose fewer inputs.")
            return Response(content, media_type="application/json")
        except _RefusedError as refusal:
            return _refusal(refusal.status, refusal.code, refusal.detail)
        except TableLimitError as refusal:
            met(refusal.limit)
            large = refusal.limit == "max_table_bytes"
            return _refusal(413 if large else 422, "too_large" if large else "limit", str(refusal), refusal.allowed)
        except TableError as refusal:
            return _refusal(422, "table", str(refusal))
        finally:
            under_way -= 1

    @router.post("/api/table")
    async def table(request: Request) -> Response:
        return await answer(request, lambda body: describe(body, bounds))

    @router.post("/api/table/data")
    async def data(
        request: Request,
        target: Annotated[int, Query(ge=0)],
        task: Literal["classification", "regression"],
        inputs: Annotated[list[int], Query(max_length=1024)],
        damaged: Literal["leave_out", "fill"] = "leave_out",
        test_fraction: Annotated[float, Query(ge=0, le=0.95)] = 0.3,
        standardize: bool = True,
        seed: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        title: Annotated[str, Query(max_length=1000)] = "own data",
    ) -> Response:
        choices = Choices(target, task, tuple(inputs), damaged, test_fraction, standardize, seed, title)
        return await answer(request, lambda body: inline_data(body, choices, bounds))

    return router


async def _body(request: Request, settings: Settings, bounds: Bounds) -> bytes:
    """The file, read no further than it may be long."""
    if not origin_allowed(request.headers, settings.origins):
        raise _RefusedError(403, "origin", "Another site may not send tables here.")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in TYPES:
        raise _RefusedError(415, "type", f"A table is sent as {', '.join(TYPES)}.")
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                bounds.check_bytes(len(body))
    except TimeoutError:
        raise _RefusedError(408, "timeout", f"The file did not come within {PATIENCE} seconds.") from None
    except ClientDisconnect:
        raise _RefusedError(400, "gone", "The file did not come whole.") from None
    return bytes(body)


def _refusal(status: int, code: str, detail: str, allowed: str | None = None) -> Response:
    told = {"code": code, "detail": detail} | ({} if allowed is None else {"allowed": allowed})
    return JSONResponse(told, status)
