"""Running one notebook: starts the program, hands it the notebook, reads its events."""
from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Union

from . import _binary

#: One event of a run: a dictionary with `event`, `seq`, `time` and more. docs/events.md of Lyre describes all of them.
Event = Dict[str, Any]
Notebook = Union[str, "os.PathLike[str]", Mapping[str, Any]]


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


@dataclass(frozen=True)
class Result:
    """How a notebook ended."""

    exit_code: int
    """The exit code of `lyre run`: 0 is a good end, 1 a failed cell, 3 a time limit, 4 a dead kernel, …"""
    outcome: Optional[str]
    """`completed`, `failed`, `timed_out`, `total_time_exceeded`, `kernel_died` or `stopped`; None where nothing ran."""
    notebook: Optional[Dict[str, Any]]
    """The notebook with its outputs, as a dictionary; None where no result was made."""
    cells: List[CellResult] = field(default_factory=list)
    messages: str = ""
    """What the program wrote to standard error."""

    @property
    def ok(self) -> bool:
        """Whether every cell ran and no error counts."""
        return self.exit_code == 0

    @property
    def error(self) -> Optional[CellResult]:
        """The first cell that did not end well."""
        bad = ("failed", "timed_out", "interrupted", "killed_with_kernel")
        return next((cell for cell in self.cells if cell.status in bad), None)


class LyreError(RuntimeError):
    """A notebook could not be run, or did not end well. `result` holds what there is."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message)
        self.result = result


class CellError(LyreError):
    """A cell failed. `ename`, `evalue` and `traceback` are as the kernel gave them."""

    def __init__(self, message: str, result: Result) -> None:
        super().__init__(message, result)
        cell = result.error
        self.ename = (cell.ename if cell else None) or ""
        self.evalue = (cell.evalue if cell else None) or ""
        self.traceback: List[str] = []
        if cell and result.notebook:
            for output in result.notebook["cells"][cell.index].get("outputs", []):
                if output.get("output_type") == "error":
                    self.traceback = list(output.get("traceback", []))


class CellTimeoutError(LyreError, TimeoutError):
    """A time limit ran out."""


class DeadKernelError(LyreError):
    """The kernel died."""


class KernelNotStartedError(LyreError):
    """There is no such kernel, or it did not start."""


_ERRORS = {1: CellError, 3: CellTimeoutError, 4: DeadKernelError, 5: KernelNotStartedError}


def _arguments(parameters: Optional[Mapping[str, Any]], kernel: Optional[str], timeout: Optional[float], cwd: Optional[str],
               allow_errors: bool, options: Sequence[str]) -> List[str]:
    arguments: List[str] = []
    if parameters:
        arguments += ["-y", json.dumps(dict(parameters))]
    if kernel:
        arguments += ["--kernel", kernel]
    if timeout is not None:
        arguments += ["--timeout", repr(float(timeout))]
    if cwd is not None:
        arguments += ["--cwd", os.fspath(cwd)]
    if allow_errors:
        arguments += ["--allow-errors"]
    return arguments + list(options)


_prctl = ctypes.CDLL(None).prctl  # looked up here: nothing is loaded between fork and exec


def _end_with_parent() -> None:
    """Has the program stopped, as by SIGTERM, when the thread that waits for it ends: a killed host leaves no kernel."""
    _prctl(1, int(signal.SIGTERM))  # PR_SET_PDEATHSIG


class _Runner:
    """One run of the program, from its start to its result; used from one thread."""

    def __init__(self, notebook: Notebook, output: Union[str, "os.PathLike[str]", None], arguments: List[str],
                 on_event: Optional[Callable[[Event], None]]) -> None:
        from . import __version__
        self.program = _binary.checked(_binary.find_lyre(), __version__)
        self.on_event = on_event
        self.arguments = arguments
        self.output = os.fspath(output) if output is not None else None
        self.input: Optional[bytes] = None
        if isinstance(notebook, Mapping):
            self.input = json.dumps(notebook).encode("utf-8", "surrogatepass")
            self.path = "-"
        else:
            self.path = os.fspath(notebook)
        self.process: Optional["subprocess.Popen[bytes]"] = None
        self.cells: Dict[int, CellResult] = {}
        self.outcome: Optional[str] = None
        self.refusal = ""

    def run(self) -> Result:
        with tempfile.TemporaryDirectory(prefix="lyre-run-") as folder:
            # Where no output is named: a path is run in place, and a notebook in memory has its result in a file of ours.
            result_path = self.output or (os.path.join(folder, "result.ipynb") if self.path == "-" else self.path)
            command = [self.program, "run", "--quiet", "--events", "-", *self.arguments]
            if result_path != self.path:
                command += ["--output", result_path]
            command += ["--", self.path]
            before = os.stat(result_path).st_mtime_ns if os.path.exists(result_path) else None
            with open(os.path.join(folder, "messages"), "w+b") as messages:
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE if self.input is not None else subprocess.DEVNULL,
                                                stdout=subprocess.PIPE, stderr=messages, preexec_fn=_end_with_parent)
                try:
                    self._read()
                except BaseException:
                    self.stop()
                    raise
                code = self.process.wait()
                messages.seek(0)
                text = messages.read().decode("utf-8", "replace")
            notebook = None
            if os.path.exists(result_path) and (self.outcome or os.stat(result_path).st_mtime_ns != before):
                with open(result_path, "rb") as file:
                    notebook = json.load(file)
        return Result(code, self.outcome, notebook, [self.cells[index] for index in sorted(self.cells)], text)

    def _read(self) -> None:
        process = self.process
        assert process is not None and process.stdout is not None
        writer = None
        if self.input is not None:
            writer = threading.Thread(target=self._write, args=(process.stdin, self.input), daemon=True)
            writer.start()
        with process.stdout:
            for line in process.stdout:
                event = json.loads(line)
                self._note(event)
                if self.on_event:
                    self.on_event(event)
        if writer:
            writer.join()

    @staticmethod
    def _write(pipe: Any, data: bytes) -> None:
        try:
            with pipe:
                pipe.write(data)
        except BrokenPipeError:
            pass  # The program refused the notebook before it had read all of it; its message says why.

    def _note(self, event: Event) -> None:
        kind = event.get("event")
        if kind in ("cell_finished", "cell_not_run"):
            error = event.get("error") or {}
            self.cells[event["cell"]] = CellResult(
                event["cell"], event.get("id"), event.get("status", "not_run"), event.get("execution_count"),
                event.get("seconds"), error.get("ename"), error.get("evalue"))
        elif kind == "run_finished":
            self.outcome = event.get("outcome")
        elif kind == "error":
            self.refusal = event.get("message", "")

    def stop(self) -> None:
        """Ends the run as Ctrl-C does: what there is, is saved; the kernel ends."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def check(self, result: Result) -> Result:
        if result.exit_code == 0:
            return result
        lines = result.messages.strip().splitlines()
        message = self.refusal or next((line for line in lines if line.lower().startswith("error:")), "")
        message = message or f"lyre ended with code {result.exit_code}"
        raise _ERRORS.get(result.exit_code, LyreError)(message, result)


