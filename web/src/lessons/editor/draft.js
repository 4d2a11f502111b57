/** The text that is being written: kept by the browser from letter to letter. */

import { ofBrowser } from "../../toolkit/storage.js";

const KEY = "chainrule.lesson-draft";

/** What a lesson is made of, to begin from. */
const SAMPLE = `---
title: My lesson
course: My course
can: say what one can do after it
---

## What happens to the loss?

\`\`\`card
situation:
  run:
    data: {name: xor}
    network: {layers: [{units: 4, activation: tanh}]}
    optimizer: {name: sgd, lr: 0.1}
view: train
lit: [curves]
controls: [optimizer.lr]
minutes: {alone: 3, class: 6}
measures:
  after: at(200, loss(train))
question:
  kind: choose
  ask: The training loss after 200 updates?
  measure: after
  unit: training loss
  choices:
    - {text: below 0.1, when: "< 0.1"}
    - {text: between 0.1 and 0.5, when: "0.1 .. 0.5"}
    - {text: above 0.5, when: "> 0.5"}
task:
  ask: Bring the training loss below 0.05.
  wanted: loss(train) < 0.05
  solution: {edits: [{kind: set, path: optimizer.lr, value: 1.0}], steps: 5000}
\`\`\`

Words before the answer: at most sixty.

### Why

Told once the question is answered. Numbers are measured, not typed: {after}.
`;

export const draftNow = () => ofBrowser.get(KEY) ?? SAMPLE;

/** @param {string} text */
export const keepDraft = (text) => ofBrowser.set(KEY, text);
