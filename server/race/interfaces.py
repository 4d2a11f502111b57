"""What the race on a surface offers the session's other activities, which find it through their host."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.race import Race


class SurfaceRaceAccess:
    """The race on a surface, as studies of it see it."""

    def present(self) -> Race:
        """Raises `CommandError` where there is none yet."""
        raise NotImplementedError
