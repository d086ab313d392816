"""pytest's plug-in, with the real pytest and pytest-xdist."""

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree

import nbformat
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
    assert "cell 3 (In [2]) 'x = 1' failed: ZeroDivisionError: division by zero" in done.stdout
    assert "'import time; time.sleep(60)' timed out: it took longer than its limit of 1 s" in done.stdout
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


@pytest.fixture
def counted(tmp_path):
    """A program that notes how often `lyre test` is started, and for how many notebooks."""
    from lyre_notebook import find_lyre

    program = tmp_path / "counted"
    program.write_text(f'#!/bin/sh\n[ "$1" = test ] && echo "$*" >> {tmp_path}/started\nexec {find_lyre()} "$@"\n')
    program.chmod(0o755)

    def starts():
        return sorted(line.count(".ipynb") for line in (tmp_path / "started").read_text().splitlines())

    return {"env": {**os.environ, "LYRE": str(program)}}, starts


@pytest.mark.parametrize("options", [["-n", "2"], ["-n", "2", "--dist", "loadfile"], ["-p", "no:xdist"]])
def test_one_process_runs_all_notebooks(project, counted, options):
    environment, starts = counted
    done = pytest_run(project, *options, **environment)
    assert counts(done) == {"passed": 5, "failed": 2}, done.stdout
    assert starts() == [6]


def test_a_notebook_with_two_names_is_two_tests(notebook, tmp_path, counted):
    environment, starts = counted
    path = notebook("open('data').read()")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "link.ipynb").symlink_to(path)
    (tmp_path / "docs" / "data").write_text("beside the link only")
    done = pytest_run(tmp_path, **environment)
    assert counts(done) == {"passed": 1, "failed": 1} and "FAILED n.ipynb::n.ipynb - cell 1" in done.stdout, done.stdout
    assert starts() == [1, 1]


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
    assert "longer than its limit of 0.5 s" in pytest_run(tmp_path, "--lyre-timeout", "0.5").stdout
    assert "no-such-kernel" in pytest_run(tmp_path, "--lyre-kernel", "no-such-kernel").stdout
    done = pytest_run(tmp_path, "--lyre-jobs", "0")
    assert done.returncode == 4 and "ERROR: --lyre-jobs must be at least 1" in done.stderr


def stored(path, outputs, metadata=None, tags=None):
    """Stores what each cell is to print; None for a cell that was never run."""
    document = read(path)
    for index, (cell, text) in enumerate(zip(document.cells, outputs)):
        if text is not None:
            cell.execution_count = index + 1
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []
        cell.metadata.update((metadata or {}).get(index, {}))
        if index in (tags or {}):
            cell.metadata.tags = [tags[index]]
    nbformat.write(document, path)


def cases(folder):
    """The cases of a report by name, with their properties."""
    return {
        case.get("name"): (case, {one.get("name"): one.get("value") for one in case.iter("property")})
        for case in xml.etree.ElementTree.parse(folder / "report.xml").iter("testcase")
    }


@pytest.mark.parametrize("xdist", [[], ["-n", "2"]])
def test_outputs_are_compared_and_differences_shown(notebook, tmp_path, xdist):
    good = notebook("print('rows: 41\\ntotal: 1260')", "print(id(print))", name="good.ipynb")
    stored(good, ["rows: 41\ntotal: 1260\n", None])
    stored(
        notebook("print('same')", "print('rows: 41\\ntotal: 1260')", "1/0", "print('on')", name="bad.ipynb"),
        ["same\n", "rows: 41\ntotal: 1250\n", "", "on\n"],
    )
    before = {path: path.read_bytes() for path in tmp_path.glob("*.ipynb")}
    assert counts(pytest_run(tmp_path, *xdist)) == {"passed": 1, "failed": 1}
    done = pytest_run(tmp_path, "--lyre-outputs", "--junitxml", "report.xml", *xdist)
    assert counts(done) == {"passed": 1, "failed": 1}, done.stdout
    difference = (
        "cell 2 (In [2]) 'print('rows: 41\\ntotal: 1260')' differs from the stored outputs\nstdout differs\n"
        "@@ -1,2 +1,2 @@\n rows: 41\n-total: 1250\n+total: 1260\n\n"
        "cell 3 (In [3]) '1/0' failed: ZeroDivisionError: division by zero"
    )
    assert difference in done.stdout, done.stdout
    assert "traceback of cell 3" in done.stdout and "FAILED bad.ipynb::bad.ipynb - cell 2" in done.stdout
    case, properties = cases(tmp_path)["bad.ipynb"]
    assert difference in case.find("failure").text
    assert properties["cell 2"].startswith("differs in") and properties["cell 4"].startswith("succeeded in")
    assert {path: path.read_bytes() for path in tmp_path.glob("*.ipynb")} == before
    again = pytest_run(tmp_path, "--lyre-outputs", "--lf", *xdist)
    assert counts(again).get("failed") == 1 and "passed" not in counts(again), again.stdout


