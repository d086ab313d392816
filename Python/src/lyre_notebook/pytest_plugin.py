"""pytest's plug-in: `pytest --lyre` collects `*.ipynb`; each notebook is an item.

All collected notebooks are run by one `lyre` process, several at once (`--lyre-jobs`), so that kernels start warm; an item waits
for its notebook alone.
"""
from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional

import pytest

from . import _binary


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("lyre", "notebooks as tests, run by Lyre")
    group.addoption("--lyre", action="store_true", help="collect *.ipynb and run them with Lyre")
    group.addoption("--lyre-jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="notebooks at once")
    group.addoption("--lyre-timeout", type=float, default=None, metavar="SECONDS", help="limit of each cell")
    group.addoption("--lyre-kernel", default=None, metavar="NAME", help="kernel for all notebooks")
    group.addoption("--lyre-overwrite", action="store_true", help="write the outputs into the notebooks")


def pytest_collect_file(file_path: Path, parent: Any) -> Optional["NotebookFile"]:
    if parent.config.option.lyre and file_path.suffix == ".ipynb" and ".ipynb_checkpoints" not in file_path.parts:
        return NotebookFile.from_parent(parent, path=file_path)
    return None


class NotebookFile(pytest.File):
    def collect(self) -> Iterable["NotebookItem"]:
        item = NotebookItem.from_parent(self, name="", path=self.path)
        try:
            metadata = json.loads(self.path.read_bytes()).get("metadata", {})
        except (OSError, ValueError, AttributeError):
            metadata = {}  # Lyre reports what is wrong with the file when the item runs.
        execution = metadata.get("execution") or {}
        item.settings = {"timeout": execution.get("timeout"), "allow_errors": bool(execution.get("allow_errors"))}
        yield item


class NotebookFailed(Exception):
    """The notebook did not end well; the message is what is shown."""


class NotebookItem(pytest.Item):
    settings: Dict[str, Any] = {}

    def runtest(self) -> None:
        ended = _Session.of(self.session).result(self)
        for cell in ended.get("cells", []):
            self.user_properties.append((f"cell {cell['cell'] + 1}", cell["status"]))
        self.add_report_section("call", "cells", "\n".join(
            f"cell {cell['cell'] + 1}: {cell['status']} in {cell['seconds']:.2f} s" for cell in ended.get("cells", [])))
        if ended["text"]:
            self.add_report_section("call", "lyre", ended["text"])
        if not ended["good"]:
            raise NotebookFailed(ended["message"])

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        if isinstance(excinfo.value, NotebookFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> Any:
        return self.path, 0, str(self.path.name)


class _Session:
    """The one process of a pytest session (of each worker under xdist), and what has come from it."""

    @classmethod
    def of(cls, session: Any) -> "_Session":
        if not hasattr(session, "_lyre"):
            session._lyre = cls(session)
        return session._lyre

    def __init__(self, session: Any) -> None:
        self.config = session.config
        self.items: List[NotebookItem] = [item for item in session.items if isinstance(item, NotebookItem)]
        self.groups: Dict[Any, "_Process"] = {}

    def result(self, item: NotebookItem) -> Dict[str, Any]:
        key = (item.settings["timeout"], item.settings["allow_errors"])
        if key not in self.groups:
            # Under xdist each worker is handed its items piece by piece: it runs what it is handed.
            alone = hasattr(self.config, "workerinput")
            mates = [item] if alone else [other for other in self.items
                                          if (other.settings["timeout"], other.settings["allow_errors"]) == key]
            process = _Process(self.config, [str(mate.path) for mate in mates], key)
            if alone:
                return process.wait(str(item.path))
            self.groups[key] = process
        return self.groups[key].wait(str(item.path))

    def stop(self) -> None:
        for process in self.groups.values():
            process.stop()


class _Process:
    def __init__(self, config: Any, paths: List[str], key: Any) -> None:
        from . import __version__
        timeout, allow_errors = key
        self.ended: Dict[str, Dict[str, Any]] = {}
        self.cells: Dict[str, List[Dict[str, Any]]] = {}
        self.errors: Dict[str, str] = {}
        self.news = threading.Condition()
        self.is_over = False
        self.folder = tempfile.TemporaryDirectory(prefix="lyre-pytest-")
        self.messages = open(os.path.join(self.folder.name, "messages"), "w+b")
        program = _binary.checked(_binary.find_lyre(), __version__)
        command = [program, "run", "--quiet", "--events", "-", "--jobs", str(config.option.lyre_jobs)]
        if not config.option.lyre_overwrite:
            command.append("--no-save")
        limit = timeout if timeout is not None else config.option.lyre_timeout
        if limit is not None and float(limit) > 0:
            command += ["--timeout", str(float(limit))]
        if config.option.lyre_kernel:
            command += ["--kernel", config.option.lyre_kernel]
        if allow_errors:
            command.append("--allow-errors")
        from ._run import _end_with_parent
        self.process = subprocess.Popen([*command, "--", *paths], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.messages, preexec_fn=_end_with_parent)
        self.reader = threading.Thread(target=self._read, name="lyre-pytest", daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            with self.news:
                self._note(event)
                self.news.notify_all()
        self.process.wait()
        with self.news:
            self.is_over = True
            self.news.notify_all()

    def _note(self, event: Dict[str, Any]) -> None:
        name, kind = event.get("notebook", ""), event["event"]
        if kind == "cell_finished":
            self.cells.setdefault(name, []).append(event)
        elif kind == "output" and event["output"].get("output_type") == "error":
            self.errors[name] = "\n".join(event["output"].get("traceback", []))
        elif kind == "run_finished":
            bad = next((cell for cell in self.cells.get(name, []) if cell["status"] in (
                "failed", "timed_out", "interrupted", "killed_with_kernel") and not (cell.get("error") or {}).get("allowed")), None)
            message = ""
            if bad:
                error = bad.get("error") or {}
                message = f"cell {bad['cell'] + 1} '{bad.get('first_line') or ''}' {bad['status'].replace('_', ' ')}"
                message += f": {error['ename']}: {error['evalue']}" if error else ""
            elif event["outcome"] != "completed":
                message = f"the run ended: {event['outcome'].replace('_', ' ')}"
            self.ended[name] = {"good": event["outcome"] == "completed", "message": message,
                                "cells": self.cells.get(name, []), "text": self.errors.get(name, "")}
        elif kind == "error":
            self.ended[name] = {"good": False, "message": event.get("message", ""), "cells": [], "text": ""}

    def wait(self, path: str) -> Dict[str, Any]:
        with self.news:
            self.news.wait_for(lambda: path in self.ended or self.is_over)
            if path in self.ended:
                return self.ended[path]
        self.messages.seek(0)
        text = self.messages.read().decode("utf-8", "replace")
        return {"good": False, "message": f"lyre ended with code {self.process.returncode} before this notebook\n{text}",
                "cells": [], "text": ""}

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join(5)
        self.messages.close()
        self.folder.cleanup()


def pytest_sessionfinish(session: Any) -> None:
    if hasattr(session, "_lyre"):
        session._lyre.stop()
