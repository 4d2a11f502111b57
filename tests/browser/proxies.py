"""nginx and Caddy as the examples of `deploy/` have them, but for ports and certificate: https, below a path of their host."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import install_proxies
import pytest
from ports import lasting_port
from real_server import ROOT as CHECKOUT
from real_server import end_process

PATH = "/tools/chainrule"
NAME = "learn.school.example"
STARTS = 30.0
"""Seconds that a proxy is given to answer."""


def certificate(folder: Path) -> tuple[Path, Path]:
    """Self-made, for this machine: its file, and that of its key."""
    made, key = folder / "certificate.pem", folder / "certificate.key"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, *subject, "-out", str(made), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """An example with other values; a value that it does not have is an error of whoever changed it."""
    for wanted, other in pairs:
        text, count = re.subn(wanted, other, text, flags=re.MULTILINE)
        assert count, f"the example has no {wanted}"
    return text


class Proxy:
    """One of the examples, before a server on a port of this machine. Listens from entering on."""

    def __init__(self, example: str, server: int, folder: Path) -> None:
        program = "nginx" if "nginx" in example else "caddy"
        found = install_proxies.find(program)
        if found is None:
            pytest.skip(f"There is no {program}: run tests/browser/install_proxies.py, or `apt-get install {program}`.")
        self._port = lasting_port()
        text = (CHECKOUT / "deploy" / example).read_text()
        self._command = (self._nginx if program == "nginx" else self._caddy)(found, text, server, folder)
        self._environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self._said = folder / "said"

    @property
    def url(self) -> str:
        """Of the page."""
        return f"https://localhost:{self._port}{PATH}"

    def _nginx(self, program: str, text: str, server: int, folder: Path) -> Sequence[str]:
        made, key = certificate(folder)
        site = replaced(
            text,
            (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{server};"),
            (r"listen 443 ssl", f"listen {self._port} ssl"),
            (NAME + r";$", "localhost;"),
            (r"ssl_certificate +\S+;", f"ssl_certificate {made};"),
            (r"ssl_certificate_key +\S+;", f"ssl_certificate_key {key};"),
        )
        (folder / "site.conf").write_text(site)
        whole = folder / "nginx.conf"
        places = "\n".join(
            f"  {name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole.write_text(
            f"daemon off;\nmaster_process off;\npid {folder / 'pid'};\nerror_log stderr warn;\nevents {{}}\n"
            f"http {{\n  access_log off;\n{places}\n  include {folder / 'site.conf'};\n}}\n"
        )
        return [program, "-p", str(folder), "-e", "stderr", "-c", str(whole)]

    def _caddy(self, program: str, text: str, server: int, folder: Path) -> Sequence[str]:
        made, key = certificate(folder)
        site = replaced(
            text,
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{server}"),
            (rf"^{NAME} {{", f"https://localhost:{self._port}, https://127.0.0.1:{self._port} {{\n\ttls {made} {key}"),
        )
        whole = folder / "Caddyfile"
        whole.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site)
        return [program, "run", "--adapter", "caddyfile", "--config", str(whole)]

    def __enter__(self) -> Self:
        with self._said.open("w") as said:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=said, stderr=said)
        deadline = time.monotonic() + STARTS
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, self._said.read_text()
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        end_process(self._process)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), 1.0).close()
        except OSError:
            return False
        return True
