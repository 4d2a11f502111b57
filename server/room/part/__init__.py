"""A learner's own session in a class: its piece of the wall, and when it is to be still."""
