"""papermill's engine, with the real papermill."""

import os
import re
import signal
import subprocess

import nbformat
import papermill
import pytest
from conftest import eventually, processes, read, run, start, texts
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError


def execute(path, out, engine="lyre", **options):
    options.setdefault("progress_bar", False)
    return papermill.execute_notebook(str(path), str(out), engine_name=engine, cwd=str(path.parent), **options)


def shape(notebook):
    """A notebook without what differs from run to run: times, and ids that papermill makes."""

    def cleaned(value, name=""):
        if isinstance(value, dict):
            return {key: cleaned(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [cleaned(item, name) for item in value]
        if re.match(r"\d{4}-\d\d-\d\dT", str(value)) or name in (
            "duration",
            "id",
            "output_path",
            "environment_variables",
        ):
            return "…"
        return value

    return cleaned(notebook)


def same(cells, tmp_path, **options):
    """The result of papermill's own engine and of ours."""
    results = []
    for engine in ("nbclient", "lyre"):
        out = tmp_path / f"{engine}.ipynb"
        try:
            execute(cells, out, engine, **options)
        except PapermillExecutionError as error:
            results.append((error.cell_index, error.exec_count, error.ename, error.evalue, shape(read(out))))
        else:
            results.append(shape(read(out)))
    return results


def test_the_whole_result_equals_that_of_papermills_own_engine(notebook, tmp_path):
    path = notebook(
        "#md # Title",
        "year = 1",
        "print('a', year)",
        "",
        "import sys; print('b', file=sys.stderr); year + 1",
        "from IPython.display import HTML; HTML('<b>x</b>')",
        "raise ValueError('allowed')",
        "#md end",
        tags={1: "parameters", 6: "raises-exception"},
        metadata={"kept": 1},
    )
    own, ours = same(path, tmp_path, parameters={"year": 2024})
    assert own == ours
    assert ours[2] == "ValueError"  # papermill reports errors that were allowed, too


def test_the_result_of_a_failure_equals_that_of_papermills_own_engine(notebook, tmp_path):
    path = notebook("print('kept')", "#md between", "1/0", "print('never')", "#md end")
    own, ours = same(path, tmp_path)
    assert own == ours
    assert ours[:4] == (2, 2, "ZeroDivisionError", "division by zero")
    assert ours[4]["metadata"]["papermill"]["exception"] is True
    # papermill puts two cells before: the title, and the mark before the cell that failed.
    assert [cell["metadata"].get("papermill", {}).get("status") for cell in ours[4]["cells"]] == [
        None,
        "completed",
        "completed",
        None,
        "failed",
        "pending",
        "pending",
    ]


def test_command_with_parameters_and_a_progress_bar(notebook, tmp_path):
    path = notebook("year = 1", "# papermill_description=Reading\nprint(year)", "#md end", tags={0: "parameters"})
    out = tmp_path / "out.ipynb"
    done = run("papermill", "--engine", "lyre", path, out, "-p", "year", "2024", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert texts(read(out))[2] == "2024\n"
    assert "Executing Reading" in done.stderr and "4/4" in done.stderr
    assert "Executing notebook with kernel: python3" in done.stderr
    metadata = read(out).metadata.papermill
    assert metadata.parameters == {"year": 2024} and metadata.exception is None and metadata.duration > 0


def test_log_output_and_files_for_streams(notebook, tmp_path):
    path = notebook("import sys\nprint('to stdout')\nprint('to stderr', file=sys.stderr)\n'a result'")
    shown = []
    for engine in ("nbclient", "lyre"):
        done = run(
            "papermill",
            "--engine",
            engine,
            path,
            tmp_path / "out.ipynb",
            "--log-output",
            "--no-progress-bar",
            "--stdout-file",
            tmp_path / "o",
            "--stderr-file",
            tmp_path / "e",
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert ((tmp_path / "o").read_text(), (tmp_path / "e").read_text()) == ("to stdout\n", "to stderr\n")
        # Kernels also write to standard error, when they start and when they end.
        papermills = ("Input Notebook", "Output Notebook", "Executing", "to std", "'a result'", "Ending", "Working")
        shown.append([line for line in done.stderr.splitlines() if line.startswith(papermills)])
    assert shown[0] == shown[1] and len(shown[1]) == 8


def test_autosave_writes_outputs_while_a_cell_runs(notebook, tmp_path):
    path = notebook(
        "import os, time\nwhile not os.path.exists('go'):\n    print('so' + ' far', flush=True)\n    time.sleep(0.2)"
    )
    out = tmp_path / "out.ipynb"
    process = start(
        "papermill",
        "--engine",
        "lyre",
        path,
        out,
        "--autosave-cell-every",
        "1",
        "--no-progress-bar",
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    assert eventually(lambda: out.exists() and "so far" in out.read_text())
    assert process.poll() is None and read(out).cells[0].metadata.papermill.status == "running"
    (tmp_path / "go").touch()
    assert process.wait(30) == 0


def test_prepare_only_runs_nothing(notebook, tmp_path):
    path = notebook("year = 1", "open('ran', 'w')", tags={0: "parameters"})
    out = tmp_path / "out.ipynb"
    done = run("papermill", "--engine", "lyre", path, out, "-p", "year", "2024", "--prepare-only", cwd=tmp_path)
    assert done.returncode == 0 and not (tmp_path / "ran").exists()
    assert "year = 2024" in read(out).cells[1].source


def test_time_limits(notebook, tmp_path, monkeypatch):
    path = notebook("import time; time.sleep(60)")
    with pytest.raises(CellTimeoutError, match="A cell timed out while it was being executed, after 1 seconds"):
        execute(path, tmp_path / "out.ipynb", execution_timeout=1)
    done = run("papermill", "--engine", "lyre", path, tmp_path / "out.ipynb", "--execution-timeout", "1", cwd=tmp_path)
    assert done.returncode == 1 and "CellTimeoutError" in done.stderr
    spec = tmp_path / "kernels" / "mute" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(
        '{"argv": ["sh", "-c", "sleep 60", "{connection_file}"], "display_name": "Mute", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="1.0 s|1 s"):
        execute(path, tmp_path / "out.ipynb", start_timeout=1, kernel_name="mute")


def test_a_kernel_that_dies_or_is_missing(notebook, tmp_path):
    from jupyter_client.kernelspec import NoSuchKernel

    with pytest.raises(DeadKernelError):
        execute(notebook("import os; os._exit(3)"), tmp_path / "out.ipynb")
    with pytest.raises(NoSuchKernel, match="no-such-kernel"):
        execute(notebook("1"), tmp_path / "out.ipynb", kernel_name="no-such-kernel")


def test_options_of_the_client_are_obeyed(notebook, tmp_path):
    path = notebook("1/0", "print('on')")
    with pytest.raises(PapermillExecutionError):
        execute(path, tmp_path / "out.ipynb", allow_errors=True)
    assert texts(read(tmp_path / "out.ipynb"))[-1] == "on\n"


def test_no_output_path_and_a_node_as_input(notebook):
    node = papermill.execute_notebook(read(notebook("print('one')")), None, engine_name="lyre", progress_bar=False)
    assert texts(node) == ["one\n"]


def test_ctrl_c_leaves_no_kernel(notebook, tmp_path):
    path = notebook("open('on', 'w'); import time; time.sleep(60)")
    process = start(
        "papermill",
        "--engine",
        "lyre",
        path,
        tmp_path / "out.ipynb",
        cwd=tmp_path,
        env={**os.environ, "LYRE_TEST_MARK": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert eventually((tmp_path / "on").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    process.communicate()
    assert eventually(lambda: not processes(f"LYRE_TEST_MARK={tmp_path}"))
    nbformat.validate(read(tmp_path / "out.ipynb"))
