"""What is kept by an id that a link names: experiments, which are scripts of runs, and lessons of one's own, under limits of
their own."""

from __future__ import annotations

from server.keeping.database import Database
from server.keeping.kept_texts import KeptTexts
from server.keeping.tables import Experiment, OwnLesson
from server.settings import Settings


class OwnLessons(KeptTexts):
    """The Markdown of lessons that somebody wrote."""

    table, column = OwnLesson, "text"
    one, many, content = "lesson", "lessons", "lesson"
    limit, bytes_limit, unknown = "max_lessons", "max_lesson_bytes", "unknown_lesson"


class Experiments(KeptTexts):
    """Scripts; `lessons` are kept beside them."""

    table, column = Experiment, "script"
    one, many, content = "experiment", "experiments", "run"
    limit, bytes_limit, unknown = "max_experiments", "max_experiment_bytes", "unknown_experiment"

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__(settings, database)
        self.lessons = OwnLessons(settings, database)

    async def script(self, id: str) -> str:
        """The script kept under an id; raises `CommandError` where there is none."""
        return await self.text(id)
