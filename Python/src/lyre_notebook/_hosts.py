"""The oldest version of each host that its plug-in works with."""

from __future__ import annotations

import re
from typing import Optional, Tuple

#: Those that the plug-ins were tested with; the newest ones are in scripts/requirements of the repository.
OLDEST = {
    "papermill": "2.4.0",
    "nbclient": "0.8.0",
    "nbconvert": "7.0.0",
    "jupyter-cache": "1.0.0",
    "pytest": "7.0.0",
    "elyra-server": "4.1.1",
    "jupyter-scheduler": "2.6.0",
}


class UnsupportedHostError(RuntimeError):
    """The host of a plug-in is too old for it."""


def require(name: str) -> None:
    """Raises UnsupportedHostError, in one line, if the installed version of a host is too old."""
    installed = _installed(name)
    if installed is None:
        return  # It was imported, so it is there: under another name, or from a source tree.
    if _numbers(installed) < _numbers(OLDEST[name]):
        raise UnsupportedHostError(
            f"lyre-notebook needs {name} {OLDEST[name]} or later, and {installed} is installed; "
            f"run: pip install --upgrade {name}"
        )


def _installed(name: str) -> Optional[str]:
    from importlib.metadata import PackageNotFoundError, version  # here, because it takes long

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _numbers(text: str) -> Tuple[int, ...]:
    release = re.match(r"(?:\d+!)?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in release.group(1).split(".")) if release else ()
