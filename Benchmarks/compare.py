#!/usr/bin/env python3
"""Times whole commands side by side: lyre, jupyter execute, and papermill where it is installed.

Usage: scripts/with-test-env Benchmarks/compare.py [ROUNDS]   (after: swift build -c release)

The commands take turns, so that what else the machine does hits all of them alike. Reported are the medians of wall
time and of the client's own processor time, and each one's ratio to lyre's.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LYRE = os.path.join(ROOT, ".build", "release", "lyre")


def notebook(sources):
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": source}
        for i, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


WORK = {
    "one trivial cell": notebook(["print('hello')"]),
    "200 trivial cells": notebook(["pass"] * 200),
    "20,000 small streams": notebook(
        ["import sys\nfor i in range(20000):\n    sys.stdout.write(f'{i}\\n'); sys.stdout.flush()"]
    ),
    "20 displays of 1 MB": notebook(
        ["from IPython.display import display\nfor i in range(20):\n    display({'text/plain': 'x' * 1000000}, raw=True)"]
    ),
}


def commands():
    yield "lyre run", lambda path: [LYRE, "run", "-q", path]
    if shutil.which("jupyter-execute"):
        yield "jupyter execute", lambda path: ["jupyter-execute", "--inplace", path]
    if shutil.which("papermill"):
        yield "papermill", lambda path: ["papermill", "--no-progress-bar", path, path]


def run(command):
    """Wall time and own processor time of a command; its kernel is waited for by it, and counts too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr.decode()}")
    return wall, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    if not os.access(LYRE, os.X_OK):
        sys.exit("build it first: swift build -c release --product lyre")
    print(f"{'work':24} {'command':16} {'wall s':>8} {'ratio':>6} {'cpu s':>8} {'ratio':>6}   median of {rounds}")
    for name, content in WORK.items():
        times = {command: [] for command, _ in commands()}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "nb.ipynb")
            for _ in range(rounds):
                for command, make in commands():
                    with open(path, "w", encoding="utf-8") as file:
                        json.dump(content, file, indent=1)
                    times[command].append(run(make(path)))
        base = [statistics.median(t[i] for t in times["lyre run"]) for i in (0, 1)]
        for command, samples in times.items():
            wall, cpu = (statistics.median(t[i] for t in samples) for i in (0, 1))
            print(f"{name:24} {command:16} {wall:8.2f} {wall / base[0]:6.1f} {cpu:8.2f} {cpu / base[1]:6.1f}")


if __name__ == "__main__":
    main()
