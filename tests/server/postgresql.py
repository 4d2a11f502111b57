"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on a free port of this machine, gone when they end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import install_postgresql
import psycopg
import pytest

STARTS = 60.0
"""Seconds that the server is given to answer."""
NOBODY = 65534
"""PostgreSQL refuses to be root: where the tests are, it is this user, who owns nothing but the cluster."""


@dataclass(frozen=True)
class Cluster:
    port: int

    def database(self, name: str) -> str:
        """A new database's URL."""
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql://tests@127.0.0.1:{self.port}/{name}"

    def dump(self, name: str) -> str:
        """All of a database as plain SQL that its neighbour versions read, too: without what only the newest ones know."""
        lines = self._client("pg_dump", "--no-owner", "--no-privileges", name).splitlines(keepends=True)
        newest = ("\\restrict", "\\unrestrict", "SET transaction_timeout")
        return "".join(line for line in lines if not line.startswith(newest))

    def restore(self, name: str, sql: str) -> str:
        """A new database, filled by psql from what `dump` gave; its URL."""
        url = self.database(name)
        self._client("psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", name, given=sql)
        return url

    def _client(self, program: str, *arguments: str, given: str | None = None) -> str:
        folder = install_postgresql.find()
        assert folder is not None
        found = folder / program if (folder / program).exists() else shutil.which(program)
        assert found is not None, f"There is no {program}: {install_postgresql.ADVICE}"
        address = ["--host", "127.0.0.1", "--port", str(self.port), "--username", "tests"]
        done = subprocess.run([found, *address, *arguments], input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="tests", dbname="postgres", autocommit=True)


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    programs = install_postgresql.find()
    if programs is None:
        pytest.fail(
            f"There is no PostgreSQL to test with. Run tests/server/install_postgresql.py, or: {install_postgresql.ADVICE}"
        )
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="chainrule-postgresql-"))
    try:
        if user:
            os.chown(folder, NOBODY, NOBODY)
        data, log = folder / "data", folder / "log"
        initdb = [programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
        made = subprocess.run(initdb, cwd=folder, env=environment, capture_output=True, text=True, check=False, **user)
        assert made.returncode == 0, made.stderr
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        serve = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "fsync=off"]
        with log.open("w") as said:
            server = subprocess.Popen(serve, cwd=folder, env=environment, stdout=said, stderr=said, **user)
        try:
            cluster = Cluster(port)
            deadline = time.monotonic() + STARTS
            while True:
                assert server.poll() is None and time.monotonic() < deadline, log.read_text()
                with contextlib.suppress(psycopg.OperationalError), cluster.connect():
                    break
                time.sleep(0.05)
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # it sends away whoever is still there
            server.wait(STARTS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
