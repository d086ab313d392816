"""nbclient's interface for programs that import it: LyreClient in place of NotebookClient, and `execute`.

from lyre_notebook.nbclient import LyreClient as NotebookClient
"""

from __future__ import annotations

import copy
import inspect
from typing import Any, Callable, Dict, List, Optional, Sequence

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient.client import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync

from . import CellTimeoutError as _Timeout, DeadKernelError as _Dead, KernelNotStartedError as _NotStarted
from ._hosts import require
from ._live import LiveNotebook, coalesced, reply
from ._results import Event, Result
from ._run import Run


class LyreClient(NotebookClient):
    """A NotebookClient that executes with Lyre: the same constructor, options, hooks, results and errors.

    Differences: Lyre does not wait for hooks, so a cell that a hook changes has been sent already; `execute` and
    `async_execute` use Lyre, and all other methods (`setup_kernel`, `execute_cell`) are NotebookClient's own. `km` may
    be the manager of a kernel that runs; it is used and left running. `iopub_timeout`, `raise_on_iopub_timeout`,
    `shell_timeout_interval`, `shutdown_kernel`, `ipython_hist_file` and `error_on_timeout` have no effect: Lyre waits
    for all outputs, and always keeps the history in memory.
    """

    _job: Optional[Run] = None

    def __init__(self, nb: Any, km: Any = None, **options: Any) -> None:
        require("nbclient")
        super().__init__(nb, km, **options)

    def execute(self, reset_kc: bool = False, **start: Any) -> Any:
        """Runs all cells, puts the outputs into the notebook and returns it.

        start: `cwd`, `env` and `extra_arguments` of the kernel.
        Raises nbclient's CellExecutionError, CellTimeoutError and DeadKernelError, jupyter_client's NoSuchKernel, and
        RuntimeError if the kernel does not start.
        """
        execution = self._execution()

        def call(hooks: Sequence[Any]) -> None:
            for hook, arguments in hooks:
                value = hook(**arguments)
                if inspect.isawaitable(value):
                    run_sync(_awaited)(value)

        execution.run = self._job = self._run(lambda event: call(execution.receive(event)), start)
        result = execution.run.run()
        try:
            return execution.end(result)
        finally:
            call(execution.last_hooks)

    async def async_execute(self, reset_kc: bool = False, **start: Any) -> Any:
        """As `execute`, without blocking the event loop. A cancelled task stops the run."""
        execution = self._execution()

        async def call(hooks: Sequence[Any]) -> None:
            for hook, arguments in hooks:
                value = hook(**arguments)
                if inspect.isawaitable(value):
                    await value

        async def on_event(event: Event) -> None:
            await call(execution.receive(event))

        execution.run = self._job = self._run(on_event, start)
        result = await execution.run.arun()
        try:
            return execution.end(result)
        finally:
            await call(execution.last_hooks)

    def interrupt(self) -> None:
        """Stops a run from another thread, as Ctrl-C does."""
        if self._job is not None:
            self._job.interrupt()

    def _execution(self) -> "Execution":
        return Execution(self)

    def _run(self, on_event: Callable[[Event], Any], start: Dict[str, Any]) -> Run:
        unknown = {*start} - {"cwd", "env", "extra_arguments"}
        if unknown:
            raise TypeError(f"LyreClient.execute does not know {', '.join(sorted(unknown))}")
        manager = self.kernel_manager_class
        if self.km is None and not manager.__module__.startswith("jupyter_client."):
            raise NotImplementedError(
                f"Lyre starts kernels itself and cannot use {manager.__module__}.{manager.__name__}; use NotebookClient"
            )
        options = [
            "--keep-old-outputs",
            "--startup-timeout",
            str(self.startup_timeout),
            "--skip-tag",
            self.skip_cells_with_tag,
            "--record-timing" if self.record_timing else "--no-record-timing",
        ]
        kernel: Optional[str] = self.kernel_name
        if self.km is not None and self.km.has_kernel:
            options += ["--existing", self.km.connection_file]
            kernel = None
        for name in self.allow_error_names:
            options += ["--allow-error", name]
        for argument in [*self.extra_arguments, *start.get("extra_arguments", [])]:
            options += [f"--kernel-arg={argument}"]
        if self.force_raise_errors:
            options.append("--force-raise-errors")
        if self.interrupt_on_timeout:
            options += ["--on-timeout", "continue"]
        timeout = self.timeout if self.timeout_func is None and self.timeout and self.timeout > 0 else None
        path = (self.resources or {}).get("metadata", {}).get("path") or None
        return Run(
            self._prepared(),
            kernel=kernel or None,
            timeout=timeout,
            cwd=start.get("cwd", path),
            allow_errors=self.allow_errors,
            on_event=on_event,
            options=options,
            env=start.get("env"),
        )

    def _prepared(self) -> Any:
        """The notebook for Lyre: with the limits of `timeout_func` in the cells' metadata."""
        if self.timeout_func is None:
            return self.nb
        nb = copy.deepcopy(self.nb)
        for cell in nb.cells:
            limit = self.timeout_func(cell) if cell.cell_type == "code" else None
            if limit is not None and limit > 0:
                cell.metadata.setdefault("lyre", {})["timeout"] = limit
        return nb


