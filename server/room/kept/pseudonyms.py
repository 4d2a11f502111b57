"""Pseudonyms of two words, and what another one may be."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection

from server.wire.errors import CommandError

LONGEST = 24
ALLOWED = "1 to 24 letters, digits, spaces, - and '"
_FIRST = """
amber bold brave bright brisk calm clear clever copper coral crimson curious daring deep eager early fair fast gentle golden
green happy hidden honest icy ivory keen kind light lively lucky mellow merry mild misty neat noble nimble olive patient plain
polar proud quick quiet rapid ready red royal rustic sandy sharp shy silent silver sleek smart snowy solid spry steady still
sunny swift tall tidy tiny vivid warm wild wise young
"""
_SECOND = """
alder badger bat beaver birch bison cedar comet crane cricket crow deer dolphin dove eagle elk falcon fern finch fox frog gecko
goat goose hare hawk hazel heron ibis jay koala lark lemur lion lizard lotus lynx magpie maple marten mole moose moth newt oak
orca osprey otter owl panda parrot pike pine plover puffin quail rabbit raven robin salmon seal sparrow spruce stork swan tern
tiger toad trout tulip viper walrus willow wolf wren yak zebra
"""
FIRST, SECOND = _FIRST.split(), _SECOND.split()


def pseudonym(taken: Collection[str]) -> str:
    """One that nobody in the room has."""
    used = {folded(name) for name in taken}
    while True:
        for _ in range(20):
            name = f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}"
            if folded(name) not in used:
                return name
        name = f"{name} {secrets.randbelow(9000) + 1000}"
        if folded(name) not in used:
            return name


def folded(name: str) -> str:
    """What two names have in common that are taken for one another."""
    return unicodedata.normalize("NFKC", name).casefold()


def chosen(text: str, taken: Collection[str]) -> str:
    """A name that somebody gave itself; raises `CommandError`."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= LONGEST or not all(sign.isalnum() or sign in " -'" for sign in name):
        raise CommandError("invalid", "name: it holds what a name here does not, or is too long", "name", ALLOWED)
    if not any(sign.isalnum() for sign in name):
        raise CommandError("invalid", "name: a letter or a digit belongs in it", "name", ALLOWED)
    if folded(name) in {folded(each) for each in taken}:
        raise CommandError("invalid", "name: somebody in the room has it", "name", "a name that is free")
    return name
