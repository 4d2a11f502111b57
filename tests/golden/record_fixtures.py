"""Records what this version keeps, shares and exports, for later ones to open:

    python tests/golden/record_fixtures.py v1        writes fixtures/v1

A version's fixtures are never recorded again: they stand for what people have on their disks and in their bookmarks, and a
version that cannot open them breaks that. What a later version keeps in another form gets a folder of its own beside them (v2);
the tests walk all folders. Needs Chromium and PostgreSQL (`install_chromium.py`, `install_postgresql.py`) and a checkout that
nothing is changed in, for `manifest.json` names its version and kernels.

What lies in a folder:

==========================  ==================================================================================================
``manifest.json``           whose bits these are (version, fingerprint and its parts), the sessions' and experiments' ids
``told.json``               by name what a page was told: steps, scores, parameters, curves, every row of a race. Doubles stand
                            in their shortest exact form; ``sha256`` is that of the parameters' bytes, compared where the same
                            bits are promised
``links.json``              fragments as the page shares them: a run, a teacher's link, an experiment, races
``storage.json``            localStorage and sessionStorage after a real use; its session is in the SQLite file
``exports/``                a run's script, curves, model and PyTorch script, an update, and the races' scripts and tables
``kept.sqlite3.gz``         a database of sessions and experiments, let go of by a server that stopped
``kept.sql.gz``             the same sessions, lived through again on PostgreSQL, as plain SQL
==========================  ==================================================================================================

Not recorded: a race as a page (megabytes of Plotly, and what is in it is in the table), an update as LaTeX or as a sheet, and
pictures; nothing reads those back. A session's lease holds no name of a machine once it is let go of.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import importlib.metadata
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "server"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "browser"))

import fixture_pages
from fixture_sessions import LIVES
from live_server import Live, serving
from observed import SESSIONS, run
from pages import Page
from postgresql import running
from recorded import FIXTURES, FOR_EVER, differences, machine

from engine import fingerprint, warm_up
from engine.kernels.jit import source_hash
from server.settings import Settings

RUN_FILES = {"curves": "curves.csv", "model": "model.json", "torch": "model.py", "script": "experiment.json"}


@contextmanager
def server(url: str) -> Iterator[Live]:
    with serving(Settings(database_url=url, kept_session_expiry=FOR_EVER)) as live:
        yield live


def lived(live: Live) -> tuple[dict[str, str], dict[str, str]]:
    """Every session, and one experiment kept: their ids."""
    sessions, experiments = {}, {}
    for name, life in LIVES.items():
        if name == "playing":
            continue
        with Page(live.socket) as page:
            life(page)
            sessions[name] = page.attached["session"]
            if name == "own_data":
                experiments[name] = page.do("keep")["result"]["experiment"]
    return sessions, experiments


def exported(live: Live, sessions: dict[str, str]) -> dict[str, str]:
    """Files by name."""
    found = {}
    with Page(live.socket, sessions["history"]) as page:
        page.run_info()
        for format, name in RUN_FILES.items():
            found[name] = page.do("export", format=format)["result"]["text"]
    with Page(live.socket, sessions["questions"]) as page:
        page.run_info()
        found["update.json"] = page.do("take_away", format="json")["result"]["text"]
    for session, kind in (("surface", "race"), ("network", "network")):
        with Page(live.socket, sessions[session]) as page:
            page.run_info()
            found[f"{session}.json"] = page.do(f"{kind}_share")["result"]["script"]
            found[f"{session}.csv"] = page.do(f"{kind}_export", format="csv")["result"]["text"]
    return found


def play(live: Live) -> str:
    """The session that the server's end finds playing; it lives through it last."""
    with Page(live.socket) as page:
        LIVES["playing"](page)
        return str(page.attached["session"])


def told(url: str, sessions: dict[str, str]) -> dict[str, Any]:
    """What a server that was begun anew tells of every session, as the tests will ask it."""
    found = {}
    with server(url) as live:
        for name, ask in SESSIONS.items():
            with Page(live.socket, sessions[name]) as page:
                assert page.attached["resumed"]
                found[name] = ask(page)
    return found


def opened_again(script: str) -> dict[str, Any]:
    """The run of a link, as a session that begins with it."""
    with server("sqlite://") as live, Page(live.socket) as page:
        page.run_info()
        page.do("load", script=script)
        return run(page)


def on_sqlite(file: Path) -> dict[str, Any]:
    """The file is left as a server that stopped leaves it, in one piece."""
    url = f"sqlite:///{file.as_posix()}"
    with server(url) as live, fixture_pages.browser() as browser:
        sessions, experiments = lived(live)
        address = f"http://127.0.0.1:{live.port}"
        found = {
            "exports": exported(live, sessions),
            "links": fixture_pages.links(browser, address, sessions),
            "storage": fixture_pages.storage(browser, address),
        }
        sessions["playing"] = play(live)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM kept_sessions WHERE owner IS NOT NULL").fetchone() == (0,)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
    packed = gzip.compress(file.read_bytes(), 9, mtime=0)
    return found | {"packed": packed, "sessions": sessions, "experiments": experiments, "told": told(url, sessions)}


def on_postgresql() -> dict[str, Any]:
    with running() as cluster:
        url = cluster.database("kept")
        with server(url) as live:
            sessions, experiments = lived(live)
            sessions["playing"] = play(live)
        dumped = cluster.dump("kept")
        packed = gzip.compress(dumped.encode(), 9, mtime=0)
        return {"packed": packed, "sessions": sessions, "experiments": experiments, "told": told(url, sessions)}


def record(folder: Path) -> None:
    warm_up()
    with tempfile.TemporaryDirectory() as temporary:
        sqlite = on_sqlite(Path(temporary) / "kept.sqlite3")
    postgresql = on_postgresql()
    apart = differences(postgresql["told"], sqlite["told"], exact=True)
    assert apart == [], apart
    exports = sqlite["exports"]
    numbers = sqlite["told"] | {"link": opened_again(exports["experiment.json"])}
    manifest = {
        "version": importlib.metadata.version("chainrule"),
        "recorded": datetime.date.today().isoformat(),
        "fingerprint": fingerprint(),
        "machine": machine(),
        "kernels": source_hash(),
        "sqlite": {kind: sqlite[kind] for kind in ("sessions", "experiments")},
        "postgresql": {kind: postgresql[kind] for kind in ("sessions", "experiments")},
    }
    (folder / "exports").mkdir(parents=True)
    for name, text in exports.items():
        (folder / "exports" / name).write_text(text)
    for name, content in (("manifest", manifest), ("links", sqlite["links"]), ("storage", sqlite["storage"])):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in numbers.items())
    (folder / "told.json").write_text("{\n" + lines + "\n}\n")
    (folder / "kept.sqlite3.gz").write_bytes(sqlite["packed"])
    (folder / "kept.sql.gz").write_bytes(postgresql["packed"])
    for file in sorted(folder.rglob("*.*")):
        print(f"{file.stat().st_size:8} {file.relative_to(folder)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("version", help="the folder's name, such as v1; one that is there already stays as it is")
    target = FIXTURES / parser.parse_args().version
    if target.exists():
        sys.exit(f"{target.name} is recorded already, and is never recorded again")
    record(target)