def run(notebook: Notebook, *, parameters: Optional[Mapping[str, Any]] = None, kernel: Optional[str] = None,
        timeout: Optional[float] = None, output: Union[str, "os.PathLike[str]", None] = None, cwd: Optional[str] = None,
        allow_errors: bool = False, on_event: Optional[Callable[[Event], None]] = None, check: bool = True,
        options: Sequence[str] = ()) -> Result:
    """Runs a notebook and returns its result.

    notebook: a path, which is run in place unless `output` is given, or a notebook as a dictionary or nbformat
        NotebookNode, which is left as it is.
    parameters: values for the cell tagged `parameters`, as with papermill.
    kernel: the kernel to use; the notebook's where it is None.
    timeout: seconds for each cell.
    output: where the result is written.
    cwd: the kernel's working directory.
    on_event: called with each event as it comes, on the calling thread. An exception that it raises stops the run.
    check: raise CellError, CellTimeoutError, DeadKernelError, KernelNotStartedError or another LyreError where the run
        does not end with code 0. With False the result says it.
    options: more options of `lyre run`.
    """
    runner = _Runner(notebook, output, _arguments(parameters, kernel, timeout, cwd, allow_errors, options), on_event)
    result = runner.run()
    return runner.check(result) if check else result


async def arun(notebook: Notebook, *, parameters: Optional[Mapping[str, Any]] = None, kernel: Optional[str] = None,
               timeout: Optional[float] = None, output: Union[str, "os.PathLike[str]", None] = None,
               cwd: Optional[str] = None, allow_errors: bool = False, on_event: Optional[Callable[[Event], None]] = None,
               check: bool = True, options: Sequence[str] = ()) -> Result:
    """Runs a notebook as `run` does, without blocking the event loop, on which `on_event` is called.

    When the task is cancelled the run is stopped as by Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    hand_on = (lambda event: loop.call_soon_threadsafe(on_event, event)) if on_event else None
    runner = _Runner(notebook, output, _arguments(parameters, kernel, timeout, cwd, allow_errors, options), hand_on)
    future: "asyncio.Future[Result]" = loop.create_future()

    def settle(result: Optional[Result], error: Optional[BaseException]) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            assert result is not None
            future.set_result(result)

    def work() -> None:
        try:
            result = runner.run()
        except BaseException as error:
            loop.call_soon_threadsafe(settle, None, error)
        else:
            loop.call_soon_threadsafe(settle, result, None)
    thread = threading.Thread(target=work, name="lyre-run")
    thread.start()
    try:
        result = await future
    except asyncio.CancelledError:
        await loop.run_in_executor(None, runner.stop)
        await loop.run_in_executor(None, thread.join)
        raise
    return runner.check(result) if check else result
