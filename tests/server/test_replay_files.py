"""A replay as a file: never over 3 MB, its player as one script, nothing let in; what cannot be recorded is refused."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page

from engine.export.replay.recording import MOST_BYTES, Recording
from server.http.assets import web_folder
from server.replay.modules import ModuleError, joined
from server.replay.page import replay_file
from server.wire.frames import decode

HOSTILE = "</script><script>window.ran = 1</script>"


def held(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a file's recording holds."""
    packed = re.search(r'id="recording">([^<]*)<', text)
    assert packed is not None
    header, arrays = decode(zlib.decompress(base64.b64decode(packed[1])))
    return header["meta"], arrays


def test_a_file_is_at_most_three_megabytes_whatever_the_numbers() -> None:
    noise = np.random.default_rng(0).integers(0, 256, MOST_BYTES, dtype=np.uint8)
    text = replay_file("x", Recording("run", "title", np.arange(3, dtype=np.int32), 30.0, {}, {"theta": noise}), "dark")["text"]
    assert 2_800_000 < len(text.encode()) <= 3_000_000
    assert np.array_equal(held(text)[1]["theta"], noise)


def test_nothing_but_its_own_code_may_run() -> None:
    recording = Recording("run", HOSTILE, np.arange(3, dtype=np.int32), 30.0, {"note": HOSTILE})
    text = replay_file("x", recording, "light", "https://example.org/#s=1")["text"]
    assert text.count("<script") == text.count("</script>") == 2
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None and policy[1].startswith("default-src 'none'") and "unsafe" not in policy[1]
    assert held(text)[0]["note"] == HOSTILE
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)


def test_the_player_is_one_script() -> None:
    script = joined(web_folder() / "replay" / "main.js")
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)
    assert script.count("const decodeFrame") + script.count("function decodeFrame") == 1, "once, however often it is imported"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('import "./b.js";\n', 'import "./b.js"'),
        ('import b from "./b.js";\n', "import b from"),
        ("export default 1;\n", "export default"),
        ("export { a };\n", "export {"),
        ('const b = await import("./b.js");\n', "import("),
        ('const text = "</script>";\n', "</script"),
        ('import { a } from "./a.js";\n', "imports itself"),
    ],
)
def test_a_module_that_cannot_be_joined_is_named(tmp_path: Path, source: str, why: str) -> None:
    (tmp_path / "a.js").write_text(source)
    (tmp_path / "b.js").write_text("export const b = 1;\n")
    with pytest.raises(ModuleError, match=re.escape(why)) as refused:
        joined(tmp_path / "a.js")
    assert "a.js" in str(refused.value)


def test_modules_are_joined_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b as other, c } from "./b.js";\nexport const a = other + c;\n')
    (tmp_path / "b.js").write_text("/** Said. */\nexport const b = 1;\nexport function c() {}\n")
    first = "const m0 = (() => { const b = 1; function c() {} return { b, c }; })();"
    second = "const m1 = (() => { const { b: other, c } = m0; const a = other + c; return { a }; })();"
    assert " ".join(joined(tmp_path / "a.js").split()) == f"{first} {second}"


@pytest.fixture
def page(live: Live) -> Iterator[Page]:
    with Page(live.socket) as page:
        yield page


def test_what_cannot_be_recorded_is_refused_by_its_field(page: Page) -> None:
    def refused(type: str, **fields: Any) -> tuple[str, str, str]:
        answer = page.ask(type, **fields)
        assert answer["type"] == "error", answer
        return answer["code"], answer["field"], answer["allowed"]

    page.run_info()
    assert refused("replay", last=10) == ("invalid", "last", "after the first update")
    page.do("step", count=50)
    assert refused("replay", first=50) == ("invalid", "first", "0 to 49")
    assert refused("replay", last=51) == ("invalid", "last", "1 to 50, the last update that was made")
    assert refused("replay", seconds=61)[:2] == ("invalid", "seconds")
    assert refused("replay", link="javascript:alert(1)")[:2] == ("invalid", "link")
    page.do("race")
    assert refused("race_export", format="replay")[1:] == ("last", "after the first step")
    page.do("race_step", count=20)
    assert refused("race_export", format="replay", last=21)[1:] == ("last", "1 to 20, where the race stands")
    page.do("network", lanes=[{"optimizer": {"name": "adam"}}])
    assert refused("network_export", format="replay")[1:] == ("last", "after the first step")
    assert refused("take_away", format="replay", sample=99)[1] == "sample"


def test_a_recording_is_left_by_cancel_and_the_run_stands_as_it_stood(page: Page) -> None:
    page.run_info()
    page.do("configure", spec={"data": {"name": "spiral", "samples": 2000}, "network": {"layers": [{"units": 40}]}})
    page.do("step", count=3000)
    page.send("replay", id="recording", seconds=60)
    page.until(lambda event: event["type"] == "trial" and event["command"] == "replay" and 0 < event["done"] < event["total"])
    page.send("cancel", id="left")
    answer = page.until(lambda event: event.get("id") == "recording")
    assert (answer["type"], answer["code"]) == ("error", "cancelled")
    page.until(lambda event: event.get("id") == "left")
    assert page.state["step"] == 3000
    text = page.do("replay", first=2990, link="https://example.org/#s=1")["result"]["text"]
    meta, arrays = held(text)
    assert arrays["steps"].tolist() == list(range(2990, 3001)) and meta["link"] == "https://example.org/#s=1"


def test_numbers_that_are_asked_for_are_not_in_the_file(page: Page) -> None:
    page.run_info()
    page.do("step", count=5)
    asked = page.do("ask", micro=2, row=1)["result"]["question"]
    truth = page.do("reveal", question=asked["id"])["result"]
    again = page.do("ask", micro=2, row=1)["result"]["question"]
    assert again["name"] == asked["name"]
    text = page.do("take_away", format="replay")["result"]["text"]
    meta = held(text)[0]
    table = next(t for step in meta["steps_told"] for t in step["results"] if t["name"] == asked["name"])
    assert table["cells"][1] == [None] and table["cells"][0] != [None], truth
    page.do("reveal", question=again["id"])
    shown = held(page.do("take_away", format="replay")["result"]["text"])[0]
    number = next(t for step in shown["steps_told"] for t in step["results"] if t["name"] == asked["name"])["cells"][1][0]
    assert isinstance(number, float) and json.dumps(number) not in json.dumps(meta)
