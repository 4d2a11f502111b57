"""Lessons that tests write themselves."""

from __future__ import annotations

DEEP = """---
title: Ten *sigmoids*
course: deep
can: say where the error signal of a deep network goes, and why
know: []
---

## How much of it arrives?

```card
situation:
  run:
    data: {name: spiral, samples: 100}
    network:
      layers: [{units: 4, activation: sigmoid, times: 10}]
      initializer: {name: xavier_normal}
    seed: 0
view: train
after: step
lit: [deltas]
minutes: {alone: 2, class: 6}
measures:
  ratio: delta(1) / delta(10)
question:
  kind: choose
  ask: How much of the last hidden layer's error signal reaches layer $1$?
  measure: ratio
  unit: $\\|\\delta_1\\| / \\|\\delta_{10}\\|$
  choices:
    - {text: about all, when: "> 0.3", reply: "It is {ratio}."}
    - {text: a tenth, when: "0.03 .. 0.3"}
    - {text: less than that, when: "< 0.03"}
claims: ["ratio < 0.01"]
task:
  ask: Change **one** thing so that more than a tenth reaches layer 1.
  wanted: ratio > 0.1
  solution: {change: {network.layers.*.activation: relu}}
```

Ten layers of sigmoids, one backward pass.

### Why

Each layer multiplies the error signal by $\\sigma'(z)$: {ratio} is left.

## And now?

```card
minutes: {alone: 1, class: 1}
view: train
measures: {loss: loss(train)}
```

The training loss is {loss}.

## Where does the ball go?

```card
situation:
  race:
    surface: {name: ravine}
    lanes: [{optimizer: {name: sgd, lr: 0.01}}, {optimizer: {name: momentum, lr: 0.01}}]
    max_steps: 500
view: race
minutes: {alone: 1, class: 1}
question:
  kind: number
  ask: What is the second coordinate after ten steps?
  measure: at(10, y(1))
```
"""
