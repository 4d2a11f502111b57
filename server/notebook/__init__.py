"""A run or a race of a notebook, shown in its page and shared with it: ``from server.notebook import show; show(run)``."""

from server.notebook.showing import show

__all__ = ["show"]
