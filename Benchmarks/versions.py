#!/usr/bin/env python3
"""Compares two builds of lyre in one run: the same work in turns, with time, processor time and memory.

Usage: scripts/with-test-env Benchmarks/versions.py BEFORE AFTER [--rounds N] [--work NAME]... [--markdown FILE]

BEFORE and AFTER are two `lyre` executables. For script nodes, `make -j2` runs the same scripts in the same turns; for many
lines, the script alone. It reports medians: the time from start to end; the processor time of lyre and of the children that
it has waited for (kernels under a keeper are not among them); the peak memory of lyre's own process; and the size of the
written notebooks.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import flows

# If set, Python scripts write each line separately, which is a different measurement.
os.environ.pop("PYTHONUNBUFFERED", None)

HUGE = {"print 1 GB", "1 GB of lines", "1,000,000 displays", "10,000 script nodes"}


def notebook(path, sources):
    cells = [{"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": source}
             for i, source in enumerate(sources)]
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    with open(path, "w") as file:
        json.dump({"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}, file, indent=1)


def notebooks(sources, count=1):
    def make():
        names = [f"n{i}.ipynb" for i in range(count)]
        for name in names:
            notebook(name, sources)
        return ["run", "-q", *names], None
    return make


def script_nodes(count):
    """Nodes that start a shell and end; `make` starts the same shells."""
    def make():
        scripts = [f"s{i}.sh" for i in range(count)]
        for name in scripts:
            with open(name, "w") as file:
                file.write("#!/bin/sh\n:\n")
            os.chmod(name, 0o755)
        flows.write(".", "p", [flows.node(name, name=name) for name in scripts])
        with open("Makefile", "w") as file:
            targets = " ".join(f"t{i}" for i in range(count))
            file.write(f"all: {targets}\n.PHONY: {targets}\n" + "".join(f"t{i}:\n\t@./s{i}.sh\n" for i in range(count)))
        return ["pipeline", "run", "-q", "-j", "2", "--state", "state", "p.pipeline"], ["make", "-s", "-j2"]
    return make


def lines(count):
    def make():
        with open("lines.py", "w") as file:
            file.write(f"for i in range({count}): print('line', i)\n")
        flows.write(".", "p", [flows.node("lines.py", name="lines.py")])
        return ["pipeline", "run", "-q", "--state", "state", "p.pipeline"], [sys.executable, "lines.py"]
    return make


DISPLAYS = "from IPython.display import display\nfor i in range(%d): display({'text/plain': str(i)}, raw=True)"

WORK = {
    "one notebook": notebooks(["print(1)", "import json; json.dumps([1])"]),
    "1,000 cells": notebooks(["x = 1"] * 1000),
    "20,000 flushed lines": notebooks(["for i in range(20_000): print(i, flush=True)"]),
    "5,000 displays": notebooks(["from IPython.display import display\nfor i in range(5_000): display(i)"]),
    "print 100 MB": notebooks(["print('x' * 100_000_000)"]),
    "200 MB of lines": notebooks(["for i in range(200): print(('x' * 99 + '\\n') * 10_000, flush=True)"]),
    "10,000 displays": notebooks([DISPLAYS % 10_000]),
    "100,000 displays": notebooks([DISPLAYS % 100_000]),
    "30 notebooks": notebooks(["print(1)", "print(2)"], 30),
    "1,000 script nodes": script_nodes(1000),
    "2,000,000 lines of a script": lines(2_000_000),
    "10,000 script nodes": script_nodes(10_000),
    "print 1 GB": notebooks(["print('x' * (1 << 30))"]),
    "1 GB of lines": notebooks(["print(('x' * 99 + '\\n') * 10_737_418)"]),
    "1,000,000 displays": notebooks([DISPLAYS % 1_000_000]),
}


def measure(command):
    """Wall and processor seconds, and the peak memory of the program itself in MB."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    peak = 0
    while True:
        try:
            with open(f"/proc/{process.pid}/status") as file:
                peak = max(peak, next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0))
        except OSError:
            pass
        finished, status, usage = os.wait4(process.pid, os.WNOHANG)
        if finished:
            break
        time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, peak / 1024, process.returncode


def measure_work(name, programs, rounds, base):
    """The measurements of one work by program, in turns; each turn in a folder of its own below `base`."""
    figures = {}
    for turn in range(1 if name in HUGE else rounds):
        order = ["before", "after", "beside"]
        for which in order[turn % 3:] + order[:turn % 3]:
            os.chdir(tempfile.mkdtemp(dir=base))
            arguments, beside = WORK[name]()
            command = beside if which == "beside" else [programs[which], *arguments]
            if command:
                written = [file for file in os.listdir() if file.endswith(".ipynb")]
                figures.setdefault(which, []).append(
                    (*measure(command), sum(os.path.getsize(file) for file in written) / 1e6))
            os.chdir("/")
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", action="append", help="the name of a work; repeatable")
    parser.add_argument("--markdown")
    options = parser.parse_args()
    programs = {"before": os.path.abspath(options.before), "after": os.path.abspath(options.after)}
    names = options.work or list(WORK)
    unknown = [name for name in names if name not in WORK]
    if unknown:
        sys.exit(f"error: unknown work '{unknown[0]}'; known: {', '.join(WORK)}")
    rows = []
    # Removed only at the end: ext4 does not reuse the numbers of files that were deleted in the last five seconds, and looking for
    # others costs a program that creates 10,000 files as much time as everything else.
    with tempfile.TemporaryDirectory() as base:
        for name in names:
            for which, values in measure_work(name, programs, options.rounds, base).items():
                failed = [value[3] for value in values if value[3]]
                wall, cpu, peak, size = (statistics.median(value[i] for value in values) for i in (0, 1, 2, 4))
                label = {"beside": "make -j2" if "nodes" in name else "the script alone"}.get(which, which)
                rows.append((name, label, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{size:.1f}",
                             f"exit codes {failed}" if failed else ""))
                print("  ".join(f"{column:>12}" if i > 1 else f"{column:<28}" for i, column in enumerate(rows[-1])), flush=True)
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| work | build | wall, s | processor, s | peak, MB | notebooks, MB |\n"
                       "| --- | --- | --- | --- | --- | --- |\n")
            file.writelines("| " + " | ".join(row[:6]) + (f" ({row[6]})" if row[6] else "") + " |\n" for row in rows)


if __name__ == "__main__":
    main()
