"""The data of a run: a data set of the catalog, or what a formula makes of the plane, and how it is split."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from engine.arithmetic import FormulaError
from engine.rows import datasets
from engine.rows.datasets import formula as formulas
from engine.rows.features import ALIASES, features_for
from engine.spec.fields import Fraction, Many, Seed, SpecModel, known, refuse, within


class DataSpec(SpecModel):
    """A data set of the catalog, and how it is split."""

    name: Annotated[str, AfterValidator(lambda name: known(name, datasets.DATASETS))] = "spiral"
    samples: Annotated[int, AfterValidator(within(10, 20_000))] = 500
    noise: Annotated[float, AfterValidator(within(0.0, 5.0))] = 0.1
    features: Many[str] = ("x", "y")
    validation_fraction: Fraction = 0.0
    test_fraction: Fraction = 0.5
    standardize: bool = False
    seed: Seed = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if round(self.validation_fraction + self.test_fraction, 12) > 0.95:  # as written: .9 + .05 rounds to a little more
            raise refuse(
                "out_of_range", "with validation_fraction it leaves too little to train on", "a sum up to 0.95", "test_fraction"
            )
        kind = datasets.DATASETS[self.name].kind
        names = tuple(ALIASES.get(name, name) for name in self.features)
        columns = {"plane": ("x", "y"), "line": ("x",)}.get(kind, ())
        allowed = features_for(columns)
        if kind != "plane" and names == ("x", "y"):  # the default, which only a plane has
            names = columns
        for name in names:
            if name not in allowed:
                raise refuse("unknown_name", f"'{name}' is no feature of {self.name}", ", ".join(allowed) or "none", "features")
        if (columns and not names) or len(set(names)) < len(names):
            raise refuse("out_of_range", "at least one, each once", ", ".join(allowed), "features")
        object.__setattr__(self, "features", names)
        return self

    @property
    def row(self) -> datasets.DatasetRow:
        return datasets.DATASETS[self.name]

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Rows and columns of a sample that is a picture."""
        return self.row.image_shape

    @property
    def note(self) -> str:
        """What is to be known of the samples; empty where there is nothing."""
        return ""

    def counts(self, rows: int) -> tuple[int, int, int]:
        """How many of `rows` samples are for training, validation and test; one at least is left to train on."""
        test = min(round(rows * self.test_fraction), rows - 1)
        validation = min(round(rows * self.validation_fraction), rows - 1 - test)
        return rows - validation - test, validation, test

    @property
    def count(self) -> int:
        """Samples of all splits together: real data have a number of their own."""
        return self.samples if self.row.load is None else len(self.row.load()[0])

    @property
    def train_rows(self) -> int:
        return self.counts(self.count)[0]


def readable(text: str) -> str:
    try:
        formulas.read(text)
    except FormulaError as problem:
        raise refuse("out_of_range", f"{problem.problem} at character {problem.position}", problem.allowed) from None
    return text


class FormulaData(DataSpec):
    """Points of the plane that a formula tells apart ("y = 2 * sin(x)", "x^2 + y^2 < 9") or gives their values ("x * y / 10").

    Points at which it has no value are left out, and others drawn in their place.
    """

    name: Literal["formula"] = formulas.OWN
    formula: Annotated[str, AfterValidator(readable)] = formulas.DEFAULT

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        plane = f"x and y from -{datasets.HALF_WIDTH:g} to {datasets.HALF_WIDTH:g}"
        try:
            counts = self.survey.counts
        except formulas.NoValueError as problem:
            allowed = f"a value at one place in {formulas.EVERY} at least, {plane}"
            raise refuse("out_of_range", str(problem), allowed, "formula") from None
        if len(counts) and min(counts) == 0:
            only = self.row.classes[counts.index(max(counts))]
            allowed = f"a border that parts the plane, {plane}, or more samples"
            raise refuse("out_of_range", f"one class only: all {self.samples} points are '{only}'", allowed, "formula")
        return self

    @property
    def row(self) -> datasets.DatasetRow:
        return formulas.row_of(self.formula)

    @property
    def survey(self) -> formulas.Survey:
        """What its samples are."""
        return formulas.survey(self.formula, self.samples, self.seed)

    @property
    def note(self) -> str:
        out = self.survey.left_out
        return f"{out} of {out + self.samples} points were left out: the formula has no value there." if out else ""
