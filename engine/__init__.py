"""chainrule's engine: networks that train and can be stepped op by op, sought, edited and asked; a library of its own."""

from pydantic import ValidationError as SpecError

from engine.catalog import catalog
from engine.script.edits import EditError
from engine.spec import RunSpec
from engine.trainer import Trainer
from engine.warmup import fingerprint, warm_up

__all__ = ["EditError", "RunSpec", "SpecError", "Trainer", "catalog", "fingerprint", "warm_up"]
