"""Whatever becomes of the compiled kernels on disk, a start finds it out before it runs them, and compiles anew."""

from __future__ import annotations

import logging
import os
import pickle
import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.kernels import cache
from engine.kernels.cache import CheckedFiles, KernelCache
from engine.kernels.jit import Kernel


def twice(x):
    for i in range(x.size):
        x[i] *= 2.0


class Compiled(Kernel):
    """A small kernel with its cache in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(twice, "void(f8[::1])")
        self.dispatcher._cache = KernelCache(twice, folder)

    def from_disk(self) -> bool:
        """Whether it was found there, whole; it is right either way."""
        x = np.arange(3.0)
        self(x)
        assert x.tolist() == [0.0, 2.0, 4.0]
        return sum(self.dispatcher.stats.cache_hits.values()) == 1


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kernels")
    assert not Compiled(folder).from_disk()
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole cache of its own."""
    monkeypatch.setattr(cache, "_told", set())
    shutil.copytree(written, tmp_path / "cache")
    return tmp_path / "cache"


def flipped(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def in_its_place(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "short": lambda path: path.write_bytes(path.read_bytes()[:7]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "a bit at the beginning": lambda path: flipped(path, 3),
    "a bit in the middle": lambda path: flipped(path, path.stat().st_size * 4),
    "a bit at the end": lambda path: flipped(path, path.stat().st_size * 8 - 1),
    "noise": lambda path: path.write_bytes(random.Random(1).randbytes(5000)),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "sparse": lambda path: os.truncate(path, 10**11),
    "Numba's own": lambda path: path.write_bytes(pickle.dumps("0.0") + pickle.dumps((None, {}))),
    "gone": lambda path: path.unlink(),
    "unreadable": lambda path: path.chmod(0),
    "a folder": in_its_place(lambda path: (path / "with" / "something").mkdir(parents=True)),
    "a pipe": in_its_place(os.mkfifo),
    "a link to nothing": in_its_place(lambda path: path.symlink_to("nowhere")),
    "a link to itself": in_its_place(lambda path: path.symlink_to(path)),
    "a link to a folder": in_its_place(lambda path: path.symlink_to(path.parent)),
}
UNTOLD = ("gone", "a link to nothing")
"""Nothing is there: no damage, and no line."""


@pytest.mark.sampled(4, seconds=2)
@pytest.mark.parametrize("kind", ["*.nbi", "*.nbc"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_found_out_told_and_written_anew(
    damage: str, kind: str, folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = folder.rglob(kind)
    DAMAGES[damage](path)
    if damage == "unreadable":  # whoever runs the tests may read everything

        def closed(asked: str) -> bytes:
            if asked == str(path):
                raise PermissionError(13, "Permission denied", asked)
            return whole(asked)

        whole = cache.whole
        monkeypatch.setattr(cache, "whole", closed)
    assert not Compiled(folder).from_disk(), "a damaged kernel was run"
    monkeypatch.undo()
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == (damage not in UNTOLD), caplog.text
    assert all("compiled anew" in record.getMessage() and path.name in record.getMessage() for record in told)
    assert Compiled(folder).from_disk(), "it was not kept again"


def test_any_flipped_bit_is_found(folder: Path) -> None:
    """Of the index and of the data, at random: a checksum treats all alike."""
    files = CheckedFiles(*_parts(folder))
    (index,), (data,) = folder.rglob("*.nbi"), folder.rglob("*.nbc")
    key, name = _key(folder), data.name
    whole_index, whole_data = index.read_bytes(), data.read_bytes()
    for bit in random.Random(1).sample(range(len(whole_index) * 8), 100):
        flipped(index, bit)
        assert files.load(key) is None
        index.write_bytes(whole_index)
    for bit in random.Random(2).sample(range(len(whole_data) * 8), 100):
        flipped(data, bit)
        assert files.load(key) is None and not data.exists()
        data.write_bytes(whole_data)
    assert files.load(key) is not None and files._names() == {files._purpose(key): name}


def _parts(folder: Path) -> tuple[str, str, str]:
    """What names the files of the one kernel."""
    made = KernelCache(twice, folder)._files
    return made._cache_path, made._index_name.removesuffix(".nbi"), made._source_stamp


def _key(folder: Path) -> object:
    """Under which the kernel is kept."""
    found = Compiled(folder)
    found.ready()
    (cres,) = found.dispatcher.overloads.values()
    return found.signature, cres.library.codegen.magic_tuple()


def test_files_of_each_other_are_of_no_use(folder: Path) -> None:
    files = CheckedFiles(*_parts(folder))
    (data,) = folder.rglob("*.nbc")
    key = _key(folder)
    files.save("another signature", ("another's code",))
    other = next(path for path in folder.rglob("*.nbc") if path != data)
    shutil.copyfile(other, data)
    assert files.load(key) is None and files.load("another signature") == ("another's code",)


def test_where_nothing_can_be_written_kernels_compile_and_it_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (index,) = folder.rglob("*.nbi")
    assert Compiled(folder).from_disk(), "what can only be read serves"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    flipped(index, 100)
    monkeypatch.setattr(CheckedFiles, "_open_for_write", full)
    assert not Compiled(folder).from_disk() and not Compiled(folder).from_disk()
    assert caplog.text.count("No space left on device") == 1
    monkeypatch.undo()
    blocked = folder / "file"
    blocked.write_text("no folder")
    assert not Compiled(blocked).from_disk()


def test_what_lies_in_the_place_of_the_folder_makes_way(folder: Path) -> None:
    (below,) = folder.iterdir()
    shutil.rmtree(below)
    below.write_text("no folder")
    assert not Compiled(folder).from_disk() and Compiled(folder).from_disk()


def test_what_is_whole_and_of_no_use_is_compiled_anew(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = KernelCache(twice, folder)._files
    key = _key(folder)
    files.save(key, ("of another Numba",))
    assert not Compiled(folder).from_disk() and "compiled anew" in caplog.text
    assert Compiled(folder).from_disk()


def test_whoever_reads_while_others_write_and_damage_has_it_whole_or_not_at_all(tmp_path: Path) -> None:
    content = {number: (number, bytes([number]) * 20_000) for number in range(4)}
    ends = time.monotonic() + 0.5
    wrong: list[object] = []

    def write(number: int) -> None:
        files = CheckedFiles(str(tmp_path), "kernel", "stamp")
        while time.monotonic() < ends:
            files.save(number, content[number])
            for path in tmp_path.glob("*.nb?"):
                if random.random() < 0.2:
                    cache.drop(str(path), "by chance")

    def read() -> None:
        files = CheckedFiles(str(tmp_path), "kernel", "stamp")
        while time.monotonic() < ends:
            for number, expected in content.items():
                found = files.load(number)
                if found not in (None, expected):
                    wrong.append(found)

    threads = [*(threading.Thread(target=write, args=[number]) for number in content), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
