"""A notebook in memory that follows the events of its run."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import nbformat

from ._results import Event, Result


class LiveNotebook:
    """The cells of a NotebookNode, whose outputs follow the events of a run.

    The events do not tell how outputs are cleared or updated: those are exact when the run has ended (`settle`).
    """

    def __init__(self, nb: Any) -> None:
        self.nb = nb

    def apply(self, event: Event) -> Optional[Any]:
        """Puts what an event tells into its cell; returns the output that was added, or the piece of a stream."""
        kind, place = event["event"], event.get("cell")
        if place is None or not 0 <= place < len(self.nb.cells):
            return None
        cell = self.nb.cells[place]
        if kind == "cell_started":
            cell.outputs, cell.execution_count = [], None
        elif kind == "cell_finished" and cell.cell_type == "code" and event.get("status") != "skipped":
            cell.execution_count = event.get("execution_count")
        elif kind == "stream":
            return self._stream(cell, event["name"], event["text"])
        elif kind == "output":
            output = nbformat.from_dict(event["output"])
            cell.outputs.append(output)
            return output
        return None

    @staticmethod
    def _stream(cell: Any, name: str, text: str) -> Any:
        piece = nbformat.v4.new_output("stream", name=name, text=text)
        last = cell.outputs[-1] if cell.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            cell.outputs.append(nbformat.from_dict(dict(piece)))
        return piece

    def settle(self, result: Result, *, timing: bool = True, widgets: bool = True) -> None:
        """Takes over what the program wrote: outputs, execution counts, and if wanted, times and widgets."""
        if result.notebook is None:
            return
        done = nbformat.from_dict(result.notebook)
        for cell, new in zip(self.nb.cells, done.cells):
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = new.outputs, new.execution_count
            if timing and "execution" in new.metadata:
                times = dict(new.metadata.execution)
                times.pop("shell.execute_reply.started", None)  # JupyterLab's; nbclient does not write it
                cell.metadata["execution"] = nbformat.from_dict(times)
        for name in ("language_info", *(["widgets"] if widgets else [])):
            if name in done.metadata:
                self.nb.metadata[name] = done.metadata[name]


def coalesced(outputs: List[Any]) -> List[Any]:
    """Outputs with one for each stream, at its first place, and standard output before standard error beside it."""
    result: List[Any] = []
    streams: Dict[str, Any] = {}
    for output in outputs:
        if output.output_type != "stream":
            result.append(output)
        elif output.name in streams:
            streams[output.name].text += output.text
        else:
            streams[output.name] = output
            result.append(output)
    for place, (one, next_one) in enumerate(zip(result, result[1:])):
        if (one.get("name"), next_one.get("name")) == ("stderr", "stdout"):
            result[place : place + 2] = [next_one, one]
    return result


def reply(event: Event) -> Dict[str, Any]:
    """The kernel's reply to a cell, as far as an event `cell_finished` tells it."""
    content: Dict[str, Any] = {"status": "ok", "execution_count": event.get("execution_count")}
    error = event.get("error")
    if event["status"] != "succeeded" and error:
        content.update(
            status="error",
            ename=error.get("ename", ""),
            evalue=error.get("evalue", ""),
            traceback=list(error.get("traceback") or []),
        )
    return {"msg_type": "execute_reply", "content": content, "metadata": {}, "buffers": []}
