"""Pages that are taken away open out of a folder, with all they need, and run and load nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from complaints import Complaints
from pages import Page as Client
from playwright.sync_api import Page, expect

HOSTILE = '<img src=x onerror="window.ran=1"></script><script>window.ran = 1</script>'
ADD = """() => {
  const script = document.createElement("script");
  script.textContent = "window.ran = 2";
  document.body.append(script);
  const picture = new Image();
  picture.src = "http://127.0.0.1:9/x.png";
  return window.ran ?? null;
}"""


@pytest.mark.slow(seconds=15)
def test_nothing_but_its_own_code_runs(page: Page, server_url: str, tmp_path: Path, complaints: Complaints) -> None:
    lanes = [{"optimizer": {"name": "sgd", "lr": 0.01}, "label": HOSTILE[:80]}]
    with Client(f"{server_url.replace('http', 'ws', 1)}/ws") as client:
        client.run_info()
        client.do("race", spec={"lanes": lanes})
        client.do("race_step", count=3)
        client.do("network", lanes=lanes)
        client.do("network_step", count=3)
        taken = {
            "surface": client.do("race_export", format="html", theme="dark"),
            "network": client.do("network_export", format="html", theme="dark"),
            "sheet": client.do("take_away", format="sheet"),
            "surface replay": client.do("race_export", format="replay", theme="dark"),
            "network replay": client.do("network_export", format="replay", theme="dark"),
            "update replay": client.do("take_away", format="replay"),
        }
    complaints.expect("content-security policy: script-src")
    complaints.expect("Content Security Policy")
    complaints.expect("content-security policy: img-src forbids http://127.0.0.1:9")
    complaints.expect("content-security policy: default-src forbids http://127.0.0.1:9")
    for name, answer in taken.items():
        file = tmp_path / f"{name}.html"
        file.write_text(answer["result"]["text"])
        complaints.all.clear()
        page.goto(file.as_uri())
        if name == "sheet":
            expect(page.locator("h1")).to_have_css("font-size", "24px")  # its own style holds
        elif name.endswith("replay"):
            expect(page.get_by_test_id("replay-line")).to_be_visible()
            if "update" not in name:
                expect(page.get_by_role("rowheader")).to_have_text(HOSTILE[:80])
        else:
            expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        assert not [complaint for complaint in complaints.all if "olicy" in complaint], complaints.all
        assert page.evaluate(ADD) is None, name
        assert page.evaluate("() => window.ran ?? null") is None, name
