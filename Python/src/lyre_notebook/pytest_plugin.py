"""pytest's plug-in: `pytest --lyre` collects `*.ipynb`; each notebook is an item.

One process of `lyre test` runs all notebooks that were collected, several at once (`--lyre-jobs`), so that kernels
start warm; each item waits for its own notebook only. With pytest-xdist that process belongs to the controller, and its
workers ask it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

import pytest

from ._batches import Batches, Outcome, OutcomeServer, ask
from ._binary import LyreNotFoundError, VersionMismatchError, checked, find_lyre
from ._hosts import UnsupportedHostError, require

#: The options of `lyre test` that have the same name here, after `--lyre-`: how each is read, and what it means.
_PASSED: Dict[str, Tuple[Dict[str, Any], str]] = {
    "timeout": ({"type": float, "metavar": "SECONDS"}, "limit each cell to SECONDS"),
    "kernel": ({"metavar": "NAME"}, "run all notebooks with this kernel"),
    "outputs": ({"action": "store_true"}, "compare the outputs with those stored in the notebooks"),
    "marked-outputs": ({"action": "store_true"}, "compare the outputs of cells marked NBVAL_CHECK_OUTPUT only"),
    "update": ({"action": "store_true"}, "write outputs that differ into the notebooks; such cells do not fail"),
    "overwrite": ({"action": "store_true"}, "write all outputs into the notebooks, without a comparison"),
    "ignore": (
        {"action": "append", "metavar": "WHAT"},
        "do not compare stdout, stderr, error, images or a MIME type; repeatable",
    ),
    "mask": (
        {"action": "append", "metavar": "FILE"},
        "mask what differs from run to run by the expressions in FILE, in nbval's format; repeatable",
    ),
    "no-built-in-masks": ({"action": "store_true"}, "mask nothing else: no addresses, times, temporary paths, ids"),
    "image-tolerance": (
        {"type": float, "metavar": "NUMBER"},
        "allow pictures this difference: the root mean square of 0 to 255 (default: 2)",
    ),
    "cached": ({"action": "store_true"}, "leave notebooks alone that are unchanged since they passed"),
    "depends": (
        {"action": "append", "metavar": "PATTERN"},
        "with --lyre-cached, also compare the files that match; repeatable",
    ),
    "depends-variable": (
        {"action": "append", "metavar": "NAME"},
        "with --lyre-cached, also compare this environment variable; repeatable",
    ),
    "state": ({"metavar": "DIR"}, "keep the record of tests that passed in this directory"),
}


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
    for name, (how, meaning) in _PASSED.items():
        default = False if how.get("action") == "store_true" else [] if how.get("action") == "append" else None
        group.addoption(f"--lyre-{name}", default=default, help=meaning, **how)


def _options(config: Any) -> List[str]:
    """The options for `lyre test`."""
    options = ["--jobs", str(config.option.lyre_jobs)]
    for name in _PASSED:
        value = config.getoption(f"lyre_{name.replace('-', '_')}")
        for one in value if isinstance(value, list) else [] if value is None or value is False else [value]:
            # With =, a value may begin with a dash.
            options.append(f"--{name}" if one is True else f"--{name}={one}")
    return options


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
            tags = (json.loads(self.path.read_bytes()).get("metadata") or {}).get("tags") or []
        except (OSError, ValueError, AttributeError):
            tags = []  # Lyre reports what is wrong with the file when the item runs.
        for tag in tags:
            if isinstance(tag, str) and tag.isidentifier():
                item.add_marker(tag)
        yield item


class NotebookFailed(Exception):
    """The notebook did not pass; the message is what is shown."""


class NotebookItem(pytest.Item):
    """A notebook as a test."""

    def runtest(self) -> None:
        outcome = self.config.stash[_RUNS].outcome(self)
        status = outcome["status"]
        if status == "unchanged":
            self.user_properties.append((_UNCHANGED, outcome.get("passed_at", "")))
            return
        differing = {failure.get("cell") for failure in outcome.get("failures", []) if failure.get("differences")}
        lines = []
        for cell in outcome.get("cell_list", []):
            if cell.get("code", True):
                word = "differs" if cell["cell"] in differing else cell["status"]
                words = f"{word} in {cell.get('seconds', 0):.3f} s"
                self.user_properties.append((f"cell {cell['cell'] + 1}", words))
                lines.append(f"cell {cell['cell'] + 1}: {words}")
        self.add_report_section("call", "cells", "\n".join(lines))
        if outcome.get("updated"):
            self.user_properties.append((_UPDATED, ", ".join(str(cell + 1) for cell in outcome["updated"])))
        if status == "skipped":
            pytest.skip(outcome.get("reason") or "skipped by the notebook")
        if status not in ("passed", "updated"):
            self._fail(outcome)

    def _fail(self, outcome: Outcome) -> None:
        failures = outcome.get("failures", [])
        has_colours = self.config.get_terminal_writer().hasmarkup
        for failure in failures:
            if failure.get("traceback"):
                text = failure["traceback"] if has_colours else _plain(failure["traceback"])
                cell = failure.get("cell")
                self.add_report_section("call", "traceback" if cell is None else f"traceback of cell {cell + 1}", text)
        texts = ["\n".join([failure["message"], *failure.get("differences", [])]) for failure in failures]
        raise NotebookFailed("\n\n".join(texts) or outcome.get("reason") or outcome["status"].replace("_", " "))

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        if isinstance(excinfo.value, NotebookFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> Any:
        return self.path, 0, self.path.name


#: The properties of notebooks that were left alone, and of those whose new outputs were stored.
_UNCHANGED, _UPDATED = "unchanged_since", "updated_cells"


def pytest_report_teststatus(report: Any, config: Any) -> Any:
    """Counts notebooks that did not run because nothing changed, and those that were updated, on their own."""
    if report.when == "call" and report.passed:
        names = {name for name, _ in report.user_properties}
        for name, word in ((_UNCHANGED, "unchanged"), (_UPDATED, "updated")):
            if name in names:
                return word, word[0], (word.upper(), {"green": True})
    return None


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class _Runs:
    """The runs of a session in one process of pytest."""

    def __init__(self, config: Any, items: List[Any]) -> None:
        self._config = config
        self.paths = [str(item.path) for item in items if isinstance(item, NotebookItem) and not _is_skipped(item)]
        self._address: Optional[str] = getattr(config, "workerinput", {}).get("lyre_outcomes")
        self._batches: Optional[Batches] = None

    def outcome(self, item: NotebookItem) -> Outcome:
        if self._address is not None and os.path.exists(self._address):
            return ask(self._address, str(item.path))
        if self._batches is None:
            # A worker on another machine runs what it is handed, alone.
            is_worker = hasattr(self._config, "workerinput")
            self._batches = Batches([] if is_worker else self.paths, _options(self._config))
        return self._batches.outcome(str(item.path))

    def stop(self) -> None:
        if self._batches is not None:
            self._batches.stop()


_RUNS: "pytest.StashKey[_Runs]" = pytest.StashKey()
_SERVER: "pytest.StashKey[OutcomeServer]" = pytest.StashKey()


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
        Path(f"{address}.{config.workerinput['workerid']}.json").write_text(json.dumps(runs.paths))


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
            server.begin(Batches(json.loads(written.read_text()), _options(node.config)))


def pytest_sessionfinish(session: Any) -> None:
    for key in (_RUNS, _SERVER):
        found: Any = session.config.stash.get(key, None)
        if found is not None:
            found.stop()
