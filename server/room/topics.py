"""The topics of the bus that a room has, by its id."""

from __future__ import annotations


def changed(room: str) -> str:
    """Something of it was written: read it anew."""
    return f"room:{room}:changed"


def picture(room: str) -> str:
    """Frames for all who follow, encoded once."""
    return f"room:{room}:picture"


def wall(room: str) -> str:
    """Frames of everybody's runs, for the teacher's screen."""
    return f"room:{room}:wall"


def lead(room: str) -> str:
    """What the teacher's session is asked for, …"""
    return f"room:{room}:lead"


def answers(room: str) -> str:
    """… and what it answers."""
    return f"room:{room}:answers"
