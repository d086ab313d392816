"""pytest's plug-in: `pytest --lyre` collects `*.ipynb`; each notebook is an item.

One `lyre` process runs all notebooks that were collected, several at once (`--lyre-jobs`), so that kernels start warm;
each item waits for its own notebook only. With pytest-xdist that process belongs to the controller, and its workers
ask it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Iterable, List, Optional

import pytest

from ._batches import Batches, Outcome, OutcomeServer, Task, ask
from ._binary import LyreNotFoundError, VersionMismatchError, checked, find_lyre
from ._hosts import UnsupportedHostError, require


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("lyre", "notebooks as tests, run by Lyre")
    group.addoption("--lyre", action="store_true", help="collect *.ipynb and run them with Lyre")
    group.addoption(
        "--lyre-jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="run N notebooks at once (default: one per core)",
    )
    group.addoption("--lyre-timeout", type=float, default=None, metavar="SECONDS", help="limit each cell to SECONDS")
    group.addoption("--lyre-kernel", default=None, metavar="NAME", help="run all notebooks with this kernel")
    group.addoption("--lyre-overwrite", action="store_true", help="write the outputs into the notebooks")


def pytest_configure(config: Any) -> None:
    if not config.option.lyre:
        return
    from . import __version__

    try:
        require("pytest")
        checked(find_lyre(), __version__)
    except (LyreNotFoundError, VersionMismatchError, UnsupportedHostError) as error:
        raise pytest.UsageError(f"--lyre: {error}") from None
    if config.option.lyre_jobs < 1:
        raise pytest.UsageError("--lyre-jobs must be at least 1")


def pytest_collect_file(file_path: Path, parent: Any) -> Optional["NotebookFile"]:
    folders = file_path.parts[:-1]
    if parent.config.option.lyre and file_path.suffix == ".ipynb" and not {".ipynb_checkpoints", "_build"} & {*folders}:
        return NotebookFile.from_parent(parent, path=file_path)
    return None


class NotebookFile(pytest.File):
    """A notebook's file; it has one item."""

    def collect(self) -> Iterable["NotebookItem"]:
        item = NotebookItem.from_parent(self, name=self.path.name)
        try:
            metadata = json.loads(self.path.read_bytes()).get("metadata") or {}
            execution, tags = metadata.get("execution") or {}, metadata.get("tags") or []
            item.task = Task(str(self.path), execution.get("timeout"), bool(execution.get("allow_errors")))
        except (OSError, ValueError, AttributeError):
            tags = []  # Lyre reports what is wrong with the file when the item runs.
        for tag in tags:
            if isinstance(tag, str) and tag.isidentifier():
                item.add_marker(tag)
        yield item


class NotebookFailed(Exception):
    """The notebook did not end well; the message is what is shown."""


class NotebookItem(pytest.Item):
    """A notebook as a test."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.task = Task(str(self.path))

    def runtest(self) -> None:
        outcome = self.config.stash[_RUNS].outcome(self)
        for cell in outcome["cells"]:
            self.user_properties.append((f"cell {cell['cell'] + 1}", f"{cell['status']} in {cell['seconds']:.3f} s"))
        self.add_report_section(
            "call",
            "cells",
            "\n".join(
                f"cell {cell['cell'] + 1}: {cell['status']} in {cell['seconds']:.3f} s" for cell in outcome["cells"]
            ),
        )
        if outcome["good"]:
            return
        if outcome.get("ename") == "Skipped":  # pytest.skip in a cell
            pytest.skip(outcome.get("evalue") or "skipped in the notebook")
        if outcome["traceback"]:
            has_colours = self.config.get_terminal_writer().hasmarkup
            self.add_report_section(
                "call", "traceback", outcome["traceback"] if has_colours else _plain(outcome["traceback"])
            )
        raise NotebookFailed(outcome["message"])

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        if isinstance(excinfo.value, NotebookFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> Any:
        return self.path, 0, self.path.name


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class _Runs:
    """The runs of a session in one process of pytest."""

    def __init__(self, config: Any, items: List[Any]) -> None:
        self._config = config
        self.tasks = [item.task for item in items if isinstance(item, NotebookItem) and not _is_skipped(item)]
        self._address: Optional[str] = getattr(config, "workerinput", {}).get("lyre_outcomes")
        self._batches: Optional[Batches] = None

    def outcome(self, item: NotebookItem) -> Outcome:
        if self._address is not None and os.path.exists(self._address):
            return ask(self._address, item.task.path)
        if self._batches is None:
            # A worker on another machine runs what it is handed, alone.
            is_worker = hasattr(self._config, "workerinput")
            self._batches = _batches(self._config, [] if is_worker else self.tasks)
        self._batches.add(item.task)
        return self._batches.outcome(item.task.path)

    def stop(self) -> None:
        if self._batches is not None:
            self._batches.stop()


_RUNS: "pytest.StashKey[_Runs]" = pytest.StashKey()
_SERVER: "pytest.StashKey[OutcomeServer]" = pytest.StashKey()


def _batches(config: Any, tasks: List[Task]) -> Batches:
    option = config.option
    options = ["--jobs", str(option.lyre_jobs)]
    if not option.lyre_overwrite:
        options.append("--no-save")
    if option.lyre_kernel:
        options += ["--kernel", option.lyre_kernel]
    return Batches(tasks, options, option.lyre_timeout)


def _is_skipped(item: NotebookItem) -> bool:
    """Whether pytest will skip an item by its markers: then Lyre does not run it either."""
    try:
        from _pytest.skipping import evaluate_skip_marks, evaluate_xfail_marks

        expected = evaluate_xfail_marks(item)
        return evaluate_skip_marks(item) is not None or (expected is not None and not expected.run)
    except Exception:  # not a public function: then without conditions
        return item.get_closest_marker("skip") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: Any) -> None:
    config = session.config
    if not config.option.lyre or config.option.collectonly:
        return
    config.stash[_RUNS] = runs = _Runs(config, session.items)
    address = getattr(config, "workerinput", {}).get("lyre_outcomes")
    if address is not None and os.path.exists(address):
        # Written before xdist's own hook tells the controller that this worker has collected.
        Path(f"{address}.{config.workerinput['workerid']}.json").write_text(json.dumps(runs.tasks))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist, in the controller: tells a worker where to ask."""
    config = node.config
    if config.option.lyre:
        if _SERVER not in config.stash:
            config.stash[_SERVER] = OutcomeServer()
        node.workerinput["lyre_outcomes"] = config.stash[_SERVER].address


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: List[str]) -> None:
    """xdist, in the controller: all workers have collected the same; the first one's list is used."""
    server: Optional[OutcomeServer] = node.config.stash.get(_SERVER, None)
    if server is not None and server.batches is None:
        written = Path(f"{server.address}.{node.workerinput['workerid']}.json")
        if written.exists():
            server.begin(_batches(node.config, [Task(*task) for task in json.loads(written.read_text())]))


def pytest_sessionfinish(session: Any) -> None:
    for key in (_RUNS, _SERVER):
        found: Any = session.config.stash.get(key, None)
        if found is not None:
            found.stop()
