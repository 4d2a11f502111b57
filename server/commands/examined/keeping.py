"""Where it is kept what outlives the server, and over what workers hear each other."""

from __future__ import annotations

from dataclasses import replace

from platformdirs import user_data_path

from server.bus import choice
from server.commands.examined.computing import unwritable
from server.commands.examined.finding import Finding
from server.keeping.database import FILE, refusal, unusable
from server.settings import Settings
from server.workers import shared

ELSEWHERE = "let CHAINRULE_DATABASE_URL name another: sqlite:////path/of/a/file or postgresql://user:password@host/name"


def database(settings: Settings) -> Finding:
    """Opened as a start would; one in the user's data folder is not made here."""
    file = user_data_path("chainrule", appauthor=False) / FILE
    named = bool(settings.database_url)
    if not named and (problem := unwritable(file.parent)) is not None:
        return Finding("database", "warn", f"{file.parent} cannot be written ({problem}): nothing is kept", ELSEWHERE)
    looked_at = settings if named or not file.exists() else replace(settings, database_url=f"sqlite:///{file.as_posix()}")
    if (words := refusal(looked_at) or unusable(looked_at)) is not None:
        return Finding("database", "bad", words if named else words.replace("CHAINRULE_DATABASE_URL", str(file)), ELSEWHERE)
    if settings.workers > 1 and (words := shared(settings)) is not None:
        return Finding("database", "bad", f"{settings.workers} workers cannot share it: {words}", ELSEWHERE)
    if named:
        return Finding("database", "ok", "the one of CHAINRULE_DATABASE_URL can be used")
    return Finding("database", "ok", f"{file}" if file.exists() else f"{file}, made at the first start")


def bus(settings: Settings) -> Finding:
    if (words := choice.unusable(settings)) is not None:
        return Finding("bus", "bad", words, "correct CHAINRULE_BUS_URL, such as redis://127.0.0.1:6379, or leave it out")
    if (words := choice.missing(settings)) is not None:
        return Finding("bus", "warn", words, "without one all but classes works")
    if not settings.bus_url:
        return Finding("bus", "ok", "none is needed: one process serves")
    from server.bus import probe  # of an extra, which is there by now

    if not probe.answers(settings.bus_url):
        advice = "start it, or let the network through to it; the server waits for it, and classes do so long"
        return Finding("bus", "warn", "the Redis of CHAINRULE_BUS_URL does not answer", advice)
    return Finding("bus", "ok", "the Redis of CHAINRULE_BUS_URL answers")
