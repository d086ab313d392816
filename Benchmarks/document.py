#!/usr/bin/env python3
"""Times reading and writing notebooks side by side: lyre, nbformat, Python's json, and orjson if it is installed.

Usage: PYTHON Benchmarks/document.py [--rounds N] [--scale X]   (PYTHON with nbformat; README.md lists what to build first)

The notebooks are generated, the same on every machine, and written by nbformat. All programs take turns, each in its own
process on one processor. Processor time is reported, because other work on the machine affects it least: for lyre the time
of the whole process, for the others only the time of the work, without Python's start and imports. "system" is the part of
it that the operating system needs for memory, reading and writing. "peak" is the peak memory beyond that of an idle process,
as a multiple of the file's size.

`lyre check` reads the file and checks the schema; `lyre format` reads it and rewrites everything in Jupyter's canonical form;
"lyre in place" (notebook-copy, a program of this folder), nbformat, json and orjson read it, change the execution count of
every code cell, and write it, as `lyre run` does. Only "lyre in place" ends with the file on the disk (fsync). The results of
lyre are compared with nbformat's byte for byte.
"""
import argparse
import filecmp
import functools
import os
import random
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LYRE = os.environ.get("LYRE") or os.path.join(ROOT, ".build-static", "lyre")
COPY = os.path.join(ROOT, "Benchmarks", ".build", "release", "notebook-copy")

OTHERS = {
    "nbformat": "import nbformat",
    "json": "import json",
    "orjson": "import orjson",
}

WORK = {
    "nbformat": """
notebook = nbformat.read(source, as_version=nbformat.NO_CONVERT)
run(notebook)
nbformat.write(notebook, target)
""",
    "json": """
with open(source, encoding='utf-8') as file: notebook = json.load(file)
run(notebook)
with open(target, 'w', encoding='utf-8') as file: json.dump(notebook, file, indent=1, sort_keys=True, ensure_ascii=False)
""",
    "orjson": """
with open(source, 'rb') as file: notebook = orjson.loads(file.read())
run(notebook)
with open(target, 'wb') as file: file.write(orjson.dumps(notebook, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
""",
}

CHILD = """
import resource, sys
source, target = sys.argv[1:]
def run(notebook):
    for cell in notebook['cells']:
        if cell['cell_type'] == 'code': cell['execution_count'] += 1
{imports}
before = resource.getrusage(resource.RUSAGE_SELF)
{work}
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime, (after.ru_maxrss - before.ru_maxrss) * 1024)
"""


def code(number, source, outputs):
    return {
        "cell_type": "code",
        "execution_count": number + 1,
        "id": f"c{number}",
        "metadata": {"execution": {"iopub.status.busy": "2026-01-01T00:00:00.000000Z"}},
        "outputs": outputs,
        "source": source,
    }


def stream(text):
    return {"name": "stdout", "output_type": "stream", "text": text}


def display(data):
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def outputs(rng, scale):
    """Logs and plots: 1,000 cells of 100 kB."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for number in range(1000):
        picture = "".join(rng.choices(letters, k=4000)) * 15
        log = "".join(
            f"epoch {line:5d}  loss={rng.random():.6f}  acc={rng.random():.4f}\n" for line in range(int(900 * scale))
        )
        data = {"image/png": picture[: int(60000 * scale)] + "\n", "text/plain": "<Figure size 640x480 with 1 Axes>"}
        yield code(number, f"train({number})\nplot()", [stream(log), display(data)])


def cells(rng, scale):
    """Many small cells."""
    for number in range(int(10000 * scale)):
        if number % 4 == 0:
            yield {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": f"## Step {number}\n\nAs *before*, with `x = {number}`."}
        else:
            yield code(number, f"x = {number}\nprint(x)\n# a comment", [stream(f"{number}\n"), display({"text/plain": f"'{number}'"})])


def floats(rng, scale):
    """Plotly's JSON: points as small numbers."""
    for number in range(20):
        points = [[round(rng.gauss(0, 1), 6), rng.random()] for _ in range(int(20000 * scale))]
        figure = {"data": [{"type": "scatter", "x": [p[0] for p in points], "y": [p[1] for p in points]}], "layout": {}}
        yield code(number, "fig.show()", [display({"application/vnd.plotly.v1+json": figure})])


