"""chainrule in JupyterLab's launcher, by jupyter-server-proxy: its entry point asks for this."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from server.http.assets import web_folder
from server.notebook.doors import KEY_BYTES


def launcher() -> dict[str, Any]:
    """How Jupyter is to begin a server, and what is drawn of it. The server is for whoever comes through Jupyter alone: it is
    below a path that only Jupyter knows, and other users of the machine find nothing at its port. Jupyter puts the path
    before a request's own (`mappath`), but not before a socket's: there it names it in a header."""
    root = f"/{secrets.token_hex(KEY_BYTES)}"
    return {
        "command": [sys.executable, "-m", "server", "--port", "{port}", "--no-browser", "--root-path", root],
        "environment": {
            "CHAINRULE_ONLY_ROOT_PATH": "on",
            "CHAINRULE_TRUSTED_PROXIES": "127.0.0.1",
            "CHAINRULE_FRAME_ANCESTORS": "'self'",
            "CHAINRULE_ALLOWED_HOSTS": "*",  # Jupyter hands on the name by which it is itself called, and knows who may come
        },
        "mappath": lambda path: root + path,
        "request_headers_override": {"X-Forwarded-Prefix": root},
        "timeout": 60,
        "launcher_entry": {"title": "chainrule", "icon_path": str(web_folder() / "icon.svg")},
    }
