"""How long a user waits: for the start, the first picture, a pause. Prints, never asserts: python tests/bench/bench_server.py

With NUMBA_CACHE_DIR set to an empty folder it shows a cold start.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "server")]

from pages import Page  # noqa: E402

CHANNELS = ["data", "series", "parameters", "gradients", "maps", "evaluation"]
NETWORKS = {
    "spiral, 8-8 tanh, batch 10": {"network": {"layers": [{"units": 8}, {"units": 8}]}},
    "digits, 64-32 relu, batch 32": {
        "data": {"name": "digits"},
        "network": {"layers": [{"units": 64, "activation": "relu"}, {"units": 32, "activation": "relu"}]},
        "batch_size": 32,
    },
}


def main() -> None:
    started = time.perf_counter()
    command = [sys.executable, "-m", "server", "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://(\S+)", process.stdout.readline())
        assert found is not None
        urllib.request.urlopen(f"http://{found[1]}/healthz").read()
        print(f"command to /healthz                {time.perf_counter() - started:8.2f} s")
        url = f"ws://{found[1]}/ws"
        with Page(url) as page:
            page.run_info()
            page.do("subscribe", channels=CHANNELS)
            page.do("play", speed={"unit": "flat"})
            page.frame("parameters", lambda header: header["step"] > 0)
            print(f"command to a picture of training   {time.perf_counter() - started:8.2f} s")
            while not any(event["type"] == "warmup" and event["done"] == event["total"] for event in page.events):
                page.receive()
            print(f"command to every kernel ready       {time.perf_counter() - started:8.2f} s")
        for name, spec in NETWORKS.items():
            measure(url, name, spec)
    finally:
        process.terminate()
        process.wait()


def measure(url: str, name: str, spec: dict[str, object]) -> None:
    """First picture after play, pauses while training flat out, pictures and updates a second."""
    print(name)
    firsts, pauses = [], []
    with Page(url) as page:
        page.run_info()
        page.do("subscribe", channels=CHANNELS)
        for _ in range(20):
            page.do("configure", spec=spec)
            run = page.state["run"]
            begun = time.perf_counter()
            page.send("play", speed={"unit": "flat"})
            page.frame("parameters", lambda header, run=run: header["run"] == run and header["step"] > 0)  # type: ignore[misc]
            firsts.append(time.perf_counter() - begun)
            settled = time.perf_counter() + 0.2
            while time.perf_counter() < settled:
                page.receive()
            begun = time.perf_counter()
            page.do("pause")
            pauses.append(time.perf_counter() - begun)
        page.do("play")
        before, drawn, begun = page.state["step"], len(page.frames["parameters"]), time.perf_counter()
        while time.perf_counter() < begun + 2:
            page.receive()
        elapsed = time.perf_counter() - begun
        updates, pictures = page.state["step"] - before, len(page.frames["parameters"]) - drawn
        page.do("pause")
    for what, times in (("first picture after play", firsts), ("pause takes effect after", pauses)):
        print(f"  {what:32} {statistics.median(times) * 1e3:8.1f} ms, at most {max(times) * 1e3:.1f} ms of {len(times)}")
    print(f"  while watched                    {updates / elapsed:8.0f} updates/s, {pictures / elapsed:.0f} pictures/s")


if __name__ == "__main__":
    main()
