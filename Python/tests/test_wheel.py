"""The installed wheel."""

import subprocess
import sys
from importlib.metadata import distribution

import lyre_notebook
import pytest


@pytest.mark.parametrize(
    "command", [["lyre"], [sys.executable, "-m", "lyre_notebook"], ["jupyter", "lyre"], ["jupyter-lyre"]]
)
def test_the_program_is_there_by_every_name(command):
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert shown.stdout.startswith(lyre_notebook.__version__), shown.stderr


def test_the_wheel_asks_for_nothing_and_says_what_it_is():
    about = distribution("lyre-notebook")
    assert not about.requires
    assert (
        about.metadata["License-Expression"] == "Apache-2.0"
        and about.metadata["Description-Content-Type"] == "text/markdown"
    )
    assert {entry.group for entry in about.entry_points} == {
        "papermill.engine",
        "jcache.executors",
        "pytest11",
        "elyra.pipeline.processors",
    }
