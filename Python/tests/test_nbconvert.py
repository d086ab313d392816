"""nbconvert's preprocessor, with the real nbconvert."""

import shutil

import pytest
from conftest import run

SHORTEST = ["jupyter", "nbconvert", "--to", "html", "--Exporter.preprocessors=lyre_notebook.nbconvert.LyrePreprocessor"]


def test_shortest_line(notebook, tmp_path):
    path = notebook("import os; print('shown in ' + 'HTML', os.getcwd())")
    done = run(*SHORTEST, path, cwd="/")
    assert done.returncode == 0, done.stderr
    assert f"shown in HTML {tmp_path}" in (tmp_path / "n.html").read_text()


@pytest.mark.parametrize("option", ["--ExecutePreprocessor.timeout=1", "--LyrePreprocessor.timeout=1"])
def test_options_under_both_names(notebook, option):
    done = run(*SHORTEST, option, "--ExecutePreprocessor.enabled=False", notebook("import time; time.sleep(60)"))
    assert done.returncode == 1 and "A cell timed out while it was being executed, after 1 seconds" in done.stderr


def test_errors_and_allowed_errors(notebook, tmp_path):
    path = notebook("1/0", "print('went ' + 'on')")
    done = run(*SHORTEST, path)
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr and not (tmp_path / "n.html").exists()
    done = run(*SHORTEST, "--LyrePreprocessor.allow_errors=True", path)
    assert done.returncode == 0 and "went on" in (tmp_path / "n.html").read_text()


def test_execute_runs_twice_and_is_warned_of(notebook, tmp_path):
    done = run(*SHORTEST, "--execute", notebook("open('runs', 'a').write('x')"))
    assert done.returncode == 0 and "leave it out" in done.stderr, done.stderr
    assert (tmp_path / "runs").read_text() == "xx"


def test_as_a_library(notebook):
    from conftest import read
    from lyre_notebook.nbconvert import LyrePreprocessor
    from nbconvert import HTMLExporter

    html, _ = HTMLExporter(preprocessors=[LyrePreprocessor(timeout=60)]).from_notebook_node(
        read(notebook("print('li' + 'brary')"))
    )
    assert "library" in html


@pytest.mark.skipif(not (shutil.which("xelatex") and shutil.which("pandoc")), reason="no TeX or no pandoc")
def test_pdf(notebook, tmp_path):
    done = run("jupyter", "nbconvert", "--to", "pdf", *SHORTEST[4:], notebook("print('in a PDF')"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "n.pdf").read_bytes().startswith(b"%PDF")
