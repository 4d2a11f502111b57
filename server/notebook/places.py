"""Where this Python runs, and how a browser comes from there to a port of its machine."""

from __future__ import annotations

import os
import sys
from typing import Literal, get_args

Way = Literal["local", "proxy", "colab"]
Through = Literal["auto", "local", "proxy", "colab"]
HUB = "JUPYTERHUB_SERVICE_PREFIX"
"""Set where the browser is on another machine than the kernel: on a JupyterHub, and so on Binder."""


def in_notebook() -> bool:
    """Whether what a cell returns is drawn: Jupyter, JupyterLab, VS Code and Colab have a kernel, marimo has its own."""
    if (marimo := sys.modules.get("marimo")) is not None and getattr(marimo, "running_in_notebook", bool)():
        return True
    found = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return found is not None and hasattr(found, "kernel")


def way(through: str) -> Way:
    """How the browser is to come here. ValueError for what is none."""
    if through not in get_args(Through):
        raise ValueError(f"through: {through!r} given; allowed: {', '.join(get_args(Through))}")
    if through != "auto":
        return through  # type: ignore[return-value]  # one of the others
    if "google.colab" in sys.modules:
        return "colab"
    return "proxy" if os.environ.get(HUB) else "local"


def proxied(port: int, path: str) -> str:
    """The path of a port behind jupyter-server-proxy, below the notebook's own address where a hub tells it."""
    return f"{os.environ.get(HUB, '')}proxy/{port}{path}"
