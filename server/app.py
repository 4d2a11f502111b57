"""The application: its routes, and what lives as long as it does (sessions, worker threads, the warm-up)."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import JSONResponse, RedirectResponse, Response

from server import activities, metrics
from server.bus import choice
from server.coverage import document as coverage
from server.guide import document as guide
from server.http.assets import PageFiles, PlotlyJs, web_folder
from server.http.documents import Documents
from server.http.page import PREFIX, Page
from server.http.qr import qr_routes
from server.http.root_path import Proxies, RootPath
from server.http.security import KnownHosts, SecurityHeaders, headers_for
from server.keeping import versions
from server.keeping.database import Database
from server.keeping.experiments import Experiments
from server.keeping.keeper import Keeper
from server.memory import give_back
from server.mirror.hub import Mirrors
from server.mirror.socket import Following
from server.protocol import WarmUp
from server.protocol import room as room_protocol
from server.reading.reader import Reader
from server.room.service import Rooms
from server.room.socket import RoomSocket
from server.session.activity import Kind
from server.session.hosting import Hosting
from server.session.registry import Sessions
from server.session.scheduler import Scheduler
from server.session.socket import Connection
from server.settings import Settings
from server.tables.routes import table_routes
from server.warmup import Kernels
from server.wire import connections
from server.wire.connections import Connections
from server.wire.limits import table

log = logging.getLogger("chainrule")


def create_app(settings: Settings | None = None, kinds: Sequence[Kind] | None = None) -> FastAPI:
    """A server with these settings, or those of the environment; its sessions host these kinds of activity, or all that are
    registered."""
    settings = settings or Settings.from_environment()
    hosting = Hosting(activities.registered() if kinds is None else kinds)
    plotly = PlotlyJs()
    figures_of = [kind.figures for kind in hosting.kinds if kind.figures is not None]
    served = {path: make for kind in hosting.kinds for path, make in kind.documents.items()}
    served["/api/coverage"] = coverage.document
    documents = Documents(plotly, figures_of, served)
    page = Page(web_folder(), {"guide/index.html": guide.filled})
    reader = Reader(settings.max_reader_bytes)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        loop = asyncio.get_running_loop()
        give_back()

        def announce(progress: WarmUp) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(sessions.announce, progress)

        scheduler = Scheduler(settings.threads, settings.slice_seconds)

        def depth() -> int:
            return scheduler.depth

        kernels = Kernels(announce)
        database = Database(settings)
        keeper = Keeper(database, settings.kept_session_expiry, settings.max_kept_sessions, check=versions.check)
        store = Experiments(settings, database)
        sessions = Sessions(settings, scheduler, kernels, store, keeper, hosting)
        app.state.sessions, app.state.kernels, app.state.scheduler = sessions, kernels, scheduler
        app.state.store = store
        bus = app.state.bus = choice.create(settings)
        bus.open()
        rooms = app.state.rooms = Rooms(settings, database, bus)
        mirrors = app.state.mirrors = Mirrors(bus, rooms)
        hosting.services = (bus, rooms, mirrors)
        sessions.start()
        rooms.start()
        kernels.start()
        threading.Thread(target=documents.prepare, args=(kernels,), name="documents", daemon=True).start()
        tasks = [loop.create_task(sessions.expire()), loop.create_task(metrics.keep_looking(sessions, depth))]
        tasks += [loop.create_task(sessions.budget.keep()), loop.create_task(mirrors.keep())]
        app.state.depth, app.state.reader = depth, reader
        log.info("worker started: process %d, %d threads", os.getpid(), settings.threads)
        try:
            yield {connections.STATE: Connections(settings)}
        finally:
            for task in tasks:
                task.cancel()
            reader.close()
            await rooms.close()
            await sessions.close()
            await bus.close()
            await keeper.close()
            database.close()
            scheduler.close()
            log.info("worker stopped: process %d", os.getpid())

    app = FastAPI(title="chainrule", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(KnownHosts, allowed=settings.allowed_hosts)
    app.add_middleware(RootPath, root=settings.root_path, only=settings.only_root_path)
    app.add_middleware(SecurityHeaders, ancestors=settings.frame_ancestors)
    app.add_middleware(Proxies, trusted=settings.trusted_proxies)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # The trace goes to the log, never into the answer; this one is made outside the middleware.
        return JSONResponse({"detail": "Internal server error"}, status_code=500, headers=headers_for(settings.frame_ancestors))

    @app.get("/healthz")
    async def healthz(request: Request) -> Response:
        """Whether this server is worth keeping: also while its kernels compile, but not where no run can ever be built."""
        if request.app.state.kernels.health == "failing":
            return JSONResponse({"status": "failing", "reason": "no run can be built; the log says why"}, status_code=503)
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz(request: Request) -> Response:
        """Whether a learner's run begins at once."""
        health = request.app.state.kernels.health
        return JSONResponse({"status": health}, status_code=200 if health == "ok" else 503)

    @app.get("/api/protocol")
    async def protocol() -> dict[str, Any]:
        return hosting.vocabulary.schema()

    @app.get("/api/room-protocol")
    async def of_rooms() -> dict[str, Any]:
        return room_protocol.schema()

    @app.get("/api/catalog")
    def catalog(request: Request) -> Response:
        return documents.catalog().response(request.headers)

    @app.get("/api/figures")
    def figures(request: Request) -> Response:
        return documents.figures().response(request.headers)

    @app.get("/api/output-curves")
    def output_curves(request: Request) -> Response:
        return documents.curves().response(request.headers)

    def document(path: str) -> Callable[[Request], Response]:
        def served(request: Request) -> Response:
            return documents.other(path).response(request.headers)

        return served

    for path in served:
        app.get(path)(document(path))

    @app.get("/api/limits")
    async def limits() -> dict[str, Any]:
        return table(settings) | {"class": {"refused": choice.missing(settings)}, "frames": settings.frame_ancestors}

    @app.get("/metrics")
    def measured(request: Request) -> Response:
        if not settings.metrics:
            return JSONResponse({"detail": "Not Found"}, status_code=404)
        metrics.look(request.app.state.sessions, request.app.state.depth)
        metrics.weigh(request.app.state.sessions)
        return Response(metrics.text(), media_type=metrics.CONTENT_TYPE)

    @app.get(plotly.path)
    def plotly_js(request: Request) -> Response:
        return plotly.response(request.headers)

    app.include_router(table_routes(settings, reader))
    app.include_router(qr_routes())
    for kind in hosting.kinds:
        if kind.routes is not None:
            app.include_router(kind.routes(settings))

    @app.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        await Connection(websocket, websocket.app.state.sessions, settings, reader).serve()

    @app.websocket("/room")
    async def room(websocket: WebSocket) -> None:
        await RoomSocket(websocket, websocket.app.state.rooms).serve()

    @app.websocket("/mirror")
    async def mirror_socket(websocket: WebSocket) -> None:
        await Following(websocket, websocket.app.state.mirrors, settings).serve()

    @app.get("/")
    def first(request: Request) -> Response:
        return page.first(request.headers)

    @app.get("/join")
    def join(request: Request) -> Response:
        return page.first(request.headers, "join/index.html")

    @app.get("/join/")
    def join_below() -> Response:
        return RedirectResponse("../join", 308)  # the page's own addresses are told from beside it

    @app.get("/guide")
    def read_guide(request: Request) -> Response:
        return page.first(request.headers, "guide/index.html")

    @app.get("/guide/")
    def guide_below() -> Response:
        return RedirectResponse("../guide", 308)  # likewise

    @app.get(PREFIX + "{version}/{path:path}")
    async def page_file(request: Request, version: str, path: str) -> Response:
        return await page.file(version, path, request.headers)

    app.mount("/", PageFiles(directory=web_folder(), html=True))
    return app
