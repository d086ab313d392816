"""A client with nbclient's interface, for programs that import NotebookClient."""
from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, List, Optional

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from . import CellTimeoutError as _Timeout, DeadKernelError as _Dead
from ._run import Result, _Runner, _arguments

_HOOKS = ("on_notebook_start", "on_notebook_complete", "on_notebook_error", "on_cell_start", "on_cell_execute",
          "on_cell_complete", "on_cell_executed", "on_cell_error")


class LyreClient:
    """Runs a notebook as nbclient's NotebookClient does: `LyreClient(nb, timeout=60).execute()`.

    What differs: hooks are called as the events come, so a hook cannot change a cell before it is run; options that concern
    the kernel's manager (`kernel_manager_class`, `shutdown_kernel`, `ipython_hist_file`, …) have no effect, and options
    that nbclient does not know are refused.
    """

    _ignored = {"km", "kernel_manager_class", "shutdown_kernel", "ipython_hist_file", "interrupt_on_timeout", "iopub_timeout",
                "raise_on_iopub_timeout", "coalesce_streams", "store_widget_state", "display_data_priority", "parent", "config",
                "extra_arguments", "skip_cells_with_tag", "error_on_timeout", "timeout_func"}

    def __init__(self, nb: Any, km: Any = None, *, timeout: Optional[float] = None, startup_timeout: float = 60,
                 kernel_name: str = "", allow_errors: bool = False, allow_error_names: Optional[List[str]] = None,
                 force_raise_errors: bool = False, record_timing: bool = True, resources: Optional[Dict[str, Any]] = None,
                 **options: Any) -> None:
        self.nb = nb
        self.resources = resources if resources is not None else {}
        self.kernel_name = kernel_name
        self.timeout = timeout
        self.startup_timeout = startup_timeout
        self.allow_errors = allow_errors
        self.allow_error_names = allow_error_names or []
        self.force_raise_errors = force_raise_errors
        self.record_timing = record_timing
        self.hooks: Dict[str, Optional[Callable[..., Any]]] = {name: options.pop(name, None) for name in _HOOKS}
        self.skip_tag = options.pop("skip_cells_with_tag", "skip-execution")
        unknown = set(options) - self._ignored
        if unknown:
            raise TypeError(f"LyreClient does not know {', '.join(sorted(unknown))}")

    def execute(self, **_: Any) -> Any:
        """Runs all cells, puts the outputs into the notebook and returns it.

        Raises nbclient's CellExecutionError, CellTimeoutError or DeadKernelError.
        """
        self._call("on_notebook_start", notebook=self.nb)
        runner = self._runner()
        return self._finish(runner, runner.run())

    async def async_execute(self, **_: Any) -> Any:
        """As `execute`, without blocking the event loop."""
        self._call("on_notebook_start", notebook=self.nb)
        runner = self._runner()
        result = await asyncio.get_running_loop().run_in_executor(None, runner.run)
        return self._finish(runner, result)

    def _runner(self) -> _Runner:
        options = ["--startup-timeout", str(self.startup_timeout), "--skip-tag", self.skip_tag,
                   "--record-timing" if self.record_timing else "--no-record-timing"]
        for name in self.allow_error_names:
            options += ["--allow-error", name]
        if self.force_raise_errors:
            options.append("--force-raise-errors")
        path = self.resources.get("metadata", {}).get("path") or "."
        timeout = self.timeout if self.timeout and self.timeout > 0 else None
        return _Runner(self.nb, None, _arguments(None, self.kernel_name or None, timeout, path, self.allow_errors, options),
                       self._on_event)

    def _on_event(self, event: Dict[str, Any]) -> None:
        kind, place = event["event"], event.get("cell")
        if kind not in ("cell_started", "cell_finished") or place is None or event.get("status") == "skipped":
            return
        cell = self.nb.cells[place]
        if kind == "cell_started":
            self._call("on_cell_start", cell=cell, cell_index=place)
            self._call("on_cell_execute", cell=cell, cell_index=place)
            return
        reply = {"content": {"status": "ok" if event["status"] == "succeeded" else "error", **(event.get("error") or {})}}
        self._call("on_cell_complete", cell=cell, cell_index=place)
        self._call("on_cell_executed", cell=cell, cell_index=place, execute_reply=reply)
        if event["status"] != "succeeded":
            self._call("on_cell_error", cell=cell, cell_index=place, execute_reply=reply)

    def _call(self, name: str, **arguments: Any) -> None:
        hook = self.hooks[name]
        if hook is not None:
            value = hook(**arguments)
            if asyncio.iscoroutine(value):
                asyncio.run(value)

    def _finish(self, runner: _Runner, result: Result) -> Any:
        if result.notebook is not None:
            done = nbformat.from_dict(result.notebook)
            for cell, new in zip(self.nb.cells, done.cells):
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count, cell.metadata = new.outputs, new.execution_count, new.metadata
            self.nb.metadata.update(done.metadata)
        if result.exit_code == 0:
            self._call("on_notebook_complete", notebook=self.nb)
            return self.nb
        self._call("on_notebook_error", notebook=self.nb)
        failed = result.error
        if result.exit_code == 1 and failed is not None:
            cell = self.nb.cells[failed.index]
            content = {"ename": failed.ename or "", "evalue": failed.evalue or "", "traceback": []}
            for output in cell.outputs:
                if output.output_type == "error":
                    content["traceback"] = output.traceback
            raise CellExecutionError.from_cell_and_msg(cell, content)
        try:
            runner.check(result)
        except _Timeout as error:
            raise CellTimeoutError(str(error)) from error
        except _Dead as error:
            raise DeadKernelError(str(error)) from error
        return self.nb


def execute(nb: Any, cwd: Optional[str] = None, km: Any = None, **options: Any) -> Any:
    """nbclient's `execute`: runs a notebook, in the folder `cwd`, and returns it."""
    resources = {"metadata": {"path": cwd}} if cwd is not None else {}
    return LyreClient(nb, km, resources=resources, **options).execute()
