"""The microscope on the wire: the update that comes next, kept while the run stands, and where a viewer looks at it."""

from server.microscope.scope import Scope, Sight
from server.microscope.views import microscope, microstep

__all__ = ["Scope", "Sight", "microscope", "microstep"]
