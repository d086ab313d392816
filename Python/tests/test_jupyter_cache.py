"""jupyter-cache's executors with the real jupyter-cache, and MyST-NB and jupyter-book 1 through it."""

import os

import pytest
from conftest import interrupt, run


def jcache(folder, *arguments):
    environment = {**os.environ, "JUPYTERCACHE": str(folder / "cache")}
    done = run("jcache", *arguments, cwd=folder, env=environment, stdin=None, input="y\n")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("executor", ["lyre", "lyre-parallel"])
def test_a_project_is_executed_once(notebook, tmp_path, executor):
    for number in range(3):
        notebook(f"open('runs', 'a').write('{number}')\nprint('n{number}')", name=f"n{number}.ipynb")
    notebook("print('before')", "1/0", name="bad.ipynb")
    notebook(
        "1",
        name="unknown.ipynb",
        metadata={"kernelspec": {"name": "no-such-kernel", "display_name": "x", "language": "klingon"}},
    )
    notebook("import time; time.sleep(60)", name="slow.ipynb", metadata={"execution": {"timeout": 1}})
    notebook("1/0", name="allowed.ipynb", metadata={"execution": {"allow_errors": True}})
    jcache(tmp_path, "notebook", "add", *sorted(path.name for path in tmp_path.glob("*.ipynb")))
    jcache(tmp_path, "project", "execute", "--executor", executor)
    listed = jcache(tmp_path, "cache", "list")
    for name in ("n0", "n1", "n2", "allowed"):
        assert f"{name}.ipynb" in listed
    for name in ("bad", "unknown", "slow"):
        assert f"{name}.ipynb" not in listed
    assert "ZeroDivisionError" in jcache(tmp_path, "notebook", "info", "bad.ipynb", "--tb")
    assert sorted((tmp_path / "runs").read_text()) == ["0", "1", "2"]
    jcache(tmp_path, "project", "execute", "--executor", executor)
    assert sorted((tmp_path / "runs").read_text()) == ["0", "1", "2"]  # unchanged notebooks are not run again
    jcache(tmp_path, "project", "execute", "--executor", executor, "--force")
    assert sorted((tmp_path / "runs").read_text()) == ["0", "0", "1", "1", "2", "2"]


def test_parallel_runs_several_at_once(notebook, tmp_path):
    for number in range(2):  # each waits for the other
        notebook(
            f"open('on{number}', 'w')\nimport os, time\nwhile not os.path.exists('on{1 - number}'): time.sleep(0.01)",
            name=f"n{number}.ipynb",
        )
    jcache(tmp_path, "notebook", "add", "n0.ipynb", "n1.ipynb")
    jcache(tmp_path, "project", "execute", "--executor", "lyre-parallel")
    listed = jcache(tmp_path, "cache", "list")
    assert "n0.ipynb" in listed and "n1.ipynb" in listed


@pytest.mark.parametrize("executor", ["lyre", "lyre-parallel"])
def test_ctrl_c_is_not_waited_for(notebook, tmp_path, executor):
    for number in range(3):
        notebook("open('on', 'w'); import time; time.sleep(60)", name=f"n{number}.ipynb")
    jcache(tmp_path, "notebook", "add", *(f"n{number}.ipynb" for number in range(3)))
    command = ["jcache", "project", "execute", "--executor", executor, "--timeout", "60"]
    interrupt(*command, folder=tmp_path, JUPYTERCACHE=str(tmp_path / "cache"))


def test_myst_nb_takes_the_results(notebook, tmp_path):
    notebook("open('runs', 'a').write('x')\nprint('shown ' + 'in the page')", name="page.ipynb")
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_nb']\nnb_execution_mode = 'cache'\n"
        f"nb_execution_cache_path = {str(tmp_path / 'cache')!r}\nroot_doc = 'page'\n"
    )
    jcache(tmp_path, "notebook", "add", "page.ipynb")
    jcache(tmp_path, "project", "execute", "--executor", "lyre")
    done = run("sphinx-build", "-q", "-b", "html", tmp_path, tmp_path / "html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shown in the page" in (tmp_path / "html" / "page.html").read_text()
    assert (tmp_path / "runs").read_text() == "x"


def test_jupyter_book_takes_the_results(notebook, tmp_path):
    notebook("#md # Title", "open('runs', 'a').write('x')\nprint('shown ' + 'in the book')", name="page.ipynb")
    (tmp_path / "_config.yml").write_text(
        f"title: Book\nexecute: {{execute_notebooks: cache, cache: {tmp_path / 'cache'}}}\n"
    )
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    jcache(tmp_path, "notebook", "add", "page.ipynb")
    jcache(tmp_path, "project", "execute", "--executor", "lyre")
    done = run("jupyter-book", "build", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "shown in the book" in (tmp_path / "_build" / "html" / "page.html").read_text()
    assert (tmp_path / "runs").read_text() == "x"
