"""Lessons of the tests' own: quick to build and to measure, one card for each kind of question."""

from __future__ import annotations

HEAD = """---
title: {title}
course: Tests
can: say what is tested
---
"""

RUN = """situation:
  run:
    data: {name: xor, samples: 40}
    network: {layers: [{units: 2, activation: tanh}]}
    optimizer: {name: sgd, lr: 0.1}
view: train
minutes: {alone: 1, class: 2}
"""

RACE = """situation:
  race:
    surface: {name: ravine}
    start: [1.0, 1.0]
    lanes: [{optimizer: {name: sgd, lr: 0.01}}]
    max_steps: 100
view: race
minutes: {alone: 1, class: 2}
"""


def card(heading: str, block: str, words: str = "Some words.", why: str = "So it is: {there}.") -> str:
    return f"\n## {heading}\n\n```card\n{block}```\n\n{words}\n\n### Why\n{why}\n"


CHOICE = (
    RUN
    + """lit: [curves]
controls: [optimizer.lr]
measures: {there: loss(train)}
question:
  kind: choose
  ask: How large is the loss?
  measure: there
  unit: training loss
  choices:
    - {text: small, when: "< 0.001", reply: It has learned nothing yet.}
    - {text: large, when: ">= 0.001"}
task:
  ask: Make three updates.
  wanted: step() > 2
  solution: {steps: 3}
  receipt: true
"""
)
SKETCH = (
    RUN
    + """measures: {there: loss(train)}
question: {kind: sketch, ask: Draw the training loss., measure: loss(train), unit: training loss, steps: 20, low: 0, high: 1}
"""
)
PLACE = (
    RACE
    + """measures: {there: step_x(1)}
question: {kind: place, ask: Where does it begin?, x: 1, y: 1, tolerance: 0.3}
"""
)
ORDER = (
    RUN
    + """measures: {there: loss(train)}
question:
  kind: order
  ask: Which is smallest?
  items: [{text: three, measure: "3"}, {text: one, measure: "1"}, {text: two, measure: "2"}]
"""
)
NUMBER = (
    RUN
    + """measures: {there: loss(train)}
question: {kind: number, ask: How large is the loss?, measure: loss(train), unit: training loss}
"""
)

SHORT = HEAD.format(title="A short lesson") + card("The first", CHOICE) + card("The second", NUMBER)
DRAWN = HEAD.format(title="Drawn and placed") + card("A curve", SKETCH) + card("A place", PLACE) + card("An order", ORDER)