def test_comments_tags_and_metadata_of_nbval_and_nbmake(notebook, tmp_path):
    path = notebook(
        "# NBVAL_IGNORE_OUTPUT\nprint('a')",
        "print('a')",
        "# NBVAL_SKIP\n1/0",
        "raise ValueError('expected')",
        "x = 1",
        "assert x == 5",
        "# NBVAL_CHECK_OUTPUT\nprint('a')",
        metadata={"execution": {"timeout": 60}},
    )
    marks = {1: "nbval-ignore-output", 3: "nbval-raises-exception"}
    metadata = {4: {"nbmake": {"mock": {"x": 3}, "post_cell_execute": ["x += 2"]}}}
    stored(path, ["b\n", "b\n", "", None, "", "", "a\n"], metadata, marks)
    assert counts(pytest_run(tmp_path, "--lyre-outputs")) == {"passed": 1}
    stored(path, ["b\n", "b\n", "", None, "", "", "b\n"], metadata, marks)
    for option in ("--lyre-outputs", "--lyre-marked-outputs"):
        done = pytest_run(tmp_path, option)
        assert counts(done) == {"failed": 1} and done.stdout.count("differs from the stored outputs") >= 1, done.stdout
        assert "cell 7 (In [" in done.stdout and "-b\n+a\n" in done.stdout


def test_masks_and_what_is_ignored(notebook, tmp_path):
    path = notebook("import sys\nprint('run 17 of me'); print('late', file=sys.stderr)")
    stored(path, ["run 16 of me\n"])
    (tmp_path / "masks.cfg").write_text("[runs]\nregex: run \\d+\nreplace: run N\n")
    assert counts(pytest_run(tmp_path, "--lyre-outputs", "--lyre-mask", "masks.cfg")) == {"failed": 1}
    ignoring = ["--lyre-outputs", "--lyre-mask", "masks.cfg", "--lyre-ignore", "stderr", "--lyre-no-built-in-masks"]
    assert counts(pytest_run(tmp_path, *ignoring)) == {"passed": 1}
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = {' '.join(ignoring)}\n")
    assert counts(pytest_run(tmp_path)) == {"passed": 1}
    wrong = pytest_run(tmp_path, "--lyre-mask", "gone.cfg")
    assert counts(wrong) == {"failed": 1} and "--mask: 'gone.cfg' cannot be read" in wrong.stdout


@pytest.mark.parametrize("xdist", [[], ["-n", "2"]])
def test_update_stores_what_differs(notebook, tmp_path, xdist):
    path = notebook("print('one')", "print('two')")
    stored(path, ["one\n", "zwei\n"])
    done = pytest_run(tmp_path, "--lyre-update", "--junitxml", "report.xml", *xdist)
    assert done.returncode == 0 and counts(done) == {"updated": 1}, done.stdout
    assert texts(read(path)) == ["one\n", "two\n"] and cases(tmp_path)["n.ipynb"][1]["updated_cells"] == "2"
    before = path.read_bytes()
    assert counts(pytest_run(tmp_path, "--lyre-update", *xdist)) == {"passed": 1} and path.read_bytes() == before


@pytest.mark.parametrize("xdist", [[], ["-n", "2"]])
def test_unchanged_notebooks_are_left_alone(notebook, tmp_path, xdist):
    def cached(*options):
        return pytest_run(
            tmp_path, "--lyre-cached", "--lyre-state", "state", "--lyre-depends", "data", "--junitxml", "report.xml",
            *xdist, *options,
        )

    (tmp_path / "data").write_text("1")
    notebook("open('ran', 'a').write('a')", name="a.ipynb")
    notebook("1/0", name="b.ipynb")
    assert counts(cached()) == {"passed": 1, "failed": 1}
    done = cached()
    assert counts(done) == {"unchanged": 1, "failed": 1} and (tmp_path / "ran").read_text() == "a", done.stdout
    case, properties = cases(tmp_path)["a.ipynb"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", properties["unchanged_since"])
    assert not list(case.iter("skipped")) and "UNCHANGED" in cached("-v").stdout
    (tmp_path / "data").write_text("2")
    assert counts(cached()) == {"passed": 1, "failed": 1} and (tmp_path / "ran").read_text() == "aa"
    notebook("open('ran', 'a').write('b')", name="a.ipynb")
    assert counts(cached()) == {"passed": 1, "failed": 1} and (tmp_path / "ran").read_text() == "aab"
    selected = counts(cached("-k", "a.ipynb"))
    assert selected.pop("unchanged") == 1 and set(selected) <= {"deselected"}  # which xdist does not count


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
    assert "'import os; os._exit(3)' failed: the kernel exited with code 3" in done.stdout


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
