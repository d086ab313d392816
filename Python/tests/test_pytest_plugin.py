"""pytest's plug-in, with the real pytest and pytest-xdist."""

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree

import pytest
from conftest import eventually, processes, read, run, start, texts


def pytest_run(folder, *options, lyre=True, **more):
    return run(sys.executable, "-m", "pytest", *(["--lyre"] if lyre else []), *options, cwd=folder, **more)


def counts(done):
    """What pytest's last line counts: {"passed": 1, …}."""
    return {
        word: int(number) for number, word in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1].split(" in ")[0])
    }


@pytest.fixture
def project(notebook, tmp_path):
    notebook("print(1)", name="good.ipynb")
    notebook("#md text", "print('kept')", "x = 1\n1/0", name="bad.ipynb")
    notebook("raise ValueError('expected')", "print('on')", name="expected.ipynb", tags={0: "raises-exception"})
    notebook("1/0", "print('on')", name="skipping.ipynb", tags={0: "skip-execution"})
    notebook("1/0", "print('on')", name="allowed.ipynb", metadata={"execution": {"allow_errors": True}})
    notebook("import time; time.sleep(60)", name="slow.ipynb", metadata={"execution": {"timeout": 1}})
    (tmp_path / "test_code.py").write_text("def test_code(): pass\n")
    return tmp_path


def test_a_notebook_is_an_item_and_its_cells_are_in_the_report(project):
    before = {path: path.read_bytes() for path in project.glob("*.ipynb")}
    done = pytest_run(project, "--junitxml", "report.xml", "-rA")
    assert done.returncode == 1 and counts(done) == {"passed": 5, "failed": 2}, done.stdout
    assert "cell 3 'x = 1' failed: ZeroDivisionError: division by zero" in done.stdout
    assert "cell 1 'import time; time.sleep(60)' timed out after 1 s" in done.stdout
    assert "FAILED bad.ipynb::bad.ipynb - cell 3" in done.stdout
    assert re.search(r"cell 2: succeeded in \d", done.stdout) and "Traceback (most recent call last)" in done.stdout
    assert "\x1b" not in done.stdout
    assert {path: path.read_bytes() for path in project.glob("*.ipynb")} == before
    cases = {case.get("name"): case for case in xml.etree.ElementTree.parse(project / "report.xml").iter("testcase")}
    assert set(cases) == {
        "good.ipynb",
        "bad.ipynb",
        "expected.ipynb",
        "skipping.ipynb",
        "allowed.ipynb",
        "slow.ipynb",
        "test_code",
    }
    properties = {one.get("name"): one.get("value") for one in cases["bad.ipynb"].iter("property")}
    assert properties["cell 2"].startswith("succeeded in") and properties["cell 3"].startswith("failed in")
    assert "ZeroDivisionError" in cases["bad.ipynb"].find("failure").get("message")


def test_selection_and_last_failed(project):
    assert counts(pytest_run(project, "-k", "good")) == {"passed": 1, "deselected": 6}
    assert counts(pytest_run(project, "good.ipynb", "expected.ipynb")) == {"passed": 2}
    assert counts(pytest_run(project, "-k", "bad or good")) == {"passed": 1, "failed": 1, "deselected": 5}
    again = pytest_run(project, "--lf")
    assert counts(again).get("failed") == 1 and "passed" not in counts(again), again.stdout
    assert counts(pytest_run(project, "--collect-only", "-q")) == {"tests": 7}


def test_markers(notebook, tmp_path):
    notebook("open('slow', 'w')", name="slow.ipynb", metadata={"tags": ["slow"]})
    notebook("open('quick', 'w')", name="quick.ipynb")
    notebook("open('skipped', 'w')", name="skipped.ipynb", metadata={"tags": ["skip"]})
    notebook("1/0", name="failing.ipynb")
    notebook("import pytest; pytest.skip('not here')", "open('after', 'w')", name="inside.ipynb")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: takes long\n")
    (tmp_path / "conftest.py").write_text(
        "import pytest\ndef pytest_collection_modifyitems(items):\n    for item in items:\n"
        "        if item.name == 'failing.ipynb': item.add_marker(pytest.mark.xfail)\n"
    )
    done = pytest_run(tmp_path, "-m", "not slow", "--strict-markers")
    assert counts(done) == {"passed": 1, "skipped": 2, "deselected": 1, "xfailed": 1}, done.stdout
    assert sorted(path.name for path in tmp_path.iterdir() if not path.suffix and path.is_file()) == ["quick"]


