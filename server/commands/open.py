"""``chainrule open FILE``: a network from a file, in Step, with its own weights and a batch of data."""

from __future__ import annotations

import argparse
import asyncio
import base64
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from engine.importing.files import Opened, described, opened
from engine.importing.imported import UnsupportedError
from server.commands import serve
from server.keeping.database import Database, refusal, unusable
from server.keeping.experiments import Experiments
from server.protocol import long_json
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.sizes import check_built, check_given

LONGEST = 8192
"""Characters of a script that a link holds itself, as on the page (`web/src/link.js`)."""


def main(arguments: Sequence[str]) -> int:
    """Bring the file in and serve; the status to exit with."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        found = opened(options.file, described(vars(options)))
        check_given(found.script.spec, settings)
        check_built(found.script.spec, settings)
        fragment = f"#view=step&{_link(found, settings)}"
    except ValidationError as error:
        first = error.errors()[0]
        print(f"chainrule: {'.'.join(str(each) for each in first['loc'])}: {first['msg']}", file=sys.stderr)
        return 2
    except (UnsupportedError, CommandError, ValueError) as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 2
    for note in found.notes:
        print(f"chainrule: {note}", file=sys.stderr)
    given = ["--host", options.host, "--port", str(options.port), *(["--no-browser"] if options.no_browser else [])]
    return serve.main(given, fragment)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chainrule open",
        description="Open a network from a file in Step: a state dict of PyTorch (.pt, .pth), read without running what is"
        " in it; a model or a script that chainrule wrote (.json). A script needs nothing else.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--data", help="a data set by name, or samples: FILE.csv, the target last, or FILE.npz with x and y")
    parser.add_argument("--target", help="the column of FILE.csv that is the target")
    parser.add_argument("--activation", help="what stands between the layers of a state dict: one, or one each with commas")
    parser.add_argument("--output", help="what stands behind its last layer (default: nothing; the loss takes its outputs)")
    parser.add_argument("--loss", help="mse, bce or cross_entropy (default: what fits the data)")
    parser.add_argument("--optimizer", help="(default: adam)")
    parser.add_argument("--lr", type=float, help="its learning rate")
    parser.add_argument("--batch-size", type=int, help="samples of a mini-batch (default: all that a file of samples has)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=serve.port_number, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    return parser


def _link(found: Opened, settings: Settings) -> str:
    """The script in the address itself, or where it is too long its place among the experiments that the server keeps."""
    text = long_json.written(found.script.as_json())
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")
    if len(packed) <= LONGEST:
        return f"s={packed}"
    if (refused := refusal(settings) or unusable(settings)) is not None:
        raise ValueError(refused)
    return f"e={asyncio.run(_kept(text, settings))}"


async def _kept(text: str, settings: Settings) -> str:
    database = Database(settings)
    try:
        experiments = Experiments(settings, database)
        name = await experiments.keep(text)
        if not experiments.lasting:
            raise ValueError(
                "the run is too long for a link, and this machine keeps none: CHAINRULE_DATABASE_URL names where to"
            )
        return name
    finally:
        database.close()
