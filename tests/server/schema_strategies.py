"""Commands as the served schema describes them: valid ones, and ones that are off by one field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
Strategy = st.SearchStrategy[Any]

NAMES = st.sampled_from(["x", "adam", "sgd", "W1", "b1", "spiral", "theory", "rosenbrock", "tanh", "relu", "z1", "\x00", "é"])
WRONG = st.sampled_from([None, True, -1, 2**60, 10**30, 1.5, "", "NaN", "x" * 300, [], [[]], {}, {"a": 1}])
MODEST = 40
"""Numbers stay near their least, so that what is asked for is done soon; beyond the bounds they are refused at once."""

OPTIMIZER = st.one_of(
    st.sampled_from(["sgd", "momentum", "adam", "rmsprop", "lion", "muon", "rprop"]).map(lambda name: {"name": name}),
    st.fixed_dictionaries({"name": st.just("sgd"), "lr": st.sampled_from([1e-3, 0.1, 1e6, 0, -1, "NaN"])}),
)
LAYER = st.fixed_dictionaries(
    {"units": st.integers(0, 12)},
    optional={
        "activation": st.sampled_from(["tanh", "relu", "prelu", "gelu", "dance"]),
        "norm": st.sampled_from([None, "batch", "layer"]),
        "dropout": st.sampled_from([0.0, 0.5, 1.0]),
        "skip": st.sampled_from([None, 1, 2, 9]),
    },
)
FORMULA = st.fixed_dictionaries(
    {"name": st.just("formula")},
    optional={
        "formula": st.sampled_from(["x*y", "y = sin(x)", "x^2 + y^2 < 9", "y = 1/x", "log(x)", "y = 9", "1/0", "x +", "y = z"]),
        "samples": st.sampled_from([10, 60, 5]),
        "noise": st.sampled_from([0.0, 0.5, -1]),
    },
)
SPEC = st.fixed_dictionaries(
    {},
    optional={
        "data": st.one_of(
            st.fixed_dictionaries(
                {"name": st.sampled_from(["spiral", "xor", "circle", "plane", "wave", "iris", "nothing"])},
                optional={"samples": st.sampled_from([10, 60, 5]), "seed": st.integers(0, 3), "test_fraction": st.just(0.2)},
            ),
            FORMULA,
        ),
        "network": st.fixed_dictionaries({"layers": st.lists(LAYER, max_size=3)}),
        "optimizer": OPTIMIZER,
        "batch_size": st.sampled_from([1, 7, 10, "full", 0]),
        "seed": st.integers(-1, 3),
        "stop": st.fixed_dictionaries({"max_steps": st.sampled_from([1, 20, 1000])}),
        "eval_every": st.sampled_from(["epoch", 1, 5]),
    },
)
EDIT = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("set"),
            "path": st.sampled_from(["optimizer.lr", "optimizer", "batch_size", "schedule", "stop.patience", "data.name"]),
            "value": st.one_of(st.sampled_from([0.01, 5, "full", None, {"name": "cosine"}, {"name": "sgd"}]), WRONG),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("weight"),
            "name": st.sampled_from(["W1", "b1", "W2", "P1"]),
            "index": st.lists(st.integers(0, 3), max_size=2),
            "value": st.sampled_from([0.5, -3, 1e300, "Infinity"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("freeze"),
            "action": st.sampled_from(["freeze", "remove", "release", "thaw"]),
            "entries": st.lists(
                st.fixed_dictionaries(
                    {
                        "name": st.sampled_from(["W1", "b1", "W2", "P1"]),
                        "index": st.lists(st.one_of(st.integers(0, 3), st.none()), max_size=2),
                    }
                ),
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("extend"), "max_steps": st.sampled_from([0, 50, 2000])}),
)
LANE = st.fixed_dictionaries(
    {},
    optional={
        "optimizer": OPTIMIZER,
        "label": NAMES,
        "seed": st.integers(0, 2),
        "batch_size": st.sampled_from([None, 3, "full"]),
    },
)
RACE = st.fixed_dictionaries(
    {},
    optional={
        "surface": st.one_of(
            st.sampled_from(["rosenbrock", "bowl", "nothing"]).map(lambda name: {"name": name}),
            st.sampled_from(["x*x + y*y", "sin(x)*y", "1/x", "x^2", "(", "log(-x*x)"]).map(
                lambda text: {"name": "formula", "formula": text}
            ),
        ),
        "start": st.sampled_from([None, [0.5, 0.5], [1e9, 0]]),
        "lanes": st.lists(LANE, max_size=3),
        "max_steps": st.sampled_from([20, 200, 0]),
        "noise": st.sampled_from([0.0, 0.1, -1]),
    },
)
NETWORK_RACE = st.fixed_dictionaries({"run": SPEC, "lanes": st.lists(LANE, max_size=2)})
NUMBERS = st.lists(st.sampled_from([0.5, -2, 1e300, "NaN"]), max_size=4)
BROUGHT = st.fixed_dictionaries(
    {"kind": st.just("load"), "step": st.sampled_from([0, 2])},
    optional={
        "parameters": st.dictionaries(st.sampled_from(["W1", "b1", "b2", "gamma1", "nothing"]), NUMBERS, max_size=2),
        "statistics": st.dictionaries(st.sampled_from(["mean1", "variance1"]), NUMBERS, max_size=1),
        "state": st.dictionaries(st.sampled_from(["v", "m", "x"]), st.dictionaries(st.just("b2"), NUMBERS), max_size=1),
        "updates": st.sampled_from([0, 5, -1]),
    },
)
SCRIPT = st.fixed_dictionaries(
    {"spec": SPEC},
    optional={
        "edits": st.lists(st.one_of(BROUGHT, EDIT.map(lambda edit: edit | {"step": 2})), max_size=2),
        "step": st.sampled_from([0, 3, 30]),
    },
)
OPEN: dict[str, dict[str, Strategy]] = {
    "configure": {"spec": SPEC},
    "edit": {"edit": EDIT},
    "sketch": {"data": FORMULA},
    "load": {"script": SCRIPT, "experiment": st.none()},
    "race": {"spec": RACE},
    "race_load": {"script": st.fixed_dictionaries({"spec": RACE}, optional={"step": st.sampled_from([0, 5])})},
    "race_change": {"surface": st.none(), "max_steps": st.sampled_from([None, 10, 300])},
    "race_lane_add": {"lane": LANE},
    "race_lane_replace": {"spec": LANE},
    "race_lane_retune": {"optimizer": OPTIMIZER, "schedule": st.none()},
    "network": {"lanes": st.one_of(st.none(), st.lists(LANE, max_size=3))},
    "network_load": {
        "script": st.fixed_dictionaries({"spec": st.fixed_dictionaries({"run": SPEC, "lanes": st.lists(LANE, max_size=2)})})
    },
    "network_lane_add": {"lane": LANE},
    "network_lane_replace": {"spec": LANE},
    "network_lane_retune": {"optimizer": OPTIMIZER, "schedule": st.none()},
    "graph": {
        "text": st.sampled_from(["x*x", "sin(x)+y", "1/(x-x)", "x**y", "ln(x", "relu(x)*x", "x.y"]),
        "inputs": st.sampled_from([{"x": 2.0}, {"x": -1.0, "y": 0.0}, {}]),
    },
}
"""Fields that hold what another schema than the protocol's describes: a spec, an edit, a lane, a script."""


