"""Runs Jupyter notebooks with Lyre from Python.

>>> import lyre_notebook
>>> result = lyre_notebook.run("analysis.ipynb", parameters={"year": 2024}, output="out.ipynb")
>>> result.cells[0].status
'succeeded'

The work is done by the program `lyre`, which is part of the wheel; this package starts it and reads its events.
"""

from ._binary import LyreNotFoundError, VersionMismatchError, find_lyre
from ._hosts import UnsupportedHostError
from ._results import (
    CellError,
    CellResult,
    CellTimeoutError,
    DeadKernelError,
    Event,
    KernelNotStartedError,
    LyreError,
    Result,
)
from ._run import Notebook, arun, run

__version__ = "0.1.0"

__all__ = [
    "CellError",
    "CellResult",
    "CellTimeoutError",
    "DeadKernelError",
    "Event",
    "KernelNotStartedError",
    "LyreError",
    "LyreNotFoundError",
    "Notebook",
    "Result",
    "UnsupportedHostError",
    "VersionMismatchError",
    "arun",
    "find_lyre",
    "run",
    "__version__",
]
