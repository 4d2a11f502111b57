"""What goes wrong, as an `ErrorEvent`: a stable code, the field, the allowed range."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from server.protocol import ErrorEvent

Id = str | int | None

_SIGNS = {
    "ge": "at least",
    "gt": "above",
    "le": "at most",
    "lt": "below",
    "min_length": "a length of at least",
    "max_length": "a length of at most",
}
_KINDS = {
    "int_": "a whole number",
    "float_": "a number",
    "finite_number": "a finite number",
    "string_": "text",
    "bool_": "true or false",
    "tuple_": "a list",
    "list_": "a list",
    "dict_": "an object",
    "model_": "an object",
    "json_": "JSON",
    "missing": "a value",
    "extra_": "a known field",
    "union_tag": "a known kind",
}
"""What would do in place of something of another kind, by the beginning of pydantic's name for the error."""
LONGEST, LONGEST_FIELD = 600, 200
"""Characters of a message, and of a field's name: what was sent is quoted, however long it was."""
_TYPES = r"(literal|list|tuple|function|tagged|dict|constrained)\W.*|int|float|bool|str|none|constrained-\w+"
_TYPE, _INSERTED = re.compile(_TYPES), re.compile(rf"row|from_formula|inline|set|weight|freeze|extend|{_TYPES}")
"""What pydantic adds to a path where there is a choice of models or types: it is no part of what was sent."""


class CommandError(Exception):
    """A command that is refused; carries its answer."""

    def __init__(self, code: str, message: str, field: str | None = None, allowed: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.field, self.allowed = code, message, field, allowed

    def event(self, id: Id) -> ErrorEvent:
        return refusal(id, self.code, self.field, self.allowed, self.message)


def refusal(id: Id, code: str, field: str | None, allowed: str | None, message: str) -> ErrorEvent:
    """The event, of a length that can be shown."""
    if field is not None and len(field) > LONGEST_FIELD:
        message, field = message.replace(field, cut(field, LONGEST_FIELD)), cut(field, LONGEST_FIELD)
    return ErrorEvent(id=id, code=code, field=field, allowed=allowed, message=cut(message, LONGEST))


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def from_command(error: ValidationError, id: Id, models: Mapping[str, type[BaseModel]]) -> ErrorEvent:
    """A command that does not fit the protocol; `models` are those there are, by name."""
    detail = error.errors(include_url=False)[0]
    tag, *rest = detail["loc"] or (None,)
    path = [part for part in rest if isinstance(part, int) or not _TYPE.fullmatch(part)]
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return refusal(id, "invalid", "type", ", ".join(models), _unknown(detail))
    allowed = _declared(models.get(str(tag)), path) or _allowed(detail)
    message = "Unknown field" if detail["type"] == "extra_forbidden" else detail["msg"]
    return refusal(id, "invalid", _dotted(path), allowed, _sentence(path, message))


def from_validation(error: ValidationError, id: Id, prefix: str) -> ErrorEvent:
    """A spec or an edit that the engine refuses; `prefix` is the command's field that held it."""
    detail = error.errors(include_url=False)[0]
    path = [prefix, *(part for part in detail["loc"] if isinstance(part, int) or not _INSERTED.fullmatch(part))]
    context = detail.get("ctx", {})
    problem = str(context.get("problem") or detail["msg"].removeprefix("Value error, "))
    if context.get("field"):  # found by a validator that sees more than that field
        path.append(context["field"])
        problem = problem.removeprefix(f"{context['field']}: ")
    message = _sentence(path, problem)
    return refusal(id, "invalid", _dotted(path), _allowed(detail), message)


def from_exception(error: Exception, id: Id, prefix: str) -> ErrorEvent | None:
    """The answer to what a command raised, or None where that is a fault of ours and no refusal."""
    from engine import EditError, SpecError  # by now a worker thread has imported the engine

    if isinstance(error, CommandError):
        return error.event(id)
    if isinstance(error, ValidationError):
        return from_validation(error, id, prefix)
    if isinstance(error, EditError | SpecError):
        field = getattr(error, "field", None)
        path = _dotted([prefix, field]) if field else prefix
        return refusal(id, "invalid", path, getattr(error, "allowed", None), str(error))
    return None


def _unknown(detail: ErrorDetails) -> str:
    tag = detail.get("ctx", {}).get("tag")
    return f"There is no command {tag!r}" if tag is not None else "A command needs a type"


def _sentence(path: Iterable[Any], message: str) -> str:
    field = _dotted(path)
    return f"{field}: {message}" if field else message


def _dotted(path: Iterable[Any]) -> str | None:
    return ".".join(str(part) for part in path) or None


def _allowed(detail: ErrorDetails) -> str | None:
    """What the error itself says about the range: the engine's words, or the bound that was missed."""
    context = detail.get("ctx", {})
    for key in ("allowed", "expected", "expected_tags", "pattern"):
        if context.get(key):
            return str(context[key])
    if _bounds(context):
        return " and ".join(_bounds(context))
    return next((words for kind, words in _KINDS.items() if detail["type"].startswith(kind)), None)


def _declared(model: type[BaseModel] | None, path: list[Any]) -> str | None:
    """The range declared for a field of a command: both ends, not only the one that was missed."""
    for index, part in enumerate(path):
        field = model.model_fields.get(str(part)) if model is not None else None
        if field is None:
            return None
        if index == len(path) - 1:
            metadata = {sign: getattr(entry, sign) for entry in field.metadata for sign in _SIGNS if hasattr(entry, sign)}
            return " and ".join(_bounds(metadata)) or None
        model = _model(field.annotation)
    return None


def _bounds(values: Mapping[str, Any]) -> list[str]:
    return [f"{words} {values[sign]}" for sign, words in _SIGNS.items() if values.get(sign) is not None]


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model in ``Model``, ``Model | None`` or ``Annotated[Model, …]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, types.UnionType):
        return next((found for part in get_args(annotation) if (found := _model(part))), None)
    return None
