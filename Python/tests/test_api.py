"""The Python API."""
import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import lyre_notebook
import nbformat
import pytest


def texts(notebook):
    return ["".join("".join(output.get("text", "")) for output in cell["outputs"]) for cell in notebook["cells"]]


def test_a_path_is_run_in_place(notebook):
    path = notebook("print('one')", "1 + 1")
    result = lyre_notebook.run(path)
    assert result.ok and result.outcome == "completed"
    assert [cell.status for cell in result.cells] == ["succeeded", "succeeded"]
    assert texts(json.loads(path.read_text()))[0] == "one\n"


def test_an_output_leaves_the_input_alone(notebook, tmp_path):
    path = notebook("print('one')")
    before = path.read_bytes()
    result = lyre_notebook.run(path, output=tmp_path / "out.ipynb")
    assert path.read_bytes() == before
    assert texts(result.notebook) == ["one\n"] == texts(json.loads((tmp_path / "out.ipynb").read_text()))


def test_a_notebook_node_is_run_and_left_as_it_is(notebook):
    node = nbformat.read(notebook("print('one')"), as_version=4)
    before = nbformat.writes(node)
    result = lyre_notebook.run(node)
    assert texts(result.notebook) == ["one\n"]
    assert nbformat.writes(node) == before


def test_parameters_and_events(notebook):
    path = notebook("year = 1", "print(year, [None, 'é\"'] == other)", tags={0: "parameters"})
    events = []
    result = lyre_notebook.run(path, parameters={"year": 2024, "other": [None, 'é"']}, on_event=events.append, check=True)
    assert texts(result.notebook)[-1] == "2024 True\n"
    assert [event["event"] for event in events][0] == "kernel_starting"
    assert any(event["event"] == "stream" and event["text"] == "2024 True\n" for event in events)


@pytest.mark.parametrize("source, error, options", [
    ("1/0", lyre_notebook.CellError, {}),
    ("import time; time.sleep(60)", lyre_notebook.CellTimeoutError, {"timeout": 0.5}),
    ("import os; os._exit(3)", lyre_notebook.DeadKernelError, {}),
    ("1", lyre_notebook.KernelNotStartedError, {"kernel": "no-such-kernel"}),
])
def test_errors(notebook, source, error, options):
    path = notebook("print('kept')", source)
    with pytest.raises(error) as raised:
        lyre_notebook.run(path, **options)
    assert raised.value.result.exit_code != 0
    if error is lyre_notebook.CellError:
        assert (raised.value.ename, raised.value.evalue) == ("ZeroDivisionError", "division by zero")
        assert "ZeroDivisionError" in "".join(raised.value.traceback)
    if error is not lyre_notebook.KernelNotStartedError:
        assert texts(raised.value.result.notebook)[0] == "kept\n"
    assert lyre_notebook.run(path, check=False, **options).exit_code == raised.value.result.exit_code


def test_asynchronous_runs_side_by_side(notebook):
    paths = [notebook("import time; time.sleep(1); print('done')", name=f"n{number}.ipynb") for number in range(2)]

    async def both():
        events = []
        results = await asyncio.gather(*(lyre_notebook.arun(path, on_event=events.append) for path in paths))
        return results, events
    results, events = asyncio.run(both())
    assert [texts(result.notebook) for result in results] == [["done\n"], ["done\n"]]
    assert sum(event["event"] == "run_finished" for event in events) == 2


def children(marker):
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                if marker in file.read():
                    found.append(int(entry))
        except OSError:
            pass
    return found


def gone(marker):
    deadline = time.monotonic() + 15
    while children(marker) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not children(marker)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_host_that_ends_leaves_no_kernel(notebook, tmp_path, number):
    path = notebook("open('on', 'w'); import time; time.sleep(60)")
    marker = f"LYRE_HOST={tmp_path}".encode()
    host = subprocess.Popen([sys.executable, "-c", f"import lyre_notebook; lyre_notebook.run({str(path)!r})"],
                            env={**os.environ, "LYRE_HOST": str(tmp_path)}, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not (tmp_path / "on").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    host.send_signal(number)
    host.communicate(timeout=30)
    assert gone(marker)


def test_a_program_that_is_missing_or_of_another_version_is_one_clear_line(notebook, monkeypatch, tmp_path):
    monkeypatch.setenv("LYRE", str(tmp_path / "nowhere"))
    with pytest.raises(lyre_notebook.LyreNotFoundError, match="LYRE=.*does not exist"):
        lyre_notebook.run(notebook("1"))
    other = tmp_path / "lyre"
    other.write_text("#!/bin/sh\necho 99.0\n")
    other.chmod(0o755)
    monkeypatch.setenv("LYRE", str(other))
    with pytest.raises(lyre_notebook.VersionMismatchError, match="99.0"):
        lyre_notebook.run(notebook("1"))


@pytest.mark.parametrize("command", [["lyre"], [sys.executable, "-m", "lyre_notebook"], ["jupyter", "lyre"]])
def test_the_program_is_there_by_every_name(command):
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert shown.stdout.startswith(lyre_notebook.__version__), shown.stderr
