"""A race in three dimensions as tests ask it: through the scene itself, which knows where everything is on the screen.

``race-3d``, ``network-3d`` are the stages, with ``data-drawn`` the step; ``-reset``, ``-tip``, ``-nothing`` behind their names
are the button that puts the view back, what is said of a step, and what is said where nothing can be drawn.

Without a graphics card Chromium falls back to SwiftShader by itself, also under ``--disable-gpu``: no other flag is needed.
"""

from __future__ import annotations

from typing import Any

from complaints import Complaints
from playwright.sync_api import Locator, Page, expect

SOFTWARE = ("GL Driver Message", "willReadFrequently", "software WebGL")
"""What Chromium complains of where the processor draws in place of a graphics card."""

ASKED = """async (stage, given) => {
  const page = document.querySelector("script[type=module]").src;
  const load = (path) => import(new URL(path, page));
  const scene = (await load("race/scene/scene.js")).sceneOf(stage);
  BODY
}"""


class ScenePage:
    """The stage of a scene that is shown."""

    def __init__(self, page: Page, hook: str, complaints: Complaints) -> None:
        self.page, self.hook = page, hook
        self.stage: Locator = page.get_by_test_id(hook)
        for words in SOFTWARE:
            complaints.expect(words)

    def drawn(self, step: int) -> None:
        expect(self.stage).to_have_attribute("data-drawn", str(step))
        expect(self.stage.locator("canvas").first).to_be_visible()

    def ask(self, body: str, given: object = None) -> Any:
        """What JavaScript returns that knows the ``scene``, what is ``given``, and ``load``, which imports a module."""
        return self.stage.evaluate(ASKED.replace("BODY", body), given)

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"{self.hook}-{name}")

    @property
    def box(self) -> dict[str, float]:
        found = self.stage.bounding_box()
        assert found
        return {**found}

    def heads(self) -> dict[int, dict[str, Any]]:
        return {head["lane"]: head for head in self.ask("return scene.heads")}
