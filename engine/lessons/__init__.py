"""Lessons: cards on which a learner predicts, runs, sees and changes one thing; what is measured on them, how answers are
judged, and the receipts of what was done."""
