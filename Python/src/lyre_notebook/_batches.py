"""Tests of several notebooks by one process of `lyre test`, each waited for alone; part of pytest's plug-in."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import tempfile
import threading
from typing import Any, Dict, List, Optional, Sequence

from ._process import Process
from ._results import Event

#: How one notebook ended: the event `test_finished` of docs/events.md.
Outcome = Dict[str, Any]


class Batch:
    """One process of `lyre test` for several notebooks."""

    def __init__(self, paths: Sequence[str], options: Sequence[str]) -> None:
        arguments = ["test", "--quiet", "--events", "-", *options]
        self._process = Process([*arguments, "--", *paths], self._receive)
        self._outcomes: Dict[str, Outcome] = {}
        self._count = len(paths)
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
        if event["event"] == "test_finished":
            with self._news:
                self._outcomes[event["notebook"]] = event
                self._news.notify_all()

    def wait(self, path: str) -> Outcome:
        """Waits until a notebook has ended, and returns how."""
        with self._news:
            self._news.wait_for(lambda: path in self._outcomes or self._end is not None)
            if path in self._outcomes:
                return self._outcomes[path]
            return _nothing(self._end or "")

    def stop(self) -> None:
        """Stops what still runs."""
        with self._news:
            is_done = len(self._outcomes) == self._count
        if is_done:
            # After its last notebook it keeps what --lyre-cached compares.
            self._thread.join(15)
        self._process.stop()
        self._thread.join()


def _nothing(reason: str) -> Outcome:
    """The outcome of a notebook that was not run."""
    return {"status": "error", "reason": reason}


class Batches:
    """All notebooks of a session: one process, started when the first of them is asked for."""

    def __init__(self, paths: Sequence[str], options: Sequence[str]) -> None:
        self._options = options
        # Two names of one file are two tests, each beside the data of its folder, which one process does not run.
        files: Dict[str, str] = {}
        for path in paths:
            files.setdefault(os.path.realpath(path), path)
        self._paths = list(files.values())
        self._batch: Optional[Batch] = None
        self._extra: List[Batch] = []
        self._served: List[str] = []
        self._lock = threading.Lock()

    def outcome(self, path: str) -> Outcome:
        """Waits until a notebook has ended, and returns how. A notebook that is asked for once more runs once more."""
        with self._lock:
            if path in self._served or path not in self._paths:
                batch = Batch([path], self._options)
                self._extra.append(batch)
            else:
                if self._batch is None:
                    self._batch = Batch(self._paths, self._options)
                batch = self._batch
            self._served.append(path)
        return batch.wait(path)

    def stop(self) -> None:
        """Stops what still runs."""
        for batch in [self._batch, *self._extra]:
            if batch is not None:
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
