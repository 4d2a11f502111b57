"""``show``: a run or a race in the page, where the notebook is."""

from __future__ import annotations

import html
import sys
import webbrowser
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from engine import Trainer
from engine.race import NetworkRace
from server.notebook.places import in_notebook, proxied, way
from server.notebook.serving import LOCAL, Serving, serving
from server.notebook.shared import KINDS, Hold, Shared, share

LEAST_HEIGHT, MOST_HEIGHT = 200, 4000
NO_WIDGETS = (
    "A notebook shows this by anywidget, which is not installed: run  pip install 'chainrule[notebook]'  (or  pip install "
    "anywidget), restart the kernel, and run the cells again. Until then it is here, in a tab of its own:"
)
_frames: list[type] = []
"""The class of the widgets, once one was wanted: what it is made from may not be installed."""


class Shown:
    """A run or race as it is shown. The last line of a cell, it draws the page; any number may be drawn of one run."""

    def __init__(self, shared: Shared[Any], server: Serving, path: str, place: dict[str, Any]) -> None:
        self._shared, self._server, self._path, self._place = shared, server, path, place

    @property
    def address(self) -> str:
        """Of the page, for a browser of this machine. Whoever has it may do all that the page can."""
        return f"http://{LOCAL}:{self._server.port}{self._path}{self._place['query']}"

    def alone(self) -> AbstractContextManager[None]:
        """``with shown.alone(): …``: pages wait until all that is done within is done. A single call needs no such thing."""
        return Hold(self._shared)

    def __repr__(self) -> str:
        return f"<{type(self._shared.value).__name__} shown at {self.address}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        widget = _widget(self._place)
        if widget is not None:
            return widget._repr_mimebundle_(**kwargs)
        address = html.escape(self.address)
        link = f'<a href="{address}" target="_blank" rel="noopener">{address}</a>'
        return {"text/plain": f"{NO_WIDGETS} {self.address}", "text/html": f"<p>{html.escape(NO_WIDGETS)} {link}</p>"}, {}

    def _display_(self) -> Any:
        """As marimo asks."""
        widget = _widget(self._place)
        if widget is None:
            return f"{NO_WIDGETS} {self.address}"
        return sys.modules["marimo"].ui.anywidget(widget)


def show(run: Any, *, through: str = "auto", height: int = 640) -> Shown:
    """Show a `Trainer`, a race on a surface (`Race`) or one on the network (`NetworkRace`): in a notebook below the cell, else
    in a browser.

    The page has the very object, not a copy: what is played, sought or changed there is so here, and what is done here is drawn
    there. A call such as ``run.step(10)`` waits for the slice that a page is playing, some milliseconds, and pages wait for it.
    ``through``: "local" where the browser is on the kernel's machine, "proxy" by jupyter-server-proxy where it is on another,
    "colab"; "auto" finds out.
    """
    if not isinstance(run, KINDS):
        raise TypeError(f"run: {type(run).__name__} given; allowed: a Trainer, a Race or a NetworkRace of chainrule's engine")
    if isinstance(height, bool) or not isinstance(height, int) or not LEAST_HEIGHT <= height <= MOST_HEIGHT:
        raise ValueError(f"height: {height!r} given; allowed: {LEAST_HEIGHT} to {MOST_HEIGHT} pixels, a whole number")
    how, shared, server = way(through), share(run), serving()
    if shared.served is None or shared.served[0] is not server:
        shared.served = server, server.install(shared)
    path = shared.served[1]
    query, title = _asked(run)
    place = {
        "way": how,
        "port": server.port,
        "path": path,
        "proxied": proxied(server.port, path),
        "query": query,
        "height": height,
        "title": title,
    }
    shown = Shown(shared, server, path, place)
    if not in_notebook():
        print(f"{shown!r}, for as long as this Python runs", flush=True)
        webbrowser.open(shown.address)
    return shown


def _asked(run: Any) -> tuple[str, str]:
    """What of the page is shown, and the frame's name for those who hear it."""
    if isinstance(run, Trainer):
        return "?embed=train", "chainrule: a network that learns"
    if isinstance(run, NetworkRace):
        return "?embed=race#on=network", "chainrule: a race on the network"
    return "?embed=race", "chainrule: a race on a surface"


def _widget(place: dict[str, Any]) -> Any:
    """One more frame; None where there is nothing to make it with."""
    if not _frames:
        try:
            import anywidget
            import traitlets
        except ImportError:
            return None
        fields = {"_esm": Path(__file__).with_name("frame.js"), "place": traitlets.Dict().tag(sync=True)}
        _frames.append(type("Frame", (anywidget.AnyWidget,), fields))
    return _frames[0](place=place)
