"""A lesson's text becomes an `engine.lessons.card.Lesson`; what is wrong in it is told with its line and what is allowed."""