@pytest.mark.parametrize("options", [["-n", "2"], ["-n", "2", "--dist", "loadfile"], ["-p", "no:xdist"]])
def test_one_process_runs_all_notebooks(project, tmp_path, options):
    program = tmp_path / "counted"
    from lyre_notebook import find_lyre

    program.write_text(f'#!/bin/sh\n[ "$1" = run ] && echo "$*" >> {tmp_path}/started\nexec {find_lyre()} "$@"\n')
    program.chmod(0o755)
    done = pytest_run(project, *options, env={**os.environ, "LYRE": str(program)})
    assert counts(done) == {"passed": 5, "failed": 2}, done.stdout
    # One for all, and one each for the notebooks with limits of their own.
    started = (tmp_path / "started").read_text().splitlines()
    assert sorted(line.count(".ipynb") for line in started) == [1, 1, 4], started


def test_several_notebooks_at_once(notebook, tmp_path):
    for number in range(2):  # each waits for the other
        notebook(
            f"open('on{number}', 'w')\nimport os, time\nwhile not os.path.exists('on{1 - number}'): time.sleep(0.01)",
            name=f"n{number}.ipynb",
        )
    assert counts(pytest_run(tmp_path, "--lyre-jobs", "2", "--lyre-timeout", "30")) == {"passed": 2}


def test_options(notebook, tmp_path):
    path = notebook("import time; print('written'); time.sleep(1.5)")
    assert counts(pytest_run(tmp_path, "--lyre-overwrite")) == {"passed": 1} and texts(read(path)) == ["written\n"]
    assert "timed out after 0.5 s" in pytest_run(tmp_path, "--lyre-timeout", "0.5").stdout
    assert "no-such-kernel" in pytest_run(tmp_path, "--lyre-kernel", "no-such-kernel").stdout
    done = pytest_run(tmp_path, "--lyre-jobs", "0")
    assert done.returncode == 4 and "ERROR: --lyre-jobs must be at least 1" in done.stderr


def test_files_that_are_no_good(notebook, tmp_path):
    (tmp_path / "text.ipynb").write_text("not JSON")
    (tmp_path / "list.ipynb").write_text("[]")
    notebook("import os; os._exit(3)", name="dead.ipynb")
    for folder in (".ipynb_checkpoints", "_build"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "copy.ipynb").write_text("not JSON")
    done = pytest_run(tmp_path)
    assert counts(done) == {"failed": 3}, done.stdout
    assert "not JSON" in done.stdout or "not a notebook" in done.stdout
    assert "cell 1 'import os; os._exit(3)' failed: the kernel died (exited with code 3)" in done.stdout


def test_without_the_option_nothing_is_collected(notebook, tmp_path):
    notebook("1/0")
    assert pytest_run(tmp_path, lyre=False).returncode == 5


def test_a_program_that_is_missing_ends_pytest_with_one_line(notebook, tmp_path):
    notebook("1")
    done = pytest_run(tmp_path, env={**os.environ, "LYRE": "/nowhere/lyre"})
    assert done.returncode == 4 and done.stderr == (
        "ERROR: --lyre: LYRE=/nowhere/lyre: this file does not exist or may not be executed\n\n"
    ), done.stderr


@pytest.mark.parametrize("options", [[], ["-n", "2"]])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_pytest_that_ends_leaves_no_kernel(notebook, tmp_path, options, number):
    for index in range(3):
        notebook("open('on', 'w'); import time; time.sleep(60)", name=f"n{index}.ipynb")
    process = start(
        sys.executable,
        "-m",
        "pytest",
        "--lyre",
        *options,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "LYRE_TEST_MARK": str(tmp_path)},
    )
    assert eventually((tmp_path / "on").exists)
    process.send_signal(number)
    assert process.wait(20) != 0
    assert eventually(lambda: not processes(f"LYRE_TEST_MARK={tmp_path}"))


def test_exitfirst_does_not_wait_for_the_others(notebook, tmp_path):
    notebook("1/0", name="a.ipynb")
    notebook("import time; time.sleep(60)", name="b.ipynb")
    done = pytest_run(tmp_path, "-x", "--durations=1")
    assert (
        counts(done) == {"failed": 1} and float(re.search(r"in ([\d.]+)s", done.stdout.splitlines()[-1]).group(1)) < 30
    )
