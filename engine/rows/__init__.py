"""The rows of the catalog: what a run may be made of, each with its parameters, formula and source."""
