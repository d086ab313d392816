"""Becomes the process of a command that is to end with its parent: `python -m lyre_notebook._ui lyre ui ...`.

jupyter-server-proxy ends its processes with the server, but not if the server is killed.
"""

import ctypes
import os
import signal
import sys

from ._process import environment


def main() -> None:
    parent = os.getppid()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(1, int(signal.SIGTERM))  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            return
    os.execve(sys.argv[1], sys.argv[1:], environment(os.environ))


if __name__ == "__main__":
    main()
