"""The page below a path of its host, as a proxy that leaves the path on a request has it."""

from __future__ import annotations

import re

from live_server import serving
from playwright.sync_api import Page, expect
from train_page import Train

from server.settings import Settings

ROOT = "/tools/chainrule"


def test_page_sockets_links_and_join_keep_to_the_path(page: Page) -> None:
    with serving(Settings(database_url="sqlite://", root_path=ROOT, only_root_path=True)) as live:
        host = f"http://127.0.0.1:{live.port}"
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
        train = Train(page).open(f"{host}{ROOT}")  # without the slash at its end
        train.hook("forward").click()
        train.settle(1)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        train.hook("share").click()
        expect(train.hook("notice")).to_contain_text("The link is copied")
        link = page.evaluate("() => navigator.clipboard.readText()")
        assert link.startswith(f"{host}{ROOT}/#")
        # What the browser keeps is apart from what another server below the same host keeps.
        keys = page.evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        assert keys and all(key.startswith(f"{ROOT}/chainrule.") for key in keys)
        page.goto(f"{host}{ROOT}/join/")
        expect(page).to_have_url(re.compile(rf"{ROOT}/join$"))
        expect(page.get_by_role("textbox")).to_be_visible()
        assert len(asked) > 100 and not [url for url in asked if not url.startswith(f"{host}{ROOT}")]
        page.goto("about:blank")
