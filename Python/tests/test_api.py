"""The Python API."""

import asyncio
import json
import math
import os
import signal
import subprocess
import sys

import lyre_notebook
import nbformat
import pytest
from conftest import eventually, processes, read, run, start, texts


def test_a_path_is_run_in_place(notebook):
    path = notebook("print('one')", "1 + 1")
    result = lyre_notebook.run(path)
    assert result.ok and result.status == "completed" and result.error is None
    assert [(cell.index, cell.id, cell.status, cell.execution_count) for cell in result.cells] == [
        (0, "c0", "succeeded", 1),
        (1, "c1", "succeeded", 2),
    ]
    assert texts(read(path))[0] == "one\n" == texts(result.notebook)[0]


@pytest.mark.parametrize("name", ["[a]*?.ipynb", "-.ipynb", "é ü.ipynb", "{name}.ipynb"])
def test_names_with_special_characters(notebook, tmp_path, monkeypatch, name):
    notebook("print('one')", name=name)
    monkeypatch.chdir(tmp_path)
    result = lyre_notebook.run(name, output="of " + name)
    assert texts(read(tmp_path / ("of " + name))) == ["one\n"] == texts(result.notebook)


def test_an_output_leaves_the_input_alone(notebook, tmp_path):
    path = notebook("print('one')")
    before = path.read_bytes()
    result = lyre_notebook.run(path, output=tmp_path / "out.ipynb")
    assert path.read_bytes() == before
    assert texts(result.notebook) == ["one\n"] == texts(read(tmp_path / "out.ipynb"))


@pytest.mark.parametrize(
    "make", [lambda path: read(path), lambda path: json.loads(path.read_text())], ids=["node", "dictionary"]
)
def test_a_notebook_in_memory_is_run_and_left_as_it_is(notebook, tmp_path, make):
    given = make(notebook("import os; print(os.getcwd())"))
    before = json.dumps(given)
    result = lyre_notebook.run(given, cwd=tmp_path)
    assert texts(result.notebook) == [f"{tmp_path}\n"]
    assert json.dumps(given) == before


def test_parameters_arrive_as_they_are(notebook):
    values = {
        "year": 2024,
        "list": [None, True, 'é"\\', {"a b": 1.5}],
        "text": "\x7f\u2028\x85 😀 #: {}\n\t- x",
        "large": "x" * 300_000,
        "negative": -math.inf,
        "small": 1e-300,
        "huge": 10**30,
    }
    path = notebook(
        "year = 1", "print(repr([year, list, text, len(large), negative, small, huge]))", tags={0: "parameters"}
    )
    result = lyre_notebook.run(path, parameters=values)
    shown = [values[name] for name in ("year", "list", "text")] + [300_000, -math.inf, 1e-300, 10**30]
    assert texts(result.notebook)[-1] == repr(shown) + "\n"


def test_a_parameter_that_cannot_be_handed_over_is_named(notebook):
    with pytest.raises(TypeError, match="'when' is or has a date"):
        import datetime

        lyre_notebook.run(notebook("1"), parameters={"when": [datetime.date(2024, 1, 1)]})


def test_events_come_as_they_happen(notebook, tmp_path):
    path = notebook("print('first', flush=True)\nimport os, time\nwhile not os.path.exists('go'): time.sleep(0.01)")
    seen = []

    def on_event(event):
        seen.append(event["event"])
        if event["event"] == "stream":
            (tmp_path / "go").touch()  # the cell waits for it: the event came while it ran

    lyre_notebook.run(path, on_event=on_event, timeout=30)
    assert seen[0] == "kernel_starting" and "cell_finished" in seen[seen.index("stream") :]


def test_an_exception_of_on_event_stops_the_run(notebook, tmp_path):
    path = notebook("print(1)", "import time; time.sleep(60)", "open('reached', 'w')")

    def on_event(event):
        if event["event"] == "stream":
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        lyre_notebook.run(path, on_event=on_event)

    async def asynchronously():
        await lyre_notebook.arun(path, on_event=on_event)

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(asynchronously())
    assert not (tmp_path / "reached").exists()


