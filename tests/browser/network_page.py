"""The Race room on the network as a person uses it: by its controls, waiting for what is on the screen and never for time.

Its hooks:

==========================  ==================================================================================================
``network-…``               the Race room on the network: ``network-contour -heads -tip -centre -weight-1 -weight-2 -through
                            -corner-1 … -3 -others -plane-error -explained -away -minima -climbs`` (the plane and its words),
                            ``network-curves -standings -empty -add -editor -formula -duplicate -remove -rates -rates-stop``
                            (lanes; ``data-netrates`` how their rates are chosen),
                            ``network-point -bounds -bound -verdict -look -microscope`` (a place), ``network-title -preset
                            -claim -begin -waiting -share`` (what is trained); ``data-on`` what the room shows, ``data-plane`` a
                            plane, ``data-netlane -netpick -netedit -netloss -netmap`` and ``data-off`` of a lane by its id
``study-…``                 ``study-cancel-KIND study-error-KIND study-advice-KIND``, ``data-study``, ``-state`` and ``-number``
                            of a kind, ``data-studies`` its card in the gallery, ``studies-back`` to there; ``seeds-count
                            -first -steps -threshold -begin -plot -table -endings``, ``rates-on -low -high
                            -count -seeds -steps -begin -plot -table -words``, ``basins-lane -side -steps -reach -begin
                            -plot -table``, ``compass-lane -first -second -batch -begin -redraw -plot -spread -table``,
                            ``phase-lane -begin -plot -words``, ``edge-lane -rate -steps -begin -plot -loss -words``;
                            ``data-seeds -best -basin -compass`` the numbers in their tables
==========================  ==================================================================================================
"""

from __future__ import annotations

from looks import lasting, problems, walked
from playwright.sync_api import Locator, Page, expect

SIZES = ((1440, 900), (1280, 720), (390, 844))


class NetworkRoom:
    """A page with the Race room open on the network."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str, how: str = "defaults") -> NetworkRoom:
        """The room opens with each lane's rate tuned; by default every optimizer has the one it is usually given."""
        self.page.goto(f"{url}/#view=race")
        expect(self.page.locator("main.race[data-ready=true]")).to_be_visible(timeout=300_000)
        self.show("network")
        self.ready()
        self.rates("tuned", press=False)
        if how != "tuned":
            self.rates(how)
        return self

    def rates(self, how: str, *, press: bool = True) -> None:
        """Until they are chosen in this way, and the lanes told with them."""
        choice = self.page.locator(f"[data-netrates={how}]")
        if press:
            choice.click()
        expect(choice).to_have_attribute("aria-pressed", "true")
        expect(self.hook("network-rates-stop")).to_be_hidden()

    def ready(self) -> None:
        expect(self.page.locator("main.network-race[data-ready=true]")).to_be_visible()
        expect(self.page.locator(".network-surface[data-stride='1']")).to_be_visible()

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def show(self, on: str) -> None:
        self.page.locator(f"[data-on={on}]").click()
        expect(self.page.locator(f"[data-on={on}]")).to_have_attribute("aria-pressed", "true")

    def settle(self, step: int) -> None:
        """Until the lanes stand at a step and all that is told of them belongs to it."""
        expect(self.hook("race-step")).to_have_attribute("data-value", str(step))
        expect(self.page.locator("[data-part=race-transport]")).to_have_attribute("data-status", "paused")
        expect(self.page.locator("[data-part=network-standings] .panel-title")).to_have_attribute("data-step", str(step))

    def seek(self, step: int) -> None:
        self.hook("race-timeline").evaluate(
            """(line, step) => {
              line.max = Math.max(line.max, step);
              line.value = step;
              for (const kind of ["input", "change"]) line.dispatchEvent(new Event(kind));
            }""",
            step,
        )
        self.settle(step)

    def plane(self, kind: str) -> None:
        """Lays a plane; returns when its finest picture is drawn."""
        self.page.locator(f"[data-plane={kind}][aria-pressed]").click()
        expect(self.page.locator(f".network-surface[data-plane={kind}][data-stride='1']")).to_be_visible()

    def value(self, selector: str, name: str = "value") -> float:
        return float(self.page.locator(selector).get_attribute(f"data-{name}") or "nan")

    def open_study(self, kind: str) -> None:
        """From the gallery, or from another study by way of it; to its end, for it begins by itself."""
        if self.hook("studies-back").is_visible():
            self.hook("studies-back").click()
        self.page.locator(f"[data-studies={kind}]").click()
        self.done(kind)

    def study(self, kind: str, begin: str) -> None:
        """Runs it once more, to its end."""
        before = self.page.locator(f".studies [data-study={kind}]").get_attribute("data-number") or "0"
        self.hook(begin).click()
        expect(self.page.locator(f".studies [data-study={kind}]")).not_to_have_attribute("data-number", before)
        self.done(kind)

    def done(self, kind: str) -> None:
        expect(self.page.locator(f".studies [data-study={kind}][data-state=done]")).to_be_visible(timeout=60_000)

    def type(self, hook: str, text: str) -> None:
        self.hook(hook).fill(text)

    def looks_well(self, what: str) -> None:
        """At the sizes and in the themes whose turn it is, on a phone each of its two pages."""
        for (width, height), other in walked([(size, other) for other in (False, True) for size in SIZES]):
            self.page.set_viewport_size({"width": width, "height": height})
            if other:
                self.hook("theme").click()
            tabs = self.page.locator(".race-tabs [role=tab]").filter(visible=True)
            for index in range(max(1, tabs.count())):
                if tabs.count():
                    tabs.nth(index).click()
                    expect(tabs.nth(index)).to_have_attribute("aria-selected", "true")
                found = lasting(lambda: problems(self.page))
                assert found == [], f"{what} {width}: {found}"
            if other:
                self.hook("theme").click()
        self.page.set_viewport_size({"width": 1440, "height": 900})
