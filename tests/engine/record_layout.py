"""Records what every number of a kept snapshot means, under the present layout number: `python tests/engine/record_layout.py`.

A number that is recorded already is not recorded again as something else: what moved needs a new one (`codes.LAYOUT`).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from engine import RunSpec, Trainer
from engine.kernels import codes
from engine.optimizers import OPTIMIZERS
from engine.optimizers.row import DIALECTS
from engine.recording import rules
from engine.rows.schedules import SCHEDULES
from engine.script.keeping import BUFFERS
from engine.spec import OptimizerSpec

RECORDED = Path(__file__).parent / "layouts.json"
PLACES = {
    "counters": "int_state[PLACE]",
    "hyper": "float_state[PLACE]",
    "clock": "state[slots * P + PLACE]",
    "rules": "state[PLACE]",
}
"""Of each table of places what the heading of its section says in the source."""
CODES = (
    *("MINI_BATCHES", "ROWS_AS_THEY_LIE", "TRAINING", "INFERENCE", "STATISTICS"),
    *("RUNNING", "NON_FINITE", "UPDATE_NON_FINITE", "SERIES_FULL", "EPOCHS", "STEPS"),
)
"""What stands in such places, besides the rows' codes."""
SPECIMEN = {
    "network": {
        "layers": [
            {"units": 4, "norm": "batch", "activation": "prelu", "skip": 1},
            {"units": 3, "norm": "layer"},
            {"units": 3, "norm": "batch", "skip": 1},
        ]
    }
}
"""A network with parameters and statistics of every kind."""


def places(module: Any, heading: str) -> dict[str, int]:
    """Name -> index of the constants in the section of a module that has this heading."""
    section: str | None = None
    found = {}
    for line in Path(module.__file__).read_text(encoding="utf-8").splitlines():
        if re.match(r"# .*-{5}$", line):
            section = line
        elif section is not None and heading in section and (name := re.match(r"([A-Z]\w*) = ", line)):
            found[name[1]] = getattr(module, name[1])
    return found


def table() -> dict[str, dict[str, Any]]:
    """What the numbers of each kept buffer mean. `places` are all there are; of `rows` and `codes` more may come."""
    trainer = Trainer(RunSpec.model_validate(SPECIMEN))
    specs = {
        f"{name}, {dialect}": OptimizerSpec.model_validate({"name": name, "dialect": dialect})
        for name in OPTIMIZERS
        for dialect in DIALECTS
    }
    of_rule = {name: [entry.name for entry in OPTIMIZERS[name].parameters if entry.name != "lr"] for name in OPTIMIZERS}
    return {
        "buffers": {buffer.key: "whole" if buffer.whole else "double" for buffer in BUFFERS},
        "places": {key: places(rules if key == "rules" else codes, heading) for key, heading in PLACES.items()},
        "codes": {name: getattr(codes, name) for name in CODES}
        | {f"schedule {name}": row.code for name, row in SCHEDULES.items()}
        | {f"verdict {verdict}": code for code, verdict in enumerate(rules.VERDICTS)},
        "rows": {f"hyper of {name}": order for name, order in of_rule.items()}
        | {f"hyper of schedule {name}": [entry.name for entry in row.parameters] for name, row in SCHEDULES.items()}
        | {f"state of {name}": list(spec.state) for name, spec in specs.items()}
        | {
            f"wide state of {name}": list(form.state)
            for name, row in OPTIMIZERS.items()
            for forms in row.forms.values()
            for form in forms
            if form.options
        },
        "specimen": {
            "theta": [[slot.name, slot.offset, *slot.shape] for slot in trainer.tape.slots],
            "statistics": [[slot.name, slot.offset, *slot.shape] for slot in trainer.tape.running],
        },
    }


def moved(recorded: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What of a recorded table is not so any more, and which places are new: in words."""
    told = []
    for kind, table in recorded.items():
        for key, meaning in table.items():
            if found[kind].get(key) != meaning:
                told.append(f"{kind} {key}: {_difference(meaning, found[kind].get(key))}")
    new = [key for kind in ("buffers", "places", "specimen") for key in found[kind] if key not in recorded[kind]]
    return told + [f"{key} is new" for key in new]


def _difference(before: Any, now: Any) -> str:
    if isinstance(before, dict) and isinstance(now, dict):
        changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        return ", ".join(f"{name} was {before.get(name)}, is {now.get(name)}" for name in changed)
    return f"was {before}, is {now}"


def main() -> int:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    number, found = str(codes.LAYOUT), table()
    if number in recorded and (told := moved(recorded[number], found)):
        print(
            f"Layout {number} is recorded already, and means something else: raise codes.LAYOUT.",
            *told,
            sep="\n",
            file=sys.stderr,
        )
        return 1
    RECORDED.write_text(json.dumps(recorded | {number: found}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
