"""Where the program is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from functools import lru_cache
from typing import List


class LyreNotFoundError(FileNotFoundError):
    """There is no program `lyre`."""


class VersionMismatchError(RuntimeError):
    """The program's version is another one than this package's."""


def find_lyre() -> str:
    """The path of `lyre`: the environment variable LYRE, the wheel's own program, or the first on PATH.

    Raises LyreNotFoundError, which names every place that was looked at.
    """
    asked = os.environ.get("LYRE")
    if asked:
        found = shutil.which(asked)
        if not found:
            raise LyreNotFoundError(f"LYRE={asked}: this file does not exist or may not be executed")
        return found
    places: List[str] = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
    if hasattr(sysconfig, "get_preferred_scheme"):  # Python 3.10 and later
        places.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    for place in places:
        path = os.path.join(place, "lyre")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    found = shutil.which("lyre")
    if not found:
        raise LyreNotFoundError(
            "the program 'lyre' was found neither in " + ", ".join(dict.fromkeys(places)) + " nor on PATH; "
            "reinstall lyre-notebook (its wheel is for Linux on x86-64), or name the program with LYRE=PATH"
        )
    return found


@lru_cache(maxsize=None)
def checked(program: str, version: str) -> str:
    """The program, after a check that its version is that of this package."""
    try:
        output = subprocess.run([program, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise LyreNotFoundError(
            f"'{program}' does not run: {error.strerror}; the wheel's program is for Linux on x86-64"
        ) from None
    words = output.stdout.split()
    if output.returncode or not words:
        raise LyreNotFoundError(f"'{program}' does not run: {output.stderr.strip() or 'it prints no version'}")
    if words[0] != version:
        raise VersionMismatchError(
            f"'{program}' has version {words[0]}, and lyre_notebook has {version}; install the same version of both"
        )
    return program
