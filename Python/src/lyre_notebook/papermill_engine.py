"""papermill's engine `lyre`: `papermill --engine lyre in.ipynb out.ipynb`, `execute_notebook(engine_name="lyre")`."""
from __future__ import annotations

import sys
from typing import Any, Dict, List

import nbformat
from papermill.engines import Engine

from . import CellTimeoutError, DeadKernelError, KernelNotStartedError, LyreError
from ._run import _Runner, _arguments


class LyreEngine(Engine):
    """Runs the cells with `lyre`; papermill does the rest as always: parameters, metadata, progress, saving."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, log_output: bool = False, stdout_file: Any = None,
                                 stderr_file: Any = None, start_timeout: Any = 60, execution_timeout: Any = None,
                                 request_save_on_cell_execute: bool = True, **kwargs: Any) -> None:
        options: List[str] = ["--no-record-timing"]
        if start_timeout is not None:
            options += ["--startup-timeout", str(start_timeout)]
        timeout = execution_timeout if execution_timeout and execution_timeout > 0 else None
        seen: Dict[int, int] = {}

        def show(name: str, text: str) -> None:
            target = stdout_file if name == "stdout" else stderr_file
            if target is not None:
                target.write(text)
                target.flush()
            if log_output:
                stream = sys.stdout if name == "stdout" else sys.stderr
                stream.write(text)

        def on_event(event: Dict[str, Any]) -> None:
            kind, place = event["event"], event.get("cell")
            if place is None:
                return
            cell = nb_man.nb.cells[place]
            if kind == "cell_started":
                cell.outputs = []
                cell.execution_count = None
                nb_man.cell_start(cell, place)
            elif kind == "stream":
                last = cell.outputs[-1] if cell.outputs else None
                if last is not None and last.output_type == "stream" and last.name == event["name"]:
                    last.text += event["text"]
                else:
                    cell.outputs.append(nbformat.v4.new_output("stream", name=event["name"], text=event["text"]))
                show(event["name"], event["text"])
            elif kind == "output":
                cell.outputs.append(nbformat.from_dict(event["output"]))
            elif kind == "cell_finished" and event["status"] != "skipped":
                seen[place] = 1
                cell.execution_count = event.get("execution_count")
                failed = event["status"] != "succeeded" and not (event.get("error") or {}).get("allowed")
                if failed:
                    nb_man.cell_exception(cell, place, exception=RuntimeError(event["status"]))
                nb_man.cell_complete(cell, place)

        cwd = kwargs.get("cwd") or "."
        runner = _Runner(nb_man.nb, None, _arguments(None, kernel_name, timeout, cwd, False, options), on_event)
        result = runner.run()
        if result.notebook is not None:
            # The notebook that lyre wrote is the truth: outputs that were cleared or updated, widgets, language.
            done = nbformat.from_dict(result.notebook)
            for place, (cell, new) in enumerate(zip(nb_man.nb.cells, done.cells)):
                if cell.cell_type == "code" and place in seen:
                    cell.outputs = new.outputs
                    cell.execution_count = new.execution_count
            for name in ("language_info", "widgets"):
                if name in done.metadata:
                    nb_man.nb.metadata[name] = done.metadata[name]
        # A failed cell is papermill's to report, from the outputs; anything else ends here.
        if result.exit_code not in (0, 1):
            try:
                runner.check(result)
            except (CellTimeoutError, DeadKernelError, KernelNotStartedError, LyreError) as error:
                raise _as_papermill_expects(error) from error


def _as_papermill_expects(error: LyreError) -> Exception:
    """The error that papermill's own engine raises in the same case."""
    try:
        from nbclient.exceptions import CellTimeoutError as ClientTimeout, DeadKernelError as ClientDead
    except ImportError:
        return error
    if isinstance(error, CellTimeoutError):
        return ClientTimeout(str(error))
    if isinstance(error, DeadKernelError):
        return ClientDead(str(error))
    return error
