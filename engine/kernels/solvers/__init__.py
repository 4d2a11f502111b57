"""Methods that look at a surface more than once for a step: Newton's, and those that search along a line."""
