"""The container's start: the kernels compiled into the image come into a cache on the data volume, then the server runs.

All else of the file system may be read-only. Whatever of the copies is damaged later the kernels find out by themselves.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from server.__main__ import main


def copy_kernels(image: Path, cache: Path) -> None:
    """Copy what is not there yet, and drop what an older image left. That it cannot be written is no reason not to start."""
    if not image.is_dir():
        return
    try:
        for source in image.rglob("*"):
            target = cache / source.relative_to(image)
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                # Under another name until it is whole: a start that is broken off leaves no half of a kernel.
                partial = target.with_name(f"{target.name}.{os.getpid()}")
                shutil.copyfile(source, partial)
                shutil.copystat(source, partial)
                partial.chmod(0o644)
                partial.replace(target)
        for old in cache.glob("kernels-*"):
            if not (image / old.name).exists():
                shutil.rmtree(old)
    except OSError as error:
        print(f"chainrule: compiled kernels not copied ({error}); they compile anew", file=sys.stderr)


if __name__ == "__main__":
    copy_kernels(Path(os.environ["CHAINRULE_IMAGE_KERNELS"]), Path(os.environ["NUMBA_CACHE_DIR"]))
    sys.exit(main(["--host", "0.0.0.0", "--no-browser", *sys.argv[1:]]))
