"""One line of what ``chainrule doctor`` says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warn", "bad"]
"""bad: a page does not open, or no run begins; warn: something is lacking that some will miss."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    state: State
    words: str
    advice: str = ""
    """What to do; of what is ok, what may be done."""

    def line(self) -> str:
        return f"{self.state:5} {self.name:9} {self.words}" + (f"\n{'':15} → {self.advice}" if self.advice else "")

    def as_dict(self) -> dict[str, str]:
        return asdict(self)
