"""Running one notebook: hands it to the program, and collects the result from the events."""

from __future__ import annotations

import inspect
import json
import os
import tempfile
import threading
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Union

from ._parameters import yaml_of
from ._process import Process
from ._results import ERRORS, CellResult, Event, LyreError, Result

Notebook = Union[str, "os.PathLike[str]", Mapping[str, Any]]


class Run:
    """One run of a notebook, from its start to its result; used once."""

    def __init__(
        self,
        notebook: Notebook,
        *,
        parameters: Optional[Mapping[str, Any]] = None,
        kernel: Optional[str] = None,
        timeout: Optional[float] = None,
        output: Union[str, "os.PathLike[str]", None] = None,
        cwd: Union[str, "os.PathLike[str]", None] = None,
        allow_errors: bool = False,
        on_event: Optional[Callable[[Event], Any]] = None,
        options: Sequence[str] = (),
        env: Optional[Mapping[str, str]] = None,
    ) -> None:
        self._on_event = on_event
        self._folder = tempfile.TemporaryDirectory(prefix="lyre-run-")
        content: Optional[bytes] = None
        if isinstance(notebook, Mapping):
            content, path = json.dumps(notebook).encode(), "-"
        else:
            path = os.fspath(notebook)
            path = "./-" if path == "-" else path
        # Where no output is named: a path is run in place, and a notebook in memory has its result in a file of ours.
        in_memory = os.path.join(self._folder.name, "result.ipynb")
        self._result_path = os.fspath(output) if output is not None else in_memory if content is not None else path
        arguments = ["run", "--quiet", "--events", "-", *options]
        if parameters:
            file = os.path.join(self._folder.name, "parameters.yaml")
            with open(file, "w", encoding="utf-8") as target:
                target.write(yaml_of(parameters))
            arguments += ["--parameters-file", file]
        if kernel:
            arguments += ["--kernel", kernel]
        if timeout is not None:
            arguments += ["--timeout", repr(float(timeout))]
        if cwd is not None:
            arguments += ["--cwd", os.fspath(cwd)]
        if allow_errors:
            arguments.append("--allow-errors")
        if self._result_path != path:
            arguments += ["--output", _literal(self._result_path)]
        self._process = Process([*arguments, "--", path], self._receive, input=content, env=env)
        self._cells: Dict[int, CellResult] = {}
        self._status: Optional[str] = None
        self._refusal = ""

    def run(self) -> Result:
        """Runs the notebook, and returns the result."""
        with self._folder:
            before = _version(self._result_path)
            code = self._process.run()
            notebook = None
            if self._status is not None and _version(self._result_path) not in (None, before):
                with open(self._result_path, "rb") as file:
                    notebook = json.load(file)
        cells = [self._cells[index] for index in sorted(self._cells)]
        return Result(code, self._status, notebook, cells, self._process.messages)

    async def arun(self) -> Result:
        """Runs the notebook in a thread; `on_event` is called on the event loop, and may be a coroutine function."""
        import asyncio  # here, because it takes longer than everything else

        loop = asyncio.get_running_loop()
        queue: "asyncio.Queue[Any]" = asyncio.Queue()
        handler, self._on_event = self._on_event, lambda event: put((event, None, None))

        def put(item: Any) -> None:
            try:
                loop.call_soon_threadsafe(queue.put_nowait, item)
            except RuntimeError:  # the loop was closed
                self._process.interrupt()

        def work() -> None:
            try:
                put((None, self.run(), None))
            except BaseException as error:
                put((None, None, error))

        thread = threading.Thread(target=work, name="lyre-run", daemon=True)
        thread.start()
        try:
            while True:
                event, result, error = await queue.get()
                if error is not None:
                    raise error
                if result is not None:
                    return result
                value = handler(event) if handler else None
                if inspect.isawaitable(value):
                    await value
        except BaseException:
            await loop.run_in_executor(None, self._process.stop)
            await loop.run_in_executor(None, thread.join)
            raise

    def interrupt(self) -> None:
        """Stops the run from another thread, as Ctrl-C does."""
        self._process.interrupt()

    def _receive(self, event: Event) -> None:
        kind = event.get("event")
        if kind in ("cell_finished", "cell_not_run"):
            cell = CellResult.of(event)
            self._cells[cell.index] = cell
        elif kind == "error":
            self._refusal = event.get("message", "")
        elif kind == "run_finished":
            self._status = event.get("outcome")
            for listed in event.get("cell_list", []):
                if listed.get("code", True):
                    self._cells[listed["cell"]] = CellResult.of(listed)
        if self._on_event:
            self._on_event(event)

    def check(self, result: Result) -> Result:
        """The result, if it is good; otherwise raises the error that fits."""
        if result.exit_code == 0:
            return result
        lines = [line for line in result.messages.splitlines() if line.lower().startswith("error:")]
        message = self._refusal or (lines[0][len("error:") :].strip() if lines else "")
        if not message and result.exit_code < 0:
            message = f"lyre was ended by signal {-result.exit_code}"
        raise ERRORS.get(result.exit_code, LyreError)(message or f"lyre ended with code {result.exit_code}", result)


