"""A QR code says what it was asked to, and nothing is made of what is none."""

from __future__ import annotations

import http.client
import json
import re

import numpy as np
import pytest
import zxingcpp
from live_server import Live

from server.http.qr import MOST

SCALE = 8
"""Pixels of a module, for who reads it."""


def asked(live: Live, body: bytes) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("POST", "/api/qr", body=body)
    response = connection.getresponse()
    found = response.status, response.headers.get("content-type", ""), response.read()
    connection.close()
    return found


def drawn(svg: str) -> np.ndarray:
    """The modules as grey pixels: lines of modules, each moved to and drawn to the right."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \d+"', svg)[0])
    [lines] = re.findall(r'stroke="#1c2330" d="([^"]+)"', svg)
    found = np.full((size, size), 255, np.uint8)
    x, y = 0.0, 0.0
    for sign, numbers in re.findall(r"([Mmh])(-?[\d.]+(?: ?-?[\d.]+)?)", lines):
        values = [float(each) for each in re.findall(r"-?\d*\.?\d+", numbers)]
        if sign == "h":
            found[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        else:
            x, y = (values[0], values[1]) if sign == "M" else (x + values[0], y + values[1])
    return np.kron(found, np.ones((SCALE, SCALE), np.uint8))


@pytest.mark.parametrize(
    "text",
    ["https://learn.school.example/join#K7FQ", "http://192.0.2.7:8000/join#remote=K7FQ." + "A-z_9" * 5, "x" * MOST],
)
def test_another_program_reads_what_was_asked_for(live: Live, text: str) -> None:
    status, kind, body = asked(live, text.encode())
    assert (status, kind) == (200, "image/svg+xml")
    [read] = zxingcpp.read_barcodes(drawn(body.decode()))
    assert read.text == text and read.format == zxingcpp.BarcodeFormat.QRCode


@pytest.mark.parametrize(
    ("body", "status", "allowed"),
    [
        (b"x" * (MOST + 1), 413, "at most 300 bytes"),
        (b"", 422, "ASCII"),
        (b"a b", 422, "without spaces"),
        (b"\xc3\xa9", 422, "ASCII"),
    ],
)
def test_of_what_is_no_short_text_none_is_made(live: Live, body: bytes, status: int, allowed: str) -> None:
    found, _, words = asked(live, body)
    assert found == status and allowed in json.loads(words)["detail"]
