"""Words that the field does not say, each with what it says instead: none of them is shown anywhere.

Held against all that a page shows by the end of every browser test (`tests/browser/conftest.py`), against the engine's own
texts (`tests/engine/test_glossary.py`) and against exports. A pattern a row; codes, keys and names of channels are not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PATTERNS: dict[str, str] = {
    r"\b[Bb]lame(?! for the loss)": "error signal δ",
    r"\b(the|a|no|its|before|after) bend\b": "activation",
    r"asks of the weights|asks? of (the|a) weight": "per-sample gradient",
    r"held out risen|held-out risen": "test (validation) loss has risen",
    r"baselines? higher": "times its starting value",
    r"slopes of 1 in place": "Switch to ReLU",
    r"\ba way around\b": "Add skip connections",
    r"units drop out\b": "Add dropout",
    r"a slope below zero too": "Use leaky ReLU",
    r"drawn to the layers": "Re-initialize",
    r"weights are pulled": "Add weight decay",
    r"inputs of (one size|size one)": "Standardize the inputs",
    r"\b(optimizer\.lr|optimizer\.name|batch_size|regularization\.l[12]) \S+ →": "learning rate, and so on",
    r"\b(Test|Validation|test|validation|training) part\b": "test share, validation share, training set",
    r"\bMisread\b|the surest first": "Misclassified, most confident first",
    r"^first line\b": "original run",
    r"^width 1 =": "line width 1 px =",
    r"(?<!inite )differences agree to": "finite differences agree to",
    r"\bas it came\b": "actual change",
    r"\bthat is it\b": "Submit",
    r"size lies\b": "magnitude",
    r"^one of the next step": "Hide one from the next step",
    r"\bmade here\b": "Result of this step",
    r"\b(tell|tells|told) (the )?classes apart\b|\btold apart\b": "classify",
    r"\bparted by\b": "separated by",
    r"\bmended\b": "filled in, repaired",
    r"\bhands? to\b": "passes back to",
    r"network\.train_bias": "biases are frozen",
    r"\bchosen: each lane": "each lane uses its own rate",
    r"not critical: a Newton step|\bleads away\b": "not a critical point",
    r"\bthe ways\b": "the paths",
    r"\bUnder (their|\S+’s) feet\b": "Where Adam is now",
    r"\bmake a point\b": "Guided races",
    r"^steps to (0?\.?\d|…)": "reached … at step",
    r"^it diverged\b": "–",
    r"no minimum yet": "not converged",
    r"set's gradient goes down|set’s gradient goes down": "Full-batch steps lower the loss every time",
    r"\btaken? apart\b|\btake \w+ next update apart": "Show its next update",
    r"\bis no function here\b": "unknown function",
    r"\bcolour the starts\b": "Compute basins",
    r"\bdraw \d+\b": "random seed",
    r"\bSlow connection\b": "this machine is busy, or the line is slow",
}


def unfit(texts: Iterable[str]) -> list[str]:
    """Of texts as they are shown, those with words that the field does not say, and what it says."""
    found = [(text, pattern) for text in texts for pattern in PATTERNS if re.search(pattern, text)]
    return [f"{text[:120]!r}: say {PATTERNS[pattern]!r}" for text, pattern in dict.fromkeys(found)]
