"""Update rules and learning-rate schedules: how parameters change."""
