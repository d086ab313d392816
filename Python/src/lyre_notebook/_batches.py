"""Runs of several notebooks by few processes of `lyre`, each of which is waited for alone; part of pytest's plug-in."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import tempfile
import threading
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ._process import Process
from ._results import BAD, CellResult, Event

#: How one notebook ended: `good`, `message`, `traceback`, and `cells` with an object for each.
Outcome = Dict[str, Any]


class Task(NamedTuple):
    """A notebook to run, with what its own metadata say about it."""

    path: str
    timeout: Optional[float] = None
    allow_errors: bool = False


class Batch:
    """One process of `lyre` that runs notebooks, several at once."""

    def __init__(self, tasks: Sequence[Task], options: Sequence[str]) -> None:
        timeout, allow_errors = tasks[0].timeout, tasks[0].allow_errors
        arguments = ["run", "--quiet", "--events", "-", *options]
        if timeout is not None and timeout > 0:
            arguments += ["--timeout", str(timeout)]
        if allow_errors:
            arguments.append("--allow-errors")
        self._process = Process([*arguments, "--", *(task.path for task in tasks)], self._receive)
        self._outcomes: Dict[str, Outcome] = {}
        self._end: Optional[str] = None
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="lyre-batch", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        end = ""
        try:
            code = self._process.run()
            end = f"lyre ended with code {code} before it ran this notebook\n{self._process.messages}".rstrip()
        except BaseException as error:
            end = f"{type(error).__name__}: {error}"
        finally:
            with self._news:
                self._end = end
                self._news.notify_all()

    def _receive(self, event: Event) -> None:
        kind = event["event"]
        if kind == "run_finished":
            outcome = _outcome(event)
        elif kind == "error":
            outcome = _nothing(event.get("message", ""))
        else:
            return
        with self._news:
            self._outcomes[event["notebook"]] = outcome
            self._news.notify_all()

    def wait(self, path: str) -> Outcome:
        """Waits until a notebook has ended, and returns how."""
        with self._news:
            self._news.wait_for(lambda: path in self._outcomes or self._end is not None)
            if path in self._outcomes:
                return self._outcomes[path]
            return _nothing(self._end)

    def stop(self) -> None:
        """Stops what still runs."""
        self._process.stop()
        self._thread.join()


def _nothing(message: Optional[str]) -> Outcome:
    """The outcome of a notebook that was not run."""
    return {"good": False, "message": message, "traceback": "", "cells": []}


def _outcome(event: Event) -> Outcome:
    cells = [cell for cell in event.get("cell_list", []) if cell.get("code", True)]
    results = [CellResult.of(cell) for cell in cells]
    bad = next((place for place, cell in enumerate(results) if cell.status in BAD and not cell.error_allowed), None)
    message, traceback = event["outcome"].replace("_", " "), ""
    if bad is not None:
        cell = results[bad]
        message = f"cell {cell.index + 1} '{cells[bad].get('first_line') or ''}' {_end(cell, event)}"
        traceback = "\n".join(cell.traceback)
    return {
        "good": event["outcome"] == "completed" and bad is None,
        "message": message,
        "traceback": traceback,
        "ename": results[bad].ename if bad is not None else None,
        "evalue": results[bad].evalue if bad is not None else None,
        "cells": [{"cell": cell.index, "status": cell.status, "seconds": cell.seconds or 0} for cell in results],
    }


def _end(cell: CellResult, event: Event) -> str:
    if cell.status == "killed_with_kernel":
        return f"failed: the kernel died ({event.get('reason') or 'reason unknown'})"
    if cell.limit_seconds is not None:
        return f"timed out after {cell.limit_seconds:g} s"
    how = cell.status.replace("_", " ")
    return f"{how}: {cell.ename}: {cell.evalue}" if cell.ename else how


class Batches:
    """All notebooks of a session, a batch for each set of limits, started when the first of them is asked for."""

    def __init__(self, tasks: Sequence[Task], options: Sequence[str], timeout: Optional[float]) -> None:
        self._options = options
        self._timeout = timeout
        self._tasks: Dict[Tuple[Any, Any], List[Task]] = {}
        self._keys: Dict[str, Tuple[Any, Any]] = {}
        self._batches: Dict[Tuple[Any, Any], Batch] = {}
        self._extra: List[Batch] = []
        self._served: List[str] = []
        self._lock = threading.Lock()
        for task in tasks:
            self.add(task)

    def add(self, task: Task) -> None:
        """Adds a notebook; one that is there already is not added again."""
        if task.path in self._keys:
            return
        task = task if task.timeout is not None else task._replace(timeout=self._timeout)
        key = (task.timeout, task.allow_errors)
        with self._lock:
            if key in self._batches:  # its process has begun without it
                self._served.append(task.path)
            self._keys[task.path] = key
            self._tasks.setdefault(key, []).append(task)

    def outcome(self, path: str) -> Outcome:
        """Waits until a notebook has ended, and returns how. A notebook that is asked for once more runs once more."""
        with self._lock:
            key = self._keys[path]
            if path in self._served:
                task = next(task for task in self._tasks[key] if task.path == path)
                batch = Batch([task], self._options)
                self._extra.append(batch)
            else:
                self._served.append(path)
                if key not in self._batches:
                    self._batches[key] = Batch(self._tasks[key], self._options)
                batch = self._batches[key]
        return batch.wait(path)

    def stop(self) -> None:
        """Stops what still runs."""
        for batch in [*self._batches.values(), *self._extra]:
            batch.stop()


class OutcomeServer:
    """Hands outcomes to other processes of this machine, over a socket in a directory of this user alone."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lyre-")
        self.address = os.path.join(self._folder.name, "outcomes")
        self.batches: Optional[Batches] = None
        self._ready = threading.Event()
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                path = json.loads(self.rfile.readline())
                owner._ready.wait()
                assert owner.batches is not None
                self.wfile.write(json.dumps(owner.batches.outcome(path)).encode() + b"\n")

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        self._server = Server(self.address, Handler)
        threading.Thread(target=self._server.serve_forever, name="lyre-outcomes", daemon=True).start()

    def begin(self, batches: Batches) -> None:
        """Sets the notebooks; questions wait for that."""
        self.batches = batches
        self._ready.set()

    def stop(self) -> None:
        """Stops what still runs, and the server."""
        if self.batches is not None:
            self.batches.stop()
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()


def ask(address: str, path: str) -> Outcome:
    """Asks a server how a notebook ended, and waits for the answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        with connection.makefile("rwb") as stream:
            stream.write(json.dumps(path).encode() + b"\n")
            stream.flush()
            answer = stream.readline()
    if not answer:
        return _nothing("the process that runs the notebooks has ended")
    return dict(json.loads(answer))
