"""A QR code of a short text as SVG, for a class to join by and a teacher's phone to be its remote. It is asked for by POST, the
text as the body: it may hold a key, which no log of addresses should."""

from __future__ import annotations

import io
import re

import segno
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

MOST = 300
"""Bytes: an address with a code and a key; denser codes are not read from the last row."""
PLAIN = re.compile(rb"[!-~]+")
"""As addresses are: of others each reader guesses what the letters are."""
QUIET = 4
"""Modules of light around it, as the standard wants."""


def svg(text: str) -> bytes:
    """Dark on light whatever the page's theme: readers look for that. Of level M, which bears 15 % of it blurred or hidden.

    >>> svg("learn.school.example/join#K7FQ")[:4]
    b'<svg'
    """
    out = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False)
    code.save(out, kind="svg", border=QUIET, xmldecl=False, omitsize=True, light="#fff", dark="#1c2330")
    return out.getvalue()


def qr_routes() -> APIRouter:
    router = APIRouter()

    @router.post("/api/qr")
    async def qr(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST:
                return _refusal(413, f"a text of at most {MOST} bytes")
        if not PLAIN.fullmatch(body):
            return _refusal(422, "an address in ASCII, without spaces")
        text = body.decode("ascii")
        return Response(svg(text), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    return router


def _refusal(status: int, allowed: str) -> Response:
    return JSONResponse({"code": "qr", "detail": f"Of this no QR code is made; allowed: {allowed}."}, status)
