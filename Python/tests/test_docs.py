"""The examples of the documentation, run as they stand there."""

import os
import re
import sys
from pathlib import Path

import pytest
from conftest import read, run

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "plugins.md", ROOT / "Python" / "README.md"]

#: What needs a server, another environment or a setting of the shell; other tests run these.
ELSEWHERE = ("export ", "jupyter lab", "pip install")


def examples():
    for page in PAGES:
        for language, text in re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
            if not text.startswith(ELSEWHERE):
                yield pytest.param(language, text, id=f"{page.name}: {text.strip().splitlines()[-1]}")


@pytest.mark.parametrize("language, text", list(examples()))
def test_example(notebook, tmp_path, language, text):
    for name in ("in.ipynb", "analysis.ipynb"):
        notebook("year = 1", "print(year)", name=name, tags={0: "parameters"})
    command = [sys.executable, "-c", text] if language == "python" else ["sh", "-e", "-c", text]
    done = run(
        *command, cwd=tmp_path, env={**os.environ, "JUPYTERCACHE": str(tmp_path / "cache")}, stdin=None, input="y\n"
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_tables(notebook, tmp_path, page):
    found = re.findall(
        r"^\| \w+[^|]* \| `((?:papermill|jupyter nbconvert|pytest) [^`]+)`", page.read_text(), re.MULTILINE
    )
    assert found or page.name != "README.md"
    for command in found:
        notebook("year = 1", "print(year)", name="in.ipynb", tags={0: "parameters"})
        done = run("sh", "-c", command, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    if found:
        assert read(tmp_path / "out.ipynb").metadata.papermill.parameters == {"year": 2024}