def tables(rng, scale):
    """HTML and text outside ASCII, full of escapes."""
    words = ["наука", "データ", "\"quoted\"", "naïve", "tab\there", "back\\slash", "plain", "😀"]
    for number in range(200):
        rows = [[rng.choice(words) for _ in range(8)] for _ in range(int(600 * scale))]
        html = "<table>\n" + "".join("<tr>" + "".join(f"<td class=\"c\">{w}</td>" for w in row) + "</tr>\n" for row in rows) + "</table>"
        plain = "\n".join("  ".join(row) for row in rows)
        yield code(number, "df", [display({"text/html": html, "text/plain": plain})])


KINDS = {"logs and plots": outputs, "10,000 cells": cells, "small floats": floats, "tables, UTF-8": tables}


def generate(kind, scale, path):
    import nbformat

    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": list(KINDS[kind](random.Random(1), scale)),
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.write(nbformat.from_dict(notebook), path)


def measure(command, input=None, output=None):
    """A process's processor time, its own and the system's, its peak memory in bytes, and its output."""
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdin=input, stdout=output or printed)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command[:3])} ended with exit code {process.returncode}")
        printed.seek(0)
        return usage.ru_utime, usage.ru_stime, usage.ru_maxrss * 1024, printed.read()


def lyre_check(source, target):
    own, system, memory, _ = measure([LYRE, "check", source])
    return own, system, memory - idle_memory(LYRE, "--version")


def lyre_format(source, target):
    with open(source, "rb") as file, open(target, "wb") as output:
        own, system, memory, _ = measure([LYRE, "format", "-"], file, output)
    if not filecmp.cmp(source, target, shallow=False):
        sys.exit("lyre format and nbformat.write wrote different bytes")
    return own, system, memory - idle_memory(LYRE, "--version")


def lyre_copy(source, target):
    own, system, memory, _ = measure([COPY, source, target])
    return own, system, memory - idle_memory(COPY)


@functools.cache
def idle_memory(*command):
    return measure(command)[2]


def other(name):
    program = CHILD.format(imports=OTHERS[name], work=WORK[name])

    def run(source, target):
        printed = measure([sys.executable, "-c", program, source, target])[3]
        own, system, memory = printed.split()
        return float(own), float(system), int(memory)

    return run


def has(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--generate", nargs=2, metavar=("KIND", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.generate:
        return generate(options.generate[0], options.scale, options.generate[1])
    if not os.access(LYRE, os.X_OK) or not os.access(COPY, os.X_OK):
        sys.exit("build first: scripts/static-build; swift build -c release --package-path Benchmarks --product notebook-copy")
    if not has("nbformat"):
        sys.exit(f"{sys.executable} has no nbformat: run this with scripts/with-test-env, or `pip install nbformat orjson`")
    programs = {
        "lyre check": lyre_check,
        "lyre format": lyre_format,
        "lyre in place": lyre_copy,
        "nbformat": other("nbformat"),
        "json": other("json"),
    }
    if has("orjson"):
        programs["orjson"] = other("orjson")
    print(f"{'notebook':16} {'MB':>6}  {'program':13} {'seconds':>8} {'system':>7} {'MB/s':>7} {'vs nbformat':>11} {'peak':>6}   median of {options.rounds}")
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            source, target = os.path.join(folder, "source.ipynb"), os.path.join(folder, "target.ipynb")
            # In another process, because the memory of this one would count for its children.
            subprocess.run([sys.executable, __file__, "--generate", kind, source, "--scale", str(options.scale)], check=True)
            size = os.path.getsize(source)
            samples = {name: [] for name in programs}
            for _ in range(options.rounds):
                for name, run in programs.items():
                    samples[name].append(run(source, target))
                    if name == "lyre in place":
                        os.replace(target, target + ".lyre")
                    if name == "nbformat" and not filecmp.cmp(target, target + ".lyre", shallow=False):
                        sys.exit("a change in place and nbformat.write wrote different bytes")
            median = {
                name: [statistics.median(sample[i] for sample in taken) for i in (0, 1, 2)] for name, taken in samples.items()
            }
            for name, (own, system, memory) in median.items():
                seconds = own + system
                ratio = sum(median["nbformat"][:2]) / seconds
                print(
                    f"{kind:16} {size / 1e6:6.1f}  {name:13} {seconds:8.3f} {system:7.3f} {size / seconds / 1e6:7.0f} {ratio:10.1f}x {memory / size:5.1f}x",
                    flush=True,
                )


if __name__ == "__main__":
    main()
