"""What the loss is multiplied by before the backward pass, so that small gradients do not become 0."""

from __future__ import annotations

from dataclasses import dataclass

GROWTH = 2.0
MOST = 2.0**24


@dataclass
class LossScale:
    """`interval`: after so many updates without overflow it doubles; an update that overflows is skipped and halves it. None:
    it stays. PyTorch's GradScaler does the same, with an interval of 2,000."""

    value: float = 1.0
    interval: int | None = None
    skipped: int = 0
    _calm: int = 0

    def made(self) -> None:
        """An update was made: its gradients were finite."""
        self._calm += 1
        if self.interval is not None and self._calm == self.interval:
            self.value, self._calm = min(self.value * GROWTH, MOST), 0

    def overflowed(self) -> None:
        """An update was skipped."""
        self.skipped += 1
        self._calm = 0
        if self.interval is not None:
            self.value /= GROWTH