async def _awaited(value: Any) -> Any:
    return await value


class Execution:
    """What happens to a client's notebook during one run: which hooks are due, and how it ends."""

    def __init__(self, client: LyreClient) -> None:
        self.client = client
        self.live = LiveNotebook(client.nb)
        self.run: Run
        self.has_begun = False
        self.started = 0
        """`on_cell_start` was called for the cells before this place."""
        self.last_hooks: List[Any] = []

    def receive(self, event: Event) -> List[Any]:
        """Puts an event into the notebook; returns the hooks to call with their arguments."""
        kind = event["event"]
        self.live.apply(event)
        if kind == "run_started":
            self.has_begun = True
            return self._hooks(("on_notebook_start", {"notebook": self.client.nb}))
        if kind == "cell_started":
            return self._starts(event["cell"] + 1) + self._hooks(
                self._cell("on_cell_execute", event["cell"]), self._cell("on_cell_complete", event["cell"])
            )
        if kind == "cell_finished" and event["status"] in ("succeeded", "failed"):
            answer = reply(event)
            hooks = [self._cell("on_cell_executed", event["cell"], execute_reply=answer)]
            if answer["content"]["status"] == "error":
                hooks.append(self._cell("on_cell_error", event["cell"], execute_reply=answer))
            return self._hooks(*hooks)
        if kind == "run_finished" and event.get("outcome") == "completed":
            return self._starts(len(self.client.nb.cells))
        return []

    def _starts(self, end: int) -> List[Any]:
        """Hooks for the cells before a place that were not told of, also those that are not executed."""
        begin, self.started = self.started, max(self.started, end)
        return self._hooks(*(self._cell("on_cell_start", place) for place in range(begin, end)))

    def _cell(self, name: str, place: int, **more: Any) -> Any:
        return name, {"cell": self.client.nb.cells[place], "cell_index": place, **more}

    def _hooks(self, *due: Any) -> List[Any]:
        hooks = [(getattr(self.client, name), arguments) for name, arguments in due]
        return [(hook, arguments) for hook, arguments in hooks if hook is not None]

    def end(self, result: Result) -> Any:
        """Puts the result into the notebook and returns it, or raises nbclient's error; `last_hooks` are due then."""
        client = self.client
        self.live.settle(result, timing=client.record_timing, widgets=client.store_widget_state)
        if client.coalesce_streams:
            for cell in client.nb.cells:
                if cell.cell_type == "code":
                    cell.outputs = coalesced(cell.outputs)
        client.code_cells_executed = sum(cell.status not in ("skipped", "not_run") for cell in result.cells)
        error = self._error(result) if result.exit_code != 0 else None
        if self.has_begun:
            complete = ("on_notebook_complete", {"notebook": client.nb})
            failed = ("on_notebook_error", {"notebook": client.nb})
            self.last_hooks = self._hooks(*([failed] if isinstance(error, RuntimeError) else []), complete)
        if error is not None:
            raise error
        return client.nb

    def _error(self, result: Result) -> Optional[Exception]:
        cell = result.error
        if result.exit_code == 3 and self.client.interrupt_on_timeout:
            # Cells whose time ran out were interrupted, and that is no error; another cell's error is.
            cell = next((one for one in result.cells if one.status == "failed" and not one.error_allowed), None)
            if cell is None and result.status != "total_time_exceeded":
                return None
        if cell is not None and cell.status == "failed":
            content = {"ename": cell.ename or "", "evalue": cell.evalue or "", "traceback": cell.traceback}
            return CellExecutionError.from_cell_and_msg(self.client.nb.cells[cell.index], content)
        try:
            self.run.check(result)
        except _Timeout as error:
            if cell is None or cell.limit_seconds is None:
                return CellTimeoutError(str(error))
            limit: Any = int(cell.limit_seconds) if cell.limit_seconds.is_integer() else cell.limit_seconds
            return CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", limit, self.client.nb.cells[cell.index]
            )
        except _Dead as error:
            return DeadKernelError(str(error))
        except _NotStarted as error:
            name = self.client.kernel_name or self.client.nb.metadata.get("kernelspec", {}).get("name", "")
            return NoSuchKernel(name) if name not in KernelSpecManager().find_kernel_specs() else error
        except Exception as error:
            return error
        raise AssertionError("a result with an exit code has an error")


def execute(nb: Any, cwd: Optional[str] = None, km: Any = None, **options: Any) -> Any:
    """nbclient's `execute`: runs a notebook, in the folder `cwd`, and returns it."""
    resources = {"metadata": {"path": cwd}} if cwd is not None else {}
    return LyreClient(nb, km, resources=resources, **options).execute()