@pytest.mark.parametrize(
    "source, error, options, words",
    [
        ("1/0", lyre_notebook.CellError, {}, "ZeroDivisionError"),
        ("import time; time.sleep(60)", lyre_notebook.CellTimeoutError, {"timeout": 0.5}, "0.5"),
        ("import os; os._exit(3)", lyre_notebook.DeadKernelError, {}, "kernel"),
        ("1", lyre_notebook.KernelNotStartedError, {"kernel": "no-such-kernel"}, "no-such-kernel"),
        ("1", lyre_notebook.LyreError, {"options": ["--no-such-option"]}, "no-such-option"),
    ],
)
def test_errors(notebook, source, error, options, words):
    path = notebook("print('kept')", source)
    with pytest.raises(error, match=words) as raised:
        lyre_notebook.run(path, **options)
    result = raised.value.result
    assert result.exit_code != 0 and not result.ok and "\n" not in str(raised.value)
    if error is lyre_notebook.CellError:
        assert (raised.value.ename, raised.value.evalue) == ("ZeroDivisionError", "division by zero")
        assert "ZeroDivisionError" in "".join(raised.value.traceback)
        assert (result.error.index, result.error.status) == (1, "failed")
    if result.status is not None:
        assert texts(result.notebook)[0] == "kept\n"
    assert lyre_notebook.run(path, check=False, **options).exit_code == result.exit_code


def test_an_allowed_error_is_no_error(notebook):
    path = notebook("1/0", "raise ValueError('x')", "print('on')", tags={0: "raises-exception"})
    result = lyre_notebook.run(path, allow_errors=True)
    assert result.ok and result.error is None
    assert [(cell.status, cell.ename, cell.error_allowed) for cell in result.cells] == [
        ("failed", "ZeroDivisionError", True),
        ("failed", "ValueError", True),
        ("succeeded", None, False),
    ]


def test_asynchronous_runs_side_by_side(notebook, tmp_path):
    # Each cell waits for the other's file: one after the other they would never end.
    paths = [
        notebook(
            f"open('on{number}', 'w')\nimport os, time\nwhile not os.path.exists('on{1 - number}'): time.sleep(0.01)\n"
            "print('done')",
            name=f"n{number}.ipynb",
        )
        for number in range(2)
    ]
    events, ticks = [], []

    async def on_event(event):
        await asyncio.sleep(0)
        events.append(event["event"])

    async def tick():
        while True:
            ticks.append(1)
            await asyncio.sleep(0.01)

    async def both():
        ticking = asyncio.ensure_future(tick())
        results = await asyncio.gather(*(lyre_notebook.arun(path, on_event=on_event, timeout=30) for path in paths))
        ticking.cancel()
        return results

    results = asyncio.run(both())
    assert [texts(result.notebook) for result in results] == [["done\n"], ["done\n"]]
    assert events.count("run_finished") == 2 and len(ticks) > 10  # the loop was not blocked


