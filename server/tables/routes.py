"""Own data over HTTP: `POST /api/table` tells what a file holds, `POST /api/table/data` makes a run's data of it.

Both have the file as their body, and nothing is kept: the page holds the file until its person has chosen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Concatenate, Literal, ParamSpec, TypeAlias

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import StringConstraints
from pydantic_core import to_json
from starlette.requests import ClientDisconnect

from server.http.security import origin_allowed
from server.reading.reader import BusyError, Reader, ReadingError
from server.settings import Settings
from server.tables.limits import Bounds, TableError, TableLimitError
from server.tables.shares import generators
from server.tables.training_data import Choices, describe, inline_data
from server.tables.uploads import PATIENCE, SILENCE, NoPlaceError, Upload, Uploads
from server.wire.limits import address_of, met

Seed: TypeAlias = Annotated[int, Query(ge=0, lt=2**53)]
Share: TypeAlias = Annotated[float, Query(ge=0, le=0.95)]
Use: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9]{1,4}:[a-z_]{1,20}$")]
Randoms: TypeAlias = tuple[np.random.Generator, np.random.Generator]
TYPES = ("text/csv", "text/tab-separated-values", "application/octet-stream")
Readings: TypeAlias = Annotated[tuple[str, ...], Query(max_length=1024)]
P = ParamSpec("P")
Making: TypeAlias = Callable[Concatenate[bytes, P], bytes]


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def described(body: bytes, bounds: Bounds, readings: Sequence[str], randoms: Randoms) -> bytes:
    """In the process that reads: what a file holds, as JSON."""
    return to_json(describe(body, bounds, readings, randoms[1]))


def made(body: bytes, choices: Choices, bounds: Bounds, randoms: Randoms, most: float) -> bytes:
    """In the process that reads: the data of a run, as JSON of at most so many bytes."""
    found = inline_data(body, choices, bounds, randoms)
    content = to_json(found)
    if len(content) > most:
        inputs = len(found["data"]["columns"])
        rows = sum(found["rows"][name] for name in ("train", "validation", "test"))
        size = f"{rows:,} rows × {inputs:,} inputs = {rows * inputs:,} numbers"
        raise TableError(f"{size} are more than this server takes for a run. Fewer rows or fewer inputs would do.")
    return content


def uses_in(words: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """How columns are taken, from `<column>:<how>`, several times for several parts of a date."""
    found: dict[int, tuple[str, ...]] = {}
    for word in words:
        column, _, name = word.partition(":")
        found[int(column)] = (*found.get(int(column), ()), name)
    return found


def table_routes(settings: Settings, reader: Reader) -> APIRouter:
    """The two routes. A refusal is {"code", "detail"}, the detail in words for the person who dropped the file."""
    router = APIRouter()
    bounds = Bounds(settings.max_table_bytes, settings.max_table_rows, settings.max_table_columns)
    uploads = Uploads(settings.max_uploads)

    async def answer(request: Request, make: Making[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        address = address_of(request.client.host if request.client else None)
        try:
            upload = uploads.enter(address)
        except NoPlaceError:
            return _busy(settings)
        try:
            async with asyncio.timeout(None) as until:
                upload.begin(until)
                body = await _body(request, settings, bounds, upload)
                content = await reader.call(address, make, body, *args, **kwargs)
            return Response(content, media_type="application/json")
        except TimeoutError:
            if upload.gave_way:
                return _busy(settings)
            words = f"The file did not come within {PATIENCE:g} seconds, or nothing of it for {SILENCE:g}."
            return _refusal(408, "timeout", words)
        except BusyError:
            return _busy(settings)
        except ReadingError as error:
            return _refusal(422, "too_large", f"The table was not read. {error}.")
        except _RefusedError as refusal:
            return _refusal(refusal.status, refusal.code, refusal.detail)
        except TableLimitError as refusal:
            met(refusal.limit)
            large = refusal.limit == "max_table_bytes"
            return _refusal(413 if large else 422, "too_large" if large else "limit", str(refusal), refusal.allowed)
        except TableError as refusal:
            return _refusal(422, "table", str(refusal))
        finally:
            uploads.leave(upload)

    @router.post("/api/table")
    async def table(request: Request, reading: Readings = (), seed: Seed = 0) -> Response:
        return await answer(request, described, bounds, reading, await asyncio.to_thread(generators, seed))

    @router.post("/api/table/data")
    async def data(
        request: Request,
        target: Annotated[int, Query(ge=0)],
        task: Literal["classification", "regression"],
        inputs: Annotated[list[int], Query(max_length=1024)],
        damaged: Literal["leave_out", "fill"] = "leave_out",
        test_fraction: Share = 0.3,
        validation_fraction: Share = 0.0,
        standardize: bool = True,
        seed: Seed = 0,
        title: Annotated[str, Query(max_length=1000)] = "own data",
        taken_as: Annotated[tuple[Use, ...], Query(alias="as", max_length=4096)] = (),
        rows: Annotated[int | None, Query(ge=2)] = None,
        reading: Readings = (),
    ) -> Response:
        choices = Choices(
            target,
            task,
            tuple(inputs),
            damaged,
            test_fraction,
            standardize,
            seed,
            title,
            reading,
            uses=uses_in(taken_as),
            validation_fraction=validation_fraction,
            rows=rows,
        )
        # What a run is begun with has to fit into one command.
        most = 0.95 * settings.max_inline_bytes
        return await answer(request, made, choices, bounds, await asyncio.to_thread(generators, seed), most)

    return router


async def _body(request: Request, settings: Settings, bounds: Bounds, upload: Upload) -> bytes:
    """The file, read no further than it may be long."""
    if not origin_allowed(request.headers, settings.origins):
        raise _RefusedError(403, "origin", "Another site may not send tables here.")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in TYPES:
        raise _RefusedError(415, "type", f"A table is sent as {', '.join(TYPES)}.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            upload.piece()
            body += chunk
            bounds.check_bytes(len(body))
    except ClientDisconnect:
        raise _RefusedError(400, "gone", "The file did not come whole.") from None
    upload.came()
    return bytes(body)


def _busy(settings: Settings) -> Response:
    met("max_uploads")
    words = "The server reads other tables; try again in a moment."
    return _refusal(503, "limit", words, f"{settings.max_uploads}")


def _refusal(status: int, code: str, detail: str, allowed: str | None = None) -> Response:
    told = {"code": code, "detail": detail} | ({} if allowed is None else {"allowed": allowed})
    return JSONResponse(told, status)
