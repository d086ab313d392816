"""papermill's engine `lyre`: `papermill --engine lyre in.ipynb out.ipynb`, `execute_notebook(engine_name="lyre")`."""

from __future__ import annotations

from typing import Any, List

from nbclient.exceptions import CellExecutionError
from papermill.engines import Engine
from papermill.log import logger

from ._hosts import require
from ._results import Event
from .nbclient import Execution, LyreClient


class LyreEngine(Engine):
    """Runs the cells with Lyre; papermill does the rest as always: parameters, metadata, progress, saving, errors."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: Any = 60,
        execution_timeout: Any = None,
        **options: Any,
    ) -> None:
        """Executes a notebook, as papermill's own engine does.

        options: those of NotebookClient, as with papermill's own engine.
        """
        require("papermill")
        timeout = options.pop("timeout", None)
        for name in ("input_path", "startup_timeout"):
            options.pop(name, None)
        client = _Client(
            nb_man,
            log_output,
            stdout_file,
            stderr_file,
            timeout=execution_timeout or timeout,
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            **options,
        )
        try:
            client.execute()
        except CellExecutionError:
            pass  # papermill finds it in the notebook, saves, and raises its own error


class _Client(LyreClient):
    def __init__(self, nb_man: Any, log_output: bool, stdout_file: Any, stderr_file: Any, **options: Any) -> None:
        super().__init__(nb_man.nb, **options)
        self.nb_man, self.log_output, self.stdout_file, self.stderr_file = nb_man, log_output, stdout_file, stderr_file

    def _execution(self) -> "_Execution":
        return _Execution(self)


class _Execution(Execution):
    """Tells papermill's manager what happens to the cells."""

    client: _Client

    passed = 0
    """papermill's manager was told of the cells before this place."""

    def receive(self, event: Event) -> List[Any]:
        kind, manager = event["event"], self.client.nb_man
        if kind == "cell_started":
            # As papermill's own engine, which also starts and completes the cells that it does not execute.
            self._pass(event["cell"])
            manager.cell_start(manager.nb.cells[event["cell"]], event["cell"])
        hooks = super().receive(event)
        if kind == "run_started":
            logger.info(f"Executing notebook with kernel: {self.client.kernel_name}")
        elif kind == "stream":
            self._show(event["name"], event["text"])
        elif kind == "output":
            text = event["output"].get("data", {}).get("text/plain")
            if self.client.log_output and text is not None:
                logger.info("".join(text))
        elif kind == "cell_finished" and event["status"] != "skipped":
            self._finish(event)
        elif kind == "run_finished" and event.get("outcome") == "completed":
            self._pass(len(manager.nb.cells))
        if kind in ("stream", "output", "outputs_changed"):
            manager.autosave_cell()
        return hooks

    def _pass(self, end: int) -> None:
        manager = self.client.nb_man
        for place in range(self.passed, end):
            manager.cell_start(manager.nb.cells[place], place)
            manager.cell_complete(manager.nb.cells[place], cell_index=place)
        self.passed = end + 1

    def _finish(self, event: Event) -> None:
        manager, place = self.client.nb_man, event["cell"]
        cell = manager.nb.cells[place]
        is_allowed = (event.get("error") or {}).get("allowed") or event.get("limit_allowed")
        if event["status"] != "succeeded" and not is_allowed:
            manager.cell_exception(cell, cell_index=place, exception=RuntimeError(event["status"]))
        manager.cell_complete(cell, cell_index=place)

    def _show(self, name: str, text: str) -> None:
        client = self.client
        file, log = (client.stdout_file, logger.info) if name == "stdout" else (client.stderr_file, logger.warning)
        if client.log_output:
            log(text)
        if file is not None:
            file.write(text)
            file.flush()
