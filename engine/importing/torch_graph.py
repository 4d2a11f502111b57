"""The way through a module's forward pass, found by torch.fx: which parts follow one another, and what is added to what."""

from __future__ import annotations

import operator
import sys
from typing import Any

from engine.importing.chain import Affine, Part, Skip
from engine.importing.imported import UnsupportedError
from engine.importing.torch_modules import FUNCTIONS, Given, check_demands, check_hooks, part_of

HOW = "Linear layers one after another, activations, norms, dropout, and x + block(x)"
NO_TENSOR_FUNCTIONS = ("linear", "layer_norm", "batch_norm", "prelu")


def parts_of(module: Any) -> tuple[list[Part], dict[str, Any], bool]:
    """The parts in their order; the parameters that they are of, by path; and whether the network begins by laying out its
    input."""
    walk = _Walk(module)
    return walk.parts(), walk.parameters, walk.flattens


class _Walk:
    """Backwards from the output along the path that all values go: an addition has a side that leads back to that path."""

    def __init__(self, module: Any) -> None:
        if type(module).__module__.startswith("torch.nn.modules.") and type(module).__name__ != "Sequential":
            module = sys.modules["torch"].nn.Sequential(module)  # one that stands alone is a part as any other
        self.module = module
        self.modules = dict(module.named_modules(remove_duplicate=False))
        for path, each in self.modules.items():
            check_hooks(each, path or "the module")
        self.parameters: dict[str, Any] = {}
        self.flattens = False
        self.calls: dict[int, str] = {}
        self._check_shared()
        graph = _traced(module)
        inputs = [node for node in graph.nodes if node.op == "placeholder" and node.users]
        if len(inputs) != 1:
            raise UnsupportedError("forward", f"{len(inputs)} inputs are used", "one: a batch of samples")
        self.input = inputs[0]
        self.output = next(node for node in graph.nodes if node.op == "output").args[0]
        if not hasattr(self.output, "op"):
            raise UnsupportedError("forward", f"it returns a {type(self.output).__name__}", "one tensor, (samples, outputs)")
        self.used: set[Any] = set()

    def _check_shared(self) -> None:
        seen: dict[int, str] = {}
        for path, tensor in self.module.named_parameters(remove_duplicate=False):
            first = seen.setdefault(id(tensor), path)
            if first != path and self._of(first) is not self._of(path):
                raise UnsupportedError(path, f"shares its values with {first}", "each layer has values of its own")

    def _of(self, path: str) -> Any:
        return self.modules[path.rpartition(".")[0]]

    def parts(self) -> list[Part]:
        nodes = self._path(self.output)
        made: list[Part] = []
        layer_of: dict[Any, int] = {self.input: 0}
        layers = 0
        for at, node in enumerate(nodes):
            if node is self.input:
                continue
            addition = self._addition(node)
            part = self._skip(node, nodes[at - 1], layer_of) if addition else self._part(node)
            if isinstance(part, Affine):
                layers += 1
            if part is None and not made:  # nothing has been done to the input yet
                layer_of[node] = 0
            elif part is not None:
                made.append(part)
            follows = nodes[at + 1] if at + 1 < len(nodes) else None
            if follows is not None and self._is_linear(follows):
                layer_of[node] = layers
        strays = [user for node in nodes for user in node.users if user not in nodes and self._leads_off(user)]
        if strays:
            raise UnsupportedError(_place(strays[0]), "a branch of the forward pass that leads elsewhere", HOW)
        return made

    def _leads_off(self, node: Any) -> bool:
        """Whether something comes of it beside what is read already."""
        return node.op != "output" and node not in self.used and _leads_on(node)

    def _path(self, node: Any) -> list[Any]:
        """From the input to `node`."""
        path = [node]
        while node is not self.input:
            operands = self._addition(node)
            if operands:
                node = self._main(node, *operands)
            else:
                before = [each for each in node.all_input_nodes if each.op != "get_attr"]
                if len(before) != 1 or node.op in ("get_attr", "placeholder"):
                    raise UnsupportedError(_place(node), f"{_title(node)} of {len(before)} values", HOW)
                node = before[0]
            path.append(node)
            if len(path) > 10_000:
                raise UnsupportedError("forward", "more than 10,000 operations", "fewer")
        return path[::-1]

    def _addition(self, node: Any) -> tuple[Any, Any] | None:
        """The two operands, where it is an addition."""
        plus = node.op == "call_function" and node.target in (operator.add, operator.iadd, sys.modules["torch"].add)
        if not (plus or (node.op == "call_method" and node.target in ("add", "add_"))):
            return None
        operands = node.args[:2]
        if len(operands) != 2 or node.kwargs or not all(hasattr(each, "op") for each in operands):
            raise UnsupportedError(_place(node), "an addition of what is no layer's output", HOW)
        return operands[0], operands[1]

    def _main(self, node: Any, one: Any, other: Any) -> Any:
        """Of two operands that which the values come through; the other one leads back to the path by at most one Linear."""
        for main, side in ((one, other), (other, one)):
            source = side.all_input_nodes[0] if self._is_linear(side) else side
            if main is not source and main is not side and source in _ancestors(main):
                return main
        raise UnsupportedError(_place(node), "an addition of two branches", "x + block(x), or Linear(bias=False)(x) + block(x)")

    def _skip(self, node: Any, main: Any, layer_of: dict[Any, int]) -> Part:
        side = next(each for each in self._addition(node) or () if each is not main)
        self.used.add(side)
        projection, frozen, source = None, [], side
        if source not in layer_of and self._is_linear(side):
            part = self._part(side)
            assert isinstance(part, Affine)
            if part.bias is not None:
                raise UnsupportedError(part.path, "a Linear with a bias beside the layers", "Linear(bias=False) there")
            projection, source = part.weights, side.all_input_nodes[0]
            frozen = ["P"] if "W" in part.frozen else []
        if source not in layer_of:
            problem = "what is added was taken in the middle of a layer"
            raise UnsupportedError(_place(node), problem, "the input, or what the next Linear takes")
        path = _place(side) if projection is not None else _place(node)
        return Skip(path, "the addition", layer_of[source], projection, frozen=frozen)

    def _is_linear(self, node: Any) -> bool:
        return node.op == "call_module" and type(self.modules[str(node.target)]).__name__ == "Linear"

    def _part(self, node: Any) -> Part | None:
        if node.op == "call_module":
            path = str(node.target)
            module = self.modules[path]
            own = dict(module.named_parameters(recurse=False))
            if own and id(module) in self.calls:
                raise UnsupportedError(path, f"{type(module).__name__} is used twice, so its weights are shared", "once")
            self.calls[id(module)] = path
            part = part_of(module, path)
            self.parameters |= {f"{path}.{name}": tensor for name, tensor in own.items()}
            if type(module).__name__ == "Flatten" and node.all_input_nodes[0] is self.input:
                self.flattens = True
            return part
        return self._call(node)

    def _call(self, node: Any) -> Part | None:
        """A function of torch, or a method of a tensor, that is one of the rows."""
        torch = sys.modules["torch"]
        name = node.target if node.op == "call_method" else getattr(node.target, "__name__", str(node.target))
        name = str(name).removesuffix("_")
        row = FUNCTIONS.get(name)
        homes = (torch, torch.nn.functional)
        own = node.op == "call_method" or any(
            node.target in (getattr(home, name, None), getattr(home, f"{name}_", None)) for home in homes
        )
        if row is None or not own or node.op not in ("call_method", "call_function"):
            instead = "a torch.nn module with tensors of its own" if name in NO_TENSOR_FUNCTIONS else ", ".join(FUNCTIONS)
            raise UnsupportedError(_place(node), _title(node), instead)
        attributes = dict(zip(row.arguments, node.args[1:], strict=False)) | dict(node.kwargs)
        attributes.pop("input", None)
        if row.function == "flatten":
            attributes = {"start_dim": 0, "end_dim": -1} | attributes
            self.flattens |= node.all_input_nodes[0] is self.input
        if any(hasattr(value, "op") for value in attributes.values()):
            raise UnsupportedError(_place(node), f"{name} with an argument that is computed", "constants")
        given = Given(_place(node), row, attributes, {})
        check_demands(given)
        return row.make(given)


def _traced(module: Any) -> Any:
    from torch import fx

    try:
        return fx.Tracer().trace(module)
    except UnsupportedError:
        raise
    except Exception as error:  # whatever a forward does that cannot be followed
        problem = f"torch.fx cannot trace {type(module).__name__}.forward ({type(error).__name__}: {str(error)[:160]})"
        raise UnsupportedError("forward", problem, f"a forward without decisions on values: {HOW}") from error


def _ancestors(node: Any) -> set[Any]:
    found: set[Any] = set()
    ahead = [node]
    while ahead:
        for each in ahead.pop().all_input_nodes:
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found


def _leads_on(node: Any) -> bool:
    """Whether anything comes of it."""
    return node.op == "output" or any(_leads_on(user) for user in node.users)


def _place(node: Any) -> str:
    return str(node.target) if node.op == "call_module" else f"forward, {node.name}"


def _title(node: Any) -> str:
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
    return f"the {'module' if node.op == 'call_module' else 'function'} {name}"
