"""The mirror of a class: those who follow on a whole page see the teacher's as it is, and can do nothing to it."""