def test_a_cancelled_task_stops_its_run(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("LYRE_TEST_MARK", str(tmp_path))
    path = notebook("print('kept', flush=True); open('on', 'w'); import time; time.sleep(60)")

    async def cancelled():
        task = asyncio.ensure_future(lyre_notebook.arun(path))
        while not (tmp_path / "on").exists():
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert texts(read(path)) == ["kept\n"]
    assert eventually(
        lambda: (
            processes(f"LYRE_TEST_MARK={tmp_path}") == [os.getpid()] or processes(f"LYRE_TEST_MARK={tmp_path}") == []
        )
    )


HOST = "import lyre_notebook, sys\ntry: lyre_notebook.run(sys.argv[1])\nexcept KeyboardInterrupt: print('interrupted')"


def start_host(path, folder, **options):
    """Starts a process that runs a notebook, and prints if it is interrupted."""
    environment = {**os.environ, "LYRE_TEST_MARK": str(folder)}
    return start(sys.executable, "-c", HOST, path, env=environment, stdout=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_host_that_ends_leaves_no_kernel(notebook, tmp_path, number):
    path = notebook("print('kept', flush=True)\nopen('on', 'w')\nimport time\ntime.sleep(60)")
    host = start_host(path, tmp_path, start_new_session=True)
    assert eventually((tmp_path / "on").exists)
    os.killpg(host.pid, number)  # as a terminal does with Ctrl-C
    shown, _ = host.communicate(timeout=30)
    assert eventually(lambda: not processes(f"LYRE_TEST_MARK={tmp_path}"))
    assert texts(read(path)) == ["kept\n"]
    if number == signal.SIGINT:
        assert shown == "interrupted\n"
        # The kernel got one interrupt, not a second one that kills it: its own error is in the notebook.
        assert read(path).cells[0].outputs[-1].ename == "KeyboardInterrupt"


def test_a_host_in_the_background_that_ignores_ctrl_c_can_stop_its_run(notebook, tmp_path):
    path = notebook("print(1, flush=True)", "import time; time.sleep(60)")
    code = """import lyre_notebook, sys
def on_event(event):
    if event["event"] == "stream": raise KeyError("mine")
lyre_notebook.run(sys.argv[1], on_event=on_event)"""
    host = subprocess.Popen(
        [sys.executable, "-c", code, path],
        env={**os.environ, "LYRE_TEST_MARK": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert host.communicate(timeout=12)[1].endswith("KeyError: 'mine'\n")  # not after 15 seconds, by force
    assert eventually(lambda: not processes(f"LYRE_TEST_MARK={tmp_path}"))


def test_a_second_interrupt_is_not_waited_for(notebook, tmp_path):
    path = notebook(
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nopen('on', 'w')\nimport time\ntime.sleep(60)"
    )
    host = start_host(path, tmp_path)
    assert eventually((tmp_path / "on").exists)
    host.send_signal(signal.SIGINT)
    assert not eventually(lambda: host.poll() is not None, 1)  # the cell ignores the first
    host.send_signal(signal.SIGINT)
    assert host.communicate(timeout=12)[0] == "interrupted\n"
    assert eventually(lambda: not processes(f"LYRE_TEST_MARK={tmp_path}"))


@pytest.mark.parametrize(
    "content, error, words",
    [
        (None, lyre_notebook.LyreNotFoundError, "LYRE=.*does not exist"),
        ("#!/bin/sh\necho 99.0\n", lyre_notebook.VersionMismatchError, "has version 99.0, and lyre_notebook has"),
        ("#!/bin/sh\necho broken >&2; exit 1\n", lyre_notebook.LyreNotFoundError, "does not run: broken"),
        ("\x7fELF for another machine", lyre_notebook.LyreNotFoundError, "does not run: .*Exec format error"),
    ],
)
def test_a_program_that_is_missing_or_does_not_fit_is_one_clear_line(
    notebook, monkeypatch, tmp_path, content, error, words
):
    program = tmp_path / "lyre"
    if content is not None:
        program.write_text(content)
        program.chmod(0o755)
    monkeypatch.setenv("LYRE", str(program))
    with pytest.raises(error, match=words) as raised:
        lyre_notebook.run(notebook("1"))
    assert "\n" not in str(raised.value)
    shown = run(sys.executable, "-m", "lyre_notebook", "--version")
    if content is None:
        assert shown.returncode == 1 and shown.stderr.startswith("error: LYRE=") and shown.stderr.count("\n") == 1


def test_no_program_anywhere_is_one_clear_line(tmp_path):
    code = (
        "import lyre_notebook._binary as b\nb.sysconfig.get_path = lambda *a: '/nowhere'\n"
        "b.sys.executable = '/nowhere/python'\nb.find_lyre()"
    )
    shown = run(sys.executable, "-c", code, env={"PATH": str(tmp_path), "PYTHONPATH": os.environ.get("PYTHONPATH", "")})
    assert "LyreNotFoundError: the program 'lyre' was found neither in /nowhere" in shown.stderr.splitlines()[-1]


def test_kernels_of_an_environment_that_is_not_active(notebook):
    path = notebook("import sys; print(sys.prefix)")
    environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"]}
    for name in ("LYRE", "PYTHONPATH"):
        if name in os.environ:
            environment[name] = os.environ[name]
    shown = run(
        sys.executable, "-c", "import lyre_notebook, sys; lyre_notebook.run(sys.argv[1])", path, env=environment
    )
    assert shown.returncode == 0, shown.stderr
    assert texts(read(path)) == [f"{sys.prefix}\n"]


def test_nothing_of_a_host_is_imported_by_the_package():
    done = run(
        sys.executable,
        "-c",
        "import lyre_notebook, sys, json; print(json.dumps(sorted(m for m in sys.modules if m.split('.')[0] in ("
        "'papermill', 'nbclient', 'nbconvert', 'nbformat', 'jupyter_cache', 'pytest', 'elyra', 'jupyter_scheduler'))))",
    )
    assert json.loads(done.stdout) == [], done.stdout + done.stderr


def test_a_host_that_is_too_old_is_one_clear_line(monkeypatch):
    from lyre_notebook import _hosts

    monkeypatch.setattr(_hosts, "_installed", lambda name: "1.2.3rc1")
    with pytest.raises(lyre_notebook.UnsupportedHostError) as raised:
        _hosts.require("papermill")
    assert str(raised.value) == (
        f"lyre-notebook needs papermill {_hosts.OLDEST['papermill']} or later, and 1.2.3rc1 is installed; "
        "run: pip install --upgrade papermill"
    )
    monkeypatch.setattr(_hosts, "_installed", lambda name: _hosts.OLDEST["papermill"])
    _hosts.require("papermill")


def test_the_notebook_of_nbformat_stays_valid(notebook):
    result = lyre_notebook.run(read(notebook("print('one')", "1/0")), check=False)
    nbformat.validate(nbformat.from_dict(result.notebook))
