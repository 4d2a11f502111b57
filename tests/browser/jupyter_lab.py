"""A real JupyterLab for the tests of what notebooks show: its environment, its server, a notebook's kernel asked directly.

The environment is made once for all runs of this machine, by uv where it is there, else by pip; JupyterLab has many
dependencies, and they are none of this project's. What the kernel imports beside it is what the tests run with.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from ports import lasting_port
from real_server import ROOT, end_process
from websockets.sync.client import connect

PACKAGES = ("jupyterlab>=4,<5", "ipykernel>=6,<8", "anywidget>=0.9.13,<1", "jupyter-server-proxy>=4,<5")
TOKEN = uuid.uuid4().hex
PATIENCE = 60.0
LIBRARIES = "import sys\nsys.path += {paths!r}\n"
"""A `sitecustomize`: after its own packages the environment has those of the tests."""


class CannotBeHadError(Exception):
    """There is no JupyterLab, and none could be installed: says why."""


def environment() -> Path:
    """The Python of an environment with JupyterLab in it."""
    version = hashlib.sha256(" ".join((sys.version, *PACKAGES)).encode()).hexdigest()[:12]
    place = Path(tempfile.gettempdir()) / f"chainrule-jupyterlab-{os.getuid()}-{version}"
    if not place.is_dir():
        making = Path(tempfile.mkdtemp(prefix=f"{place.name}-"))
        try:
            _make(making)
            making.rename(place)
        except OSError:  # another process was quicker
            if not place.is_dir():
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return place / "bin" / "python"


def _make(folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    python = folder / "bin" / "python"
    install: list[str | Path] = [uv, "pip", "install", "--python", python, "-q"]
    if not uv.exists():
        install = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-compile"]
    for command in ([sys.executable, "-m", "venv", "--without-pip", folder], [*install, *PACKAGES]):
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise CannotBeHadError(f"JupyterLab could not be installed: {done.stderr[-400:]}")


class Lab:
    """A JupyterLab of its own settings, with notebooks in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, lasting_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "libraries").mkdir()
        paths = [str(ROOT), *site.getsitepackages()]
        (folder / "libraries" / "sitecustomize.py").write_text(LIBRARIES.format(paths=paths), encoding="utf-8")
        news = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        news.parent.mkdir(parents=True)
        news.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")
        own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
        own |= {f"JUPYTERLAB_{kind}_DIR": str(folder / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": str(self.port),
            "ServerApp.root_dir": str(folder),
            "ServerApp.open_browser": "False",
            "ServerApp.allow_root": "True",
            "IdentityProvider.token": TOKEN,
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.news_url": "",
        }
        self.log = (folder / "jupyter.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(environment()), "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())],
            env={**os.environ, **own, "PYTHONPATH": str(folder / "libraries")},
            stdout=self.log,
            stderr=self.log,
            text=True,
        )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("status")
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, (folder / "jupyter.log").read_text()[-2000:]
                time.sleep(0.05)

    def end(self) -> None:
        """With every kernel that it has."""
        for kernel in self.ask("kernels"):
            self.ask(f"kernels/{kernel['id']}", "DELETE")
        end_process(self.process)
        self.log.close()

    def ask(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method, headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null")

    def write(self, name: str, *cells: str) -> str:
        """A notebook of these cells; its address."""
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        told = [
            {"cell_type": "code", "id": f"c{place}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
            for place, cell in enumerate(cells)
        ]
        written = {"cells": told, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / name).write_text(json.dumps(written), encoding="utf-8")
        return f"{self.url}/lab/workspaces/{Path(name).stem}/tree/{name}?token={TOKEN}"

    def kernel(self, name: str) -> Kernel:
        """The one that a notebook has by now."""
        (found,) = [session["kernel"]["id"] for session in self.ask("sessions") if session["path"] == name]
        return Kernel(self, found)


class Kernel:
    """Asked as a cell would ask it, without the page."""

    def __init__(self, lab: Lab, id: str) -> None:
        self._lab, self.id = lab, id

    def does(self, code: str) -> str:
        """What the code prints; AssertionError where it fails."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "session": "test",
            "username": "",
            "version": "5.3",
        }
        asked = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": asked, "channel": "shell"}
        said = ""
        address = f"ws://127.0.0.1:{self._lab.port}/api/kernels/{self.id}/channels?token={TOKEN}"
        with connect(address, max_size=None) as socket:
            socket.send(json.dumps(message))
            answered = idle = False
            while not (answered and idle):
                told = json.loads(socket.recv(PATIENCE))
                if told["parent_header"].get("msg_id") != header["msg_id"]:
                    continue
                kind, content = told["msg_type"], told["content"]
                assert kind != "error", "\n".join(content["traceback"])
                said += content["text"] if kind == "stream" else ""
                answered |= kind == "execute_reply"
                idle |= kind == "status" and content["execution_state"] == "idle"
        return said.strip()
