"""A card on an experiment of the lab: it is begun with the card, withheld until the answer, measured by itself."""

from __future__ import annotations

import pytest
from lab_pages import told
from live_server import Live
from pages import Page

from server.lessons.reading.lesson import read
from server.lessons.reading.problems import LessonError

CARD = """---
title: T
course: c
can: do
---

## Card

```card
situation: {lab: {experiment: EXPERIMENT, choices: CHOICES}}
view: VIEW
minutes: {alone: 1, class: 1}
measures: {reverse: 'lab_cell(passes, 1)', off: lab(off)}
question: {kind: number, ask: How many?, measure: MEASURE, tolerance: 0}
MORE
```

It takes {reverse}.
"""


def card(
    experiment: str = "modes", choices: str = "{inputs: 5, outputs: 2}", view: str = "lab", more: str = "", **own: str
) -> str:
    text = CARD.replace("EXPERIMENT", experiment).replace("CHOICES", choices).replace("VIEW", view)
    return text.replace("MEASURE", own.get("measure", "reverse")).replace("MORE", more)


def test_its_experiment_is_begun_withheld_and_shown_once_it_is_answered(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("subscribe", channels=["lab"])
        assert page.do("lesson_try", text=card())["result"] == {"problems": []}
        info = next(event for event in reversed(page.events) if event["type"] == "lesson")
        assert (info["view"], info["locked"]) == ("lab", True)
        assert info["place"] == {"experiment": "modes", "choices": {"inputs": 5, "outputs": 2}}
        news = told(page, lambda event: event["experiment"] == "modes" and event["status"] == "done")
        assert news["choices"]["inputs"] == 5 and "lab" not in page.frames
        for command in ({"type": "lab_begin", "experiment": "modes"}, {"type": "lab_export", "format": "csv"}):
            assert page.ask(**command)["code"] == "locked"
        page.do("subscribe", channels=["lab", "parameters"])
        page.frame("parameters")  # which would come after it
        assert "lab" not in page.frames, "it would tell"
        verdict = page.do("lesson_answer", answer=2)["result"]
        assert verdict["right"] and verdict["value"] == 2
        header, _ = page.frame("lab")
        assert [row[2] for row in header["meta"]["table"]["rows"]] == [5, 2]
        assert page.do("lab_begin", experiment="modes")["result"]["number"] == news["number"] + 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"experiment": "nothing"}, "there is no experiment nothing"),
        ({"choices": "{inputs: 500}"}, r"a whole number in \[1, 64\]"),
        ({"choices": "{speed: 1}"}, "no such choice"),
        ({"view": "train"}, "a lab is not seen in train; allowed: lab"),
        ({"more": "task: {ask: Do, wanted: 'lab(off) < 1', solution: {steps: 1}}"}, "nothing to bring about"),
        ({"measure": "loss(train)"}, "loss is no measurement of this kind of card .* allowed: lab, lab_cell"),
    ],
)
def test_what_is_wrong_with_one_is_told(given: dict[str, str], words: str) -> None:
    with pytest.raises(LessonError, match=words):
        read(card(**given))


def test_what_cannot_be_measured_of_it_says_what_can(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        assert page.do("lesson_try", text=card(measure="'lab_cell(speed, 0)'"))["result"] == {"problems": []}
        answer = page.ask("lesson_answer", answer=2)
        assert answer["code"] == "unmeasured" and answer["allowed"].startswith("mode, gives, passes")
