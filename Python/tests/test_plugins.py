"""Each plug-in with its real host."""
import json
import os
import subprocess
import sys

import nbformat
import pytest


def run(*command, **options):
    options.setdefault("input", "")
    return subprocess.run(command, capture_output=True, text=True, **options)


def outputs(path, index):
    cell = nbformat.read(path, as_version=4).cells[index]
    return "".join(output.get("text", "") for output in cell.outputs)


def test_papermill_command(notebook, tmp_path):
    path = notebook("year = 1", "print(year)", tags={0: "parameters"})
    out = tmp_path / "out.ipynb"
    done = run("papermill", "--engine", "lyre", path, out, "-p", "year", "2024", "--log-output", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert outputs(out, 2) == "2024\n"
    metadata = nbformat.read(out, as_version=4).metadata.papermill
    assert metadata.parameters == {"year": 2024} and metadata.exception is None
    assert all(cell.metadata.papermill.status == "completed" for cell in nbformat.read(out, as_version=4).cells)


def test_papermill_errors_are_its_own(notebook, tmp_path):
    import papermill
    from papermill.exceptions import PapermillExecutionError
    path = notebook("print('kept')", "1/0", "print('never')")
    out = tmp_path / "out.ipynb"
    with pytest.raises(PapermillExecutionError) as raised:
        papermill.execute_notebook(str(path), str(out), engine_name="lyre", progress_bar=False, cwd=str(tmp_path))
    assert raised.value.ename == "ZeroDivisionError"
    node = nbformat.read(out, as_version=4)
    assert node.metadata.papermill.exception is True
    assert [cell.metadata.papermill.status for cell in node.cells if "papermill" in cell.metadata][-3:] != []


def test_papermill_output_equals_its_own_engine(notebook, tmp_path):
    import papermill
    path = notebook("print('a')", "import sys; print('b', file=sys.stderr); 1 + 1", "from IPython.display import HTML; HTML('<b>x</b>')")
    results = []
    for engine in ("nbclient", "lyre"):
        out = tmp_path / f"{engine}.ipynb"
        papermill.execute_notebook(str(path), str(out), engine_name=engine, progress_bar=False, cwd=str(tmp_path))
        results.append([[dict(output) for output in cell.outputs] for cell in nbformat.read(out, as_version=4).cells])
    assert results[0] == results[1]


def test_papermill_timeout(notebook, tmp_path):
    path = notebook("import time; time.sleep(60)")
    done = run("papermill", "--engine", "lyre", path, tmp_path / "out.ipynb", "--execution-timeout", "1", cwd=tmp_path)
    assert done.returncode != 0 and "imeout" in done.stderr


def test_nbconvert(notebook, tmp_path):
    path = notebook("print('shown in ' + 'HTML')")
    done = run("jupyter", "nbconvert", "--to", "html", "--Exporter.preprocessors=lyre_notebook.nbconvert.LyrePreprocessor", path)
    assert done.returncode == 0, done.stderr
    assert "shown in HTML" in (tmp_path / "n.html").read_text()


def test_nbclient_interface(notebook):
    from lyre_notebook.nbclient import LyreClient
    node = nbformat.read(notebook("print('one')", "print('two')"), as_version=4)
    called = []
    client = LyreClient(node, timeout=60, on_cell_start=lambda cell, cell_index: called.append(("start", cell_index)),
                        on_cell_executed=lambda cell, cell_index, execute_reply: called.append(
                            (execute_reply["content"]["status"], cell_index)),
                        on_notebook_complete=lambda notebook: called.append("complete"))
    assert client.execute() is node
    assert node.cells[0].outputs[0].text == "one\n"
    assert called == [("start", 0), ("ok", 0), ("start", 1), ("ok", 1), "complete"]


def test_nbclient_errors(notebook):
    from lyre_notebook.nbclient import LyreClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    for source, error, options in (("1/0", CellExecutionError, {}), ("import time; time.sleep(9)", CellTimeoutError, {"timeout": 1}),
                                   ("import os; os._exit(1)", DeadKernelError, {})):
        with pytest.raises(error):
            LyreClient(nbformat.read(notebook(source), as_version=4), **options).execute()
    with pytest.raises(TypeError, match="no_such_option"):
        LyreClient(nbformat.read(notebook("1"), as_version=4), no_such_option=1)


@pytest.mark.parametrize("executor", ["lyre", "lyre-parallel"])
def test_jupyter_cache(notebook, tmp_path, executor):
    for number in range(3):
        notebook(f"print('n{number}')", name=f"n{number}.ipynb")
    notebook("1/0", name="bad.ipynb")
    environment = {**os.environ, "JUPYTERCACHE": str(tmp_path / "cache")}
    for arguments in (["notebook", "add", *(f"n{number}.ipynb" for number in range(3)), "bad.ipynb"],
                      ["project", "execute", "--executor", executor]):
        done = run("jcache", *arguments, cwd=tmp_path, env=environment, input="y\n")
        assert done.returncode == 0, done.stdout + done.stderr
    listed = run("jcache", "cache", "list", cwd=tmp_path, env=environment)
    assert all(f"n{number}.ipynb" in listed.stdout for number in range(3)) and "bad.ipynb" not in listed.stdout


def pytest_run(tmp_path, *options):
    return run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--lyre", *options, ".", cwd=tmp_path)


def test_pytest(notebook, tmp_path):
    for number in range(3):
        notebook("print(1)", name=f"good{number}.ipynb")
    notebook("print('kept')", "1/0", name="bad.ipynb")
    notebook("raise ValueError('expected')", "print('on')", name="expected.ipynb", tags={0: "raises-exception"})
    before = (tmp_path / "good0.ipynb").read_bytes()
    done = pytest_run(tmp_path, "--junitxml", "report.xml")
    assert "4 passed" in done.stdout and "1 failed" in done.stdout, done.stdout
    assert "cell 2 '1/0' failed: ZeroDivisionError: division by zero" in done.stdout
    assert (tmp_path / "good0.ipynb").read_bytes() == before
    assert "cell 1" in (tmp_path / "report.xml").read_text()
    assert "1 passed" in pytest_run(tmp_path, "-k", "good1").stdout
    assert "4 passed" in pytest_run(tmp_path, "-n", "2").stdout


def test_pytest_without_the_option_collects_nothing(notebook, tmp_path):
    notebook("1/0")
    done = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", ".", cwd=tmp_path)
    assert done.returncode == 5, done.stdout


def test_nothing_of_a_host_is_imported_by_the_package():
    done = run(sys.executable, "-c", "import lyre_notebook, sys, json; print(json.dumps(sorted(m for m in sys.modules if m.split('.')[0] in "
               "('papermill', 'nbclient', 'nbconvert', 'nbformat', 'jupyter_cache', 'pytest'))))")
    assert json.loads(done.stdout) == [], done.stdout + done.stderr
