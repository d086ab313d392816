"""What a run returns, and the errors that it raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional

#: One event of a run: a dictionary with `event`, `seq`, `time` and more. docs/events.md of Lyre describes all of them.
Event = Dict[str, Any]

#: How a cell that did not end well ended.
BAD = ("failed", "timed_out", "interrupted", "killed_with_kernel")


@dataclass(frozen=True)
class CellResult:
    """How a cell ended."""

    index: int
    """Its place among all cells, from 0."""
    id: Optional[str]
    status: str
    """`succeeded`, `failed`, `timed_out`, `interrupted`, `killed_with_kernel`, `skipped` or `not_run`."""
    execution_count: Optional[int] = None
    seconds: Optional[float] = None
    ename: Optional[str] = None
    evalue: Optional[str] = None
    traceback: List[str] = field(default_factory=list)
    """The lines of the kernel's traceback, with their colours."""
    error_allowed: bool = False
    """Whether the cell was allowed to fail, by a tag or an option."""
    limit_seconds: Optional[float] = None
    """The time limit that ran out."""

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "CellResult":
        """The result in an event `cell_finished` or `cell_not_run`, or in a `cell_list`."""
        error = event.get("error") or {}
        return cls(
            event["cell"],
            event.get("id"),
            event.get("status", "not_run"),
            event.get("execution_count"),
            event.get("seconds"),
            error.get("ename"),
            error.get("evalue"),
            list(error.get("traceback") or []),
            bool(error.get("allowed") or event.get("limit_allowed")),
            event.get("limit_seconds"),
        )


@dataclass(frozen=True)
class Result:
    """How a notebook ended."""

    exit_code: int
    """The exit code of `lyre run`: 0 is a good end, 1 a failed cell, 2 unusable input, 3 a time limit, 4 a dead kernel,
    5 no kernel, 6 a result that was not written; negative, as in subprocess, if a signal ended the program."""
    status: Optional[str]
    """`completed`, `failed`, `timed_out`, `total_time_exceeded`, `kernel_died` or `stopped`; None if nothing ran."""
    notebook: Optional[Dict[str, Any]]
    """The notebook with its outputs, as a dictionary; None if there is no result."""
    cells: List[CellResult] = field(default_factory=list)
    """The cells with code, in their order."""
    messages: str = ""
    """What the program wrote to standard error."""

    @property
    def ok(self) -> bool:
        """Whether every cell ran and no error counts."""
        return self.exit_code == 0

    @property
    def error(self) -> Optional[CellResult]:
        """The first cell that did not end well, unless that was allowed."""
        return next((cell for cell in self.cells if cell.status in BAD and not cell.error_allowed), None)


class LyreError(RuntimeError):
    """A notebook could not be run, or did not end well. `result` has what there is."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message)
        self.result = result


class CellError(LyreError):
    """A cell failed. `ename`, `evalue` and `traceback` (a list of lines) are as the kernel gave them."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message, result)
        cell = result.error
        self.ename = (cell.ename if cell else None) or ""
        self.evalue = (cell.evalue if cell else None) or ""
        self.traceback: List[str] = cell.traceback if cell else []


class CellTimeoutError(LyreError, TimeoutError):
    """A time limit ran out."""


class DeadKernelError(LyreError):
    """The kernel died."""


class KernelNotStartedError(LyreError):
    """There is no such kernel, or it did not start."""


#: The error of each exit code; LyreError for the others.
ERRORS = {1: CellError, 3: CellTimeoutError, 4: DeadKernelError, 5: KernelNotStartedError}
