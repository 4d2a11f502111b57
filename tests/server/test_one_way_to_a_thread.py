"""Every call to the engine goes through the scheduler, which measures it and gives turns: there is no other way to a thread."""

from __future__ import annotations

import ast
from pathlib import Path

from engine.arithmetic import syntax_tree

SERVER = Path(__file__).parents[2] / "server"
WAYS = {"to_thread", "run_in_executor", "run_in_threadpool", "run_sync", "Thread", "ThreadPoolExecutor", "Scheduler", "submit"}
ELSEWHERE = {
    "session/scheduler.py": "it is the way",
    "session/calling.py": "and this is how a session takes it",
    "session/socket.py": "a command is queued; and long messages are read",
    "session/registry.py": "the fingerprint, before the first session: the workers may be waiting for a kernel; memory back",
    "app.py": "makes the scheduler; the documents that are served, once",
    "warmup.py": "kernels compile in a thread of their own",
    "workers.py": "watches over the process",
    "commands/serve.py": "opens a browser",
    "notebook/serving.py": "the server of a notebook's kernel is a thread of it",
    "keeping/database.py": "the database's own threads",
    "keeping/kept_texts.py": "packs and unpacks a text",
    "reading/process.py": "listens to the server, in a process of its own",
    "reading/reader.py": "tables and long messages wait for that process",
    "wire/budget.py": "memory is given back to the machine",
    "http/page.py": "reads the page's files again",
    "tables/routes.py": "reads tables",
}


def ways(source: str) -> list[int]:
    """Lines that go to a thread."""
    found = []
    for node in ast.walk(syntax_tree(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in WAYS:
                found.append(node.lineno)
    return found


def test_only_the_scheduler_takes_engine_calls_to_threads() -> None:
    found = {path.relative_to(SERVER).as_posix() for path in SERVER.rglob("*.py") if ways(path.read_text(encoding="utf-8"))}
    assert found - ELSEWHERE.keys() == set(), "send it through `Host.call`, `slice` or `hurry`, or as a `Job`"
    assert "session/calling.py" in found


def test_a_way_around_it_is_found() -> None:
    assert ways("async def share(run):\n    return await asyncio.to_thread(run.as_script)\n") == [2]
    assert ways("loop.run_in_executor(None, trainer.undo)") == [1]
    assert ways("await host.call(trainer.undo)") == []
