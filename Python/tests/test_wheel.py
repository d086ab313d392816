"""The installed wheel."""

import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

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
    assert all("extra ==" in requirement for requirement in about.requires)
    assert (
        about.metadata["License-Expression"] == "Apache-2.0"
        and about.metadata["Description-Content-Type"] == "text/markdown"
    )
    assert {entry.group for entry in about.entry_points} == {
        "papermill.engine",
        "jcache.executors",
        "pytest11",
        "elyra.pipeline.processors",
        "jupyter_serverproxy_servers",
    }


def test_the_extension_of_jupyterlab_is_where_jupyter_looks_and_names_its_files():
    folder = Path(sys.prefix, "share", "jupyter", "labextensions", "lyre-lab")
    about = json.loads((folder / "package.json").read_text())
    assert about["name"] == folder.name and about["version"] == lyre_notebook.__version__
    assert (folder / about["jupyterlab"]["_build"]["load"]).is_file()
    assert json.loads((folder / "install.json").read_text())["packageName"] == "lyre-notebook"


def test_the_entry_of_the_server_proxy_imports_nothing_of_jupyter():
    code = "import sys, lyre_notebook.server_proxy as entry; print(entry.lyre_ui()['unix_socket'], *sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert shown[0] == "True" and not {"tornado", "jupyter_server", "jupyter_server_proxy"} & set(shown)
