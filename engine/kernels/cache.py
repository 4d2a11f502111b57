"""Compiled kernels on disk: Numba's own files, each with a checksum, so that a damaged one is compiled anew and never run.

Numba trusts its cache: a file that is cut or empty ends every later start, and a bit that changed in machine code may do
anything at all. Here whatever is not byte for byte what was written is dropped, and so is what lies where a file should.
A folder that cannot be written serves for what it holds; the rest is compiled at every start. The checksum guards against
accidents: whoever may write to the folder may run code.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import itertools
import logging
import os
import pickle
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
from numba.core.caching import IndexDataCacheFile, _Cache, _cache_log, _CacheLocator
from numba.core.compiler import CompileResult

log = logging.getLogger("engine")

DIGEST = hashlib.sha256().digest_size
"""Bytes at the end of each file."""
LARGEST = 50_000_000
"""Bytes of a file that is read at all: no kernel comes near."""
_told: set[str] = set()


class DamagedError(Exception):
    """What lies in the cache is not what was written there."""


class CheckedFiles(IndexDataCacheFile):
    """The index and the data of one kernel. Nothing here raises: what cannot be read is not there, what cannot be written is
    compiled again the next time."""

    def load(self, key: Any) -> Any:
        """What was saved under a key; None where there is nothing whole."""
        purpose = self._purpose(key)
        name = self._names().get(purpose)
        if name is None:
            return None
        found = self._read(self._data_path(name), purpose)
        if found is not None:
            _cache_log("[cache] data loaded from %r", self._data_path(name))
        return found

    def save(self, key: Any, data: Any) -> None:
        purpose = self._purpose(key)
        try:
            make_folder(Path(self._cache_path))
            names = self._names()
            free = (self._data_name(number) for number in itertools.count(1))
            name = names.get(purpose) or next(name for name in free if name not in names.values())
            # The data first: an index never leads to what is not there.
            self._write(self._data_path(name), purpose, data)
            self._write(self._index_path, self._index_name, names | {purpose: name})
            _cache_log("[cache] data saved to %r", self._data_path(name))
        except OSError as problem:
            tell_once("compiled kernels cannot be kept on disk: they are compiled anew at every start (%s)", problem)

    def _names(self) -> dict[str, str]:
        """The index: for each purpose the file that holds the data."""
        return self._read(self._index_path, self._index_name) or {}

    def _purpose(self, key: Any) -> str:
        """Signature and processor, and what else compiled code depends on."""
        return repr((self._version, llvmlite.__version__, self._source_stamp, key))

    def _read(self, path: str, purpose: str) -> Any:
        """What a file holds; None where there is none, or it was dropped."""
        try:
            content = whole(path)
            packed = content[:-DIGEST]
            if digest(packed, purpose) != content[-DIGEST:]:
                raise DamagedError("its checksum is another")
            return pickle.loads(packed)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except Exception as problem:  # whatever it is: the kernel is compiled anew
            drop(path, problem)
            return None

    def _write(self, path: str, purpose: str, content: Any) -> None:
        if os.path.isdir(path):
            drop(path, "a folder lies in its place")
        packed = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(packed)
            file.write(digest(packed, purpose))


class KernelCache(_Cache):
    """What a dispatcher asks for its one compiled function. The folder's name stands for the sources of all kernels: Numba's
    own cache looks at the function's file alone, and goes elsewhere, or nowhere, where it may not write here."""

    cache_path = ""
    """Where its files lie."""

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        source, code = inspect.getfile(function), function.__code__
        self.cache_path = str(folder / _CacheLocator.get_suitable_cache_subpath(source))
        python = f"py{sys.version_info[0]}{sys.version_info[1]}{getattr(sys, 'abiflags', '')}"
        name = f"{Path(source).stem}.{function.__qualname__}-{code.co_firstlineno}.{python}".translate({60: None, 62: None})
        self._files = CheckedFiles(self.cache_path, name, hashlib.sha256(code.co_code).hexdigest())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function; None where it has to be compiled."""
        target_context.refresh()
        data = self._files.load((sig, target_context.codegen().magic_tuple()))
        if data is None:
            return None
        try:
            return CompileResult._rebuild(target_context, *data)
        except Exception as problem:  # whole, and of no use to this Numba
            tell_once("a compiled kernel on disk cannot be used and is compiled anew (%s)", problem)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        if data.library.has_dynamic_globals:
            raise RuntimeError(f"{data.fndesc.qualname} holds addresses of this process: it cannot be kept on disk")
        self._files.save((sig, data.codegen.magic_tuple()), data._reduce())

    def enable(self) -> None:
        """It always is."""

    def disable(self) -> None:
        """It never is."""

    def flush(self) -> None:
        """Nothing is held back."""


def whole(path: str) -> bytes:
    """The bytes of a file; raises OSError, and `DamagedError` of what is no file. A pipe in its place is not waited for."""
    about = os.stat(path)
    if not stat.S_ISREG(about.st_mode):
        raise DamagedError("it is no file")
    if not DIGEST < about.st_size < LARGEST:
        raise DamagedError(f"it has {about.st_size} bytes")
    return Path(path).read_bytes()


def digest(packed: bytes, purpose: str) -> bytes:
    """Of what a file holds and what for: one that lies in another's place is of no use."""
    return hashlib.sha256(packed + purpose.encode()).digest()


def drop(path: str, problem: object) -> None:
    """Remove what lies in a file's place, as far as that may be done, and tell it."""
    tell_once("a compiled kernel on disk is damaged and is compiled anew, as any other such: %s (%s)", path, problem)
    with contextlib.suppress(OSError):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def make_folder(path: Path) -> None:
    """A folder, in the place of whatever else has its name; raises OSError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        drop(str(path), "it is no folder")
        path.mkdir(exist_ok=True)


def tell_once(message: str, *arguments: object) -> None:
    """One line for each kind of trouble, however many files are in it."""
    if message not in _told:
        _told.add(message)
        log.warning(message, *arguments)