def _literal(path: str) -> str:
    """A path for `--output`, in which braces are not names of parameters."""
    return path.replace("{", "{{").replace("}", "}}")


def _version(path: str) -> Optional[tuple]:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def run(
    notebook: Notebook,
    *,
    parameters: Optional[Mapping[str, Any]] = None,
    kernel: Optional[str] = None,
    timeout: Optional[float] = None,
    output: Union[str, "os.PathLike[str]", None] = None,
    cwd: Union[str, "os.PathLike[str]", None] = None,
    allow_errors: bool = False,
    on_event: Optional[Callable[[Event], None]] = None,
    check: bool = True,
    options: Sequence[str] = (),
    env: Optional[Mapping[str, str]] = None,
) -> Result:
    """Runs a notebook and returns its result.

    notebook: a path, which is run in place unless `output` is given, or a notebook as a dictionary or nbformat
        NotebookNode, which is left as it is.
    parameters: values for the cell tagged `parameters`, as with papermill.
    kernel: the kernel to use; the notebook's if it is None.
    timeout: seconds for each cell; None for no limit.
    output: the file for the result.
    cwd: the kernel's working directory; if it is None, the notebook's folder, or the current one for a notebook in
        memory.
    allow_errors: continue after errors.
    on_event: called with each event as it comes, on the calling thread. An exception that it raises stops the run.
    check: raise CellError, CellTimeoutError, DeadKernelError, KernelNotStartedError or another LyreError if the run
        does not end with code 0. With False, the result tells it.
    options: more options of `lyre run`.
    env: the environment of the program and of the kernel; that of this process if it is None.

    Ctrl-C stops the run, saves what there is, and raises KeyboardInterrupt.
    """
    job = Run(
        notebook,
        parameters=parameters,
        kernel=kernel,
        timeout=timeout,
        output=output,
        cwd=cwd,
        allow_errors=allow_errors,
        on_event=on_event,
        options=options,
        env=env,
    )
    result = job.run()
    return job.check(result) if check else result


async def arun(
    notebook: Notebook,
    *,
    parameters: Optional[Mapping[str, Any]] = None,
    kernel: Optional[str] = None,
    timeout: Optional[float] = None,
    output: Union[str, "os.PathLike[str]", None] = None,
    cwd: Union[str, "os.PathLike[str]", None] = None,
    allow_errors: bool = False,
    on_event: Optional[Callable[[Event], Any]] = None,
    check: bool = True,
    options: Sequence[str] = (),
    env: Optional[Mapping[str, str]] = None,
) -> Result:
    """Runs a notebook as `run` does, without blocking the event loop.

    `on_event` is called on the event loop, and may be a coroutine function. When the task is cancelled, the run is
    stopped as by Ctrl-C.
    """
    job = Run(
        notebook,
        parameters=parameters,
        kernel=kernel,
        timeout=timeout,
        output=output,
        cwd=cwd,
        allow_errors=allow_errors,
        on_event=on_event,
        options=options,
        env=env,
    )
    result = await job.arun()
    return job.check(result) if check else result
