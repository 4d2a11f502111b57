"""Fields that hold what the engine defines: plain data on the wire, which the engine checks itself, but told in the schema."""

from __future__ import annotations

import pkgutil
from types import GenericAlias
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Shape:
    """In the JSON Schema a field is described as a type of the engine, which is imported only when the schema is made."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # As part of another type: by itself it would be written out in place, where now it is a definition with a name.
        several: Any = GenericAlias(list, (pkgutil.resolve_name(self._place),))
        described: JsonSchemaValue = handler(TypeAdapter(several).core_schema)["items"]
        return described


RunSpecData = Annotated[dict[str, Any], Shape("engine.spec:RunSpec")]
FormulaDataSpec = Annotated[dict[str, Any], Shape("engine.spec:FormulaData")]
EditData = Annotated[dict[str, Any], Shape("engine.script.edits:Edit")]
ScriptEditData = Annotated[dict[str, Any], Shape("engine.script.edits:ScriptEdit")]
ScriptData = Annotated[dict[str, Any], Shape("engine.script.replay:ScriptData")]
OptimizerData = Annotated[dict[str, Any], Shape("engine.spec:OptimizerSpec")]
LaneOptimizerData = Annotated[dict[str, Any], Shape("engine.solvers.spec:LaneOptimizer")]
ScheduleData = Annotated[dict[str, Any], Shape("engine.spec:ScheduleSpec")]
InitializerData = Annotated[dict[str, Any], Shape("engine.spec:InitializerSpec")]
LaneData = Annotated[dict[str, Any], Shape("engine.race.spec:LaneSpec")]
RaceSpecData = Annotated[dict[str, Any], Shape("engine.race.spec:RaceSpec")]
SurfaceData = Annotated[dict[str, Any], Shape("engine.surfaces.function:SurfaceSpec")]
