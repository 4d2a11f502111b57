"""The Train view as a person uses it: by its controls, waiting for what is on the screen and never for time.

Its hooks:

==========================  ==================================================================================================
``data-ready``, ``-warm``   on ``main``: the page knows its run and its catalog; the engine's kernels are compiled
``data-status``             on the transport: paused, playing, seeking, finished, stopped
``data-testid``             ``start back play forward step timeline epoch rate`` (transport), ``subject theme`` (bar),
                            ``notice``, ``regions fit confusion misread curves moment`` (output), ``diagram tip scale``,
                            ``unit-scale weight-editor weight-value weight-slider followed followed-answer followed-target
                            followed-loss`` (network), ``picker follow-first futures`` (output), ``undo redo`` (transport),
                            ``health spread spread-toggle spread-layer loss-axis`` (output),
                            ``share class-link experiments export`` (bar), ``class-dialog class-words class-url
                            class-copy class-try class-note class-error`` with ``data-link`` a part offered, ``link
                            link-dialog experiments-dialog experiment-name experiment-save experiments-list branches-list
                            experiments-error`` (dialogs), ``compared mini-batch`` (curves), ``compare``
                            (output), ``compare-runs kept-side live-side kept-regions live-regions kept-fit live-fit
                            kept-confusion live-confusion compare-table layer-deltas keep-anew remove-kept to-kept-step
                            close-compare`` (two runs), ``own-data own-tile draw
                            table-file`` (gallery), ``table-dialog table-facts table-error table-faults table-outcome
                            table-train own-test-part own-validation-part table-use-N table-part-N-NAME
                            table-reading-N`` (dialog for a file; N a column from 0, NAME a part of its dates),
                            ``draw-plane draw-status draw-train`` (drawing), ``formula-sketch formula-status`` (a formula as
                            data), ``draw-digit digit-pad digit-seen digit-bars digit-answer digit-fit digit-label digit-add
                            digit-kept digit-train`` (a digit drawn by hand), ``train-loss test-loss test-accuracy
                            test-r-squared baseline`` (the three numbers), ``dataset-name seed add-layer units-N
                            activation-N formula layer-N phi-N before-N shares-N alike-N`` (settings; N a layer from 1),
                            ``more-clip more-stop more-numerics rate-now schedule-formula schedule-plot schedule-reading
                            rate-present loss-toggle loss-formula delta-formula loss-match moment-z moment-y moment-mse
                            moment-bce moment-times`` (settings), ``ribbon ribbon-reading`` (a deep network)
                            ``findings-open finder-open gradient-open findings`` (check), ``finder-dialog finder-start
                            finder-cancel finder-plot finder-facts gradient-dialog gradient-start gradient-cancel
                            gradient-verdict gradient-table gradient-reading`` (trials)
``data-finding``            a finding by its name, ``data-evidence`` and ``data-remedy`` in it; ``data-use`` a rate suggested
``data-lock``               on the diagram: what is frozen at a value, ``W3:1`` the parameter and the entry row by row, from 0
``data-highlight``          on the diagram: pointed or offending, with ``data-layer`` and ``data-of`` (unit), from 1
``data-map``                a tensor's cells of relative errors, by its name
``data-value``              the exact value of a number; on ``step`` the step. The three numbers have ``data-step`` beside it
``data-dataset``            a data set's button in the gallery, by the row's name; ``data-feature`` likewise
``data-unit``               the number in a unit while a sample is followed, ``layer:unit`` counted from 0 and 1
``data-skip``, ``-mark``    on the diagram: the name of a skip, by ``from:to``; norm or dropout of a layer, by its number
``data-field``              a setting, by its dotted path in the spec; its input has the path as ``name``
==========================  ==================================================================================================
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from waiting import until

STEP = "Number(document.querySelector('[data-testid=step]').dataset.value)"


class Train:
    """A page with the Train view open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str) -> Train:
        self.page.goto(url)
        expect(self.page.locator("main[data-ready=true]")).to_be_visible()
        expect(self.page.locator("main[data-warm=true]")).to_be_visible()
        return self

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def field(self, path: str) -> Locator:
        return self.page.locator(f'[data-field="{path}"]')

    def input(self, path: str) -> Locator:
        return self.page.locator(f'[name="{path}"]')

    # Settings -----------------------------------------------------------------------------------------------------

    def choose(self, dataset: str) -> None:
        """Another data set; returns when its run has begun."""
        tile = self.page.locator(f"[data-dataset={dataset}]")
        tile.click()
        expect(tile).to_have_attribute("aria-pressed", "true")
        self.settle(0)

    def feature(self, name: str) -> None:
        """Switches a feature on."""
        chip = self.page.locator(f"[data-feature={name}]")
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "true")

    def layers(self, *units: int, activation: str = "tanh") -> None:
        """The hidden layers, by the page's own buttons and fields."""
        rows = self.page.get_by_role("button", name="Remove layer")
        present = rows.count()
        while present < len(units):
            self.hook("add-layer").click()
            present += 1
            expect(rows).to_have_count(present)
        while present > len(units):
            rows.last.click()
            present -= 1
            expect(rows).to_have_count(present)
        for index, count in enumerate(units, start=1):
            self.type(self.hook(f"units-{index}"), str(count))
            self.hook(f"activation-{index}").select_option(activation)
        shape = "–".join(str(count) for count in units)
        expect(self.hook("subject")).to_contain_text(f"–{shape}–")

    def type(self, field: Locator, text: str) -> None:
        field.fill(text)
        field.press("Enter")

    # The clock ----------------------------------------------------------------------------------------------------

    def speed(self, label: str) -> None:
        rung = self.page.get_by_role("radio", name=label)
        rung.click()
        expect(rung).to_have_attribute("aria-checked", "true")

    @property
    def transport(self) -> Locator:
        return self.page.get_by_role("region", name="Transport")

    def status(self, status: str) -> None:
        expect(self.transport).to_have_attribute("data-status", status)

    @property
    def step(self) -> int:
        return int(self.hook("step").get_attribute("data-value") or -1)

    def play(self) -> None:
        self.hook("play").click()
        self.status("playing")

    def pause(self) -> None:
        self.page.get_by_role("button", name="Pause").click()
        self.status("paused")

    def pass_step(self, step: int) -> None:
        """Until the clock is past a step."""
        self.page.wait_for_function(f"(step) => {STEP} > step", arg=step)

    def settle(self, step: int | None = None) -> int:
        """Until the clock stands and everything drawn belongs to its step; that step."""
        if step is not None:
            expect(self.hook("step")).to_have_attribute("data-value", str(step))
        self.page.wait_for_function(
            """() => {
              const value = (name, key) => document.querySelector(`[data-testid=${name}]`).dataset[key];
              const status = document.querySelector("[data-status]").dataset.status;
              return status !== "playing" && status !== "seeking" && value("train-loss", "step") === value("step", "value");
            }"""
        )
        return self.step

    # What is on the screen ----------------------------------------------------------------------------------------

    def numbers(self) -> dict[str, str | None]:
        """The exact numbers, as the page holds them."""
        names = ("train-loss", "test-loss", "test-accuracy")
        return {name: self.hook(name).get_attribute("data-value") for name in names}

    def reach(self, name: str, least: float, seconds: float = 90.0) -> float:
        """Until a number is at least so large; the value seen."""
        script = """([name, least]) => {
          const value = Number(document.querySelector(`[data-testid=${name}]`).dataset.value);
          return value >= least && value;
        }"""
        return float(self.page.wait_for_function(script, arg=[name, least], timeout=seconds * 1000).json_value())

    def painted(self, name: str) -> int:
        """How many different colours a canvas shows by now: an empty one has one. What belongs to a step may come a little
        later than its numbers: `paints` waits for it."""
        script = """(canvas) => {
          // Of a copy: a canvas that is read again and again is no longer drawn the same way, and the browser complains.
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
        return int(self.hook(name).evaluate(script))

    def paints(self, name: str, more: int) -> None:
        """Until a canvas shows more than so many colours."""
        until(self.page, lambda: self.painted(name) > more)
