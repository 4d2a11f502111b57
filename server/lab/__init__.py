"""The lab as an activity: an experiment begun with its choices, gone on with by slices, told as it comes, taken along."""
