"""Real data sets, as scikit-learn bundles them: read only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from engine.array import Array
from engine.rows.datasets.row import DatasetRow


def _sklearn(name: str, scale: float = 1.0) -> Callable[[], tuple[Array, Array, tuple[str, ...]]]:
    @cache  # read once: its size is asked for by every spec
    def load() -> tuple[Array, Array, tuple[str, ...]]:
        from sklearn import datasets  # heavy: only when real data are asked for

        bunch = getattr(datasets, f"load_{name}")()
        x, y = np.asarray(bunch.data, dtype=np.float64) * scale, np.asarray(bunch.target, dtype=np.float64)
        for array in (x, y):
            array.flags.writeable = False
        return x, y, tuple(bunch.feature_names)

    return load


UCI = "UCI Machine Learning Repository, as bundled with scikit-learn"

REAL = (
    DatasetRow(
        "iris",
        "Iris",
        "150 flowers, four measurements, three species.",
        f"Fisher 1936; {UCI}",
        kind="table",
        classes=("setosa", "versicolor", "virginica"),
        link="https://doi.org/10.24432/C56C76",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, columns = DATASETS["iris"].load()
>>> print(x.shape, np.bincount(y.astype(int)), x[0], columns[0])
(150, 4) [50 50 50] [5.1 3.5 1.4 0.2] sepal length (cm)
""",
        load=_sklearn("iris"),
        standardize=True,
    ),
    DatasetRow(
        "wine",
        "Wine",
        "178 wines, thirteen chemical values, three growers.",
        UCI,
        kind="table",
        classes=("grower 1", "grower 2", "grower 3"),
        link="https://doi.org/10.24432/C5PC7J",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, columns = DATASETS["wine"].load()
>>> print(x.shape, np.bincount(y.astype(int)), columns[0])
(178, 13) [59 71 48] alcohol
""",
        load=_sklearn("wine"),
        standardize=True,
    ),
    DatasetRow(
        "breast_cancer",
        "breast cancer",
        "569 biopsies, thirty measurements of cell nuclei.",
        f"Street et al. 1993; {UCI}",
        kind="table",
        classes=("malignant", "benign"),
        link="https://doi.org/10.24432/C5DW2B",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, columns = DATASETS["breast_cancer"].load()
>>> print(x.shape, np.bincount(y.astype(int)), columns[0])
(569, 30) [212 357] mean radius
""",
        load=_sklearn("breast_cancer"),
        standardize=True,
    ),
    DatasetRow(
        "digits",
        "digits",
        "1797 handwritten digits of 8 × 8 pixels, ink from 0 to 1.",
        f"Alpaydin and Kaynak 1998, the test set; {UCI}",
        kind="image",
        classes=tuple(str(digit) for digit in range(10)),
        link="https://doi.org/10.24432/C50P49",
        example="""\
>>> from engine.rows.datasets import DATASETS
>>> x, y, _ = DATASETS["digits"].load()
>>> print(x.shape, x.min(), x.max(), int(y[0]))
(1797, 64) 0.0 1.0 0
""",
        load=_sklearn("digits", 1.0 / 16.0),
        image_shape=(8, 8),
    ),
)
