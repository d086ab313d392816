"""What the tests share. `lyre` is that of the installed wheel, or LYRE; the kernels are those of this environment."""

import os
import signal
import subprocess
import time

import nbformat
import pytest


def run(*command, **options):
    """Runs a command, and returns its code and what it printed."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([os.fspath(word) for word in command], capture_output=True, text=True, timeout=300, **options)


def start(*command, **options):
    """Starts a command that can be interrupted, also if the tests run in the background."""
    return subprocess.Popen(
        [os.fspath(word) for word in command],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **options,
    )


def eventually(condition, seconds=30):
    """Waits until something is true; whether it became true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def read(path):
    return nbformat.read(path, as_version=4)


def texts(notebook):
    """What each cell printed."""
    return [
        "".join("".join(output.get("text", "")) for output in cell.get("outputs", [])) for cell in notebook["cells"]
    ]


def processes(marker):
    """The processes that have a text in their environment."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                if marker.encode() in file.read():
                    found.append(int(entry))
        except OSError:
            pass
    return found


def interrupt(*command, folder, **variables):
    """Interrupts a command when a cell has made the file `on`, and checks that it ends and leaves no process."""
    process = start(
        *command,
        cwd=folder,
        env={**os.environ, "LYRE_TEST_MARK": str(folder), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert eventually((folder / "on").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    assert eventually(lambda: not processes(f"LYRE_TEST_MARK={folder}"))


@pytest.fixture
def notebook(tmp_path):
    """Makes a notebook in the test's folder and returns its path. A source that begins with `#md ` is Markdown."""

    def make(*sources, name="n.ipynb", tags=None, kernel="python3", metadata=None):
        cells = [
            nbformat.v4.new_markdown_cell(source[4:], id=f"c{index}")
            if source.startswith("#md ")
            else nbformat.v4.new_code_cell(source, id=f"c{index}")
            for index, source in enumerate(sources)
        ]
        for index, tag in (tags or {}).items():
            cells[index].metadata.tags = [tag]
        spec = {"name": kernel, "display_name": "Python 3", "language": "python"}
        path = tmp_path / name
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec, **(metadata or {})}), path)
        return path

    return make