class Commands:
    """Strategies from the schema of `/api/protocol`."""

    def __init__(self, schema: Schema) -> None:
        self._definitions: dict[str, Schema] = schema["$defs"]
        self.commands = {
            part["properties"]["type"]["const"]: part
            for part in self._definitions.values()
            if "const" in part.get("properties", {}).get("type", {})
        }

    def valid(self, types: list[str]) -> Strategy:
        return st.sampled_from(types).flatmap(self.one)

    def near(self, types: list[str]) -> Strategy:
        """One field is of another kind, just out of range, missing, or not known."""
        return st.sampled_from(types).flatmap(self._spoilt)

    def one(self, type: str) -> Strategy:
        schema = self.commands[type]
        own = OPEN.get(type, {})
        wanted, optional = {}, {}
        for name, part in schema["properties"].items():
            if name == "id":
                continue
            strategy = own[name] if name in own else self.value(part)
            (wanted if name in schema.get("required", ()) or name == "type" else optional)[name] = strategy
        return st.fixed_dictionaries(wanted, optional=optional)

    def _spoilt(self, type: str) -> Strategy:
        names = [name for name in self.commands[type]["properties"] if name not in ("id", "type")]

        def spoil(draw: Callable[[Strategy], Any]) -> dict[str, Any]:
            command = dict(draw(self.one(type)))
            name = draw(st.sampled_from([*names, "x"]))
            if name in command and draw(st.booleans()):
                del command[name]
            else:
                command[name] = draw(st.one_of(WRONG, self.outside(self.commands[type]["properties"].get(name, {}))))
            return command

        return st.composite(spoil)()

    def value(self, schema: Schema) -> Strategy:
        """What fits a schema."""
        if "$ref" in schema:
            return self.value(self._definitions[schema["$ref"].rsplit("/", 1)[1]])
        if "anyOf" in schema:
            return st.one_of(*(self.value(part) for part in schema["anyOf"]))
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return getattr(self, f"_{schema.get('type', 'null')}")(schema)

    def outside(self, schema: Schema) -> Strategy:
        """Just beyond the bounds, where there are some."""
        found = [schema[name] + by for name, by in (("minimum", -1), ("maximum", 1)) if name in schema]
        found += [schema[name] for name in ("exclusiveMinimum", "exclusiveMaximum") if name in schema]
        if "maxLength" in schema:
            found.append("x" * (schema["maxLength"] + 1))
        return st.sampled_from(found) if found else WRONG

    def _null(self, schema: Schema) -> Strategy:
        return st.none()

    def _boolean(self, schema: Schema) -> Strategy:
        return st.booleans()

    def _integer(self, schema: Schema) -> Strategy:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -MODEST))
        low = max(low, -MODEST)
        high = schema.get("maximum", schema.get("exclusiveMaximum", 2**31) - 1)
        return st.integers(low, min(high, low + MODEST))

    def _number(self, schema: Schema) -> Strategy:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -100.0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", 1e6))
        return st.floats(max(low, -1e6) + 1e-3, min(high, 1e6) - 1e-3, allow_nan=False)

    def _string(self, schema: Schema) -> Strategy:
        if "pattern" in schema:
            most = schema.get("maxLength", 99)
            return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: len(text) <= most)
        return NAMES.filter(lambda text: len(text) >= schema.get("minLength", 0))

    def _array(self, schema: Schema) -> Strategy:
        if "prefixItems" in schema:
            return st.tuples(*(self.value(part) for part in schema["prefixItems"])).map(list)
        most = min(schema.get("maxItems", 4), 4)
        return st.lists(self.value(schema["items"]), min_size=schema.get("minItems", 0), max_size=most)

    def _object(self, schema: Schema) -> Strategy:
        properties = schema.get("properties")
        if properties is None:
            return st.just({})
        required = schema.get("required", ())
        return st.fixed_dictionaries(
            {name: self.value(part) for name, part in properties.items() if name in required},
            optional={name: self.value(part) for name, part in properties.items() if name not in required},
        )
