#!/usr/bin/env python3
"""Times the overhead of a pipeline's nodes: pipelines of trivial shell scripts compared with make, and scripts that write
two million lines compared with the same scripts alone.

Usage: Benchmarks/nodes.py [--base LYRE] [--nodes 1000,10000] [--lines 2000000] [--rounds 3]   (after: scripts/static-build)

The commands take turns, so that other work on the machine affects all of them alike. It reports medians of the time, and of
the processor time of all started processes if `perf` can count it. `--base` adds another `lyre` to the comparison.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import flows

# If set, Python scripts write each line separately, which is a different measurement.
os.environ.pop("PYTHONUNBUFFERED", None)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LYRE = os.environ.get("LYRE") or os.path.join(ROOT, ".build-static", "lyre")
# Both scripts write the same lines: the first in pieces of some kilobytes, the second line by line.
LARGE = "import sys\nfor i in range({0}):\n    print('line', i)\n"
SMALL = "import os\nfor i in range({0}):\n    os.write(1, b'line %d\\n' % i)\n"


def measure(command, folder, output=subprocess.DEVNULL):
    """Seconds, and seconds of processor time of all processes (nan without perf)."""
    perf = shutil.which("perf")
    counted = os.path.join(folder, "perf.csv")
    if perf:
        command = [perf, "stat", "-x", ",", "-e", "task-clock", "-o", counted, "--"] + command
    start = time.perf_counter()
    result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE)
    seconds = time.perf_counter() - start
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with exit code {result.returncode}:\n{result.stderr.decode()[-2000:]}")
    used = float("nan")
    if perf:
        with open(counted) as file:
            used = next(float(line.split(",")[0]) / 1000 for line in file if "task-clock" in line)
    return seconds, used


def compare(title, commands, rounds, unit=None):
    print(title)
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, run in commands.items():
            times[name].append(run())
    base = None
    for name, values in times.items():
        wall, used = (statistics.median(value[part] for value in values) for part in (0, 1))
        base = base or wall
        line = f"  {name:24} {wall:9.2f} s {wall / base:6.2f} x   processor {used:8.2f} s"
        print(line + (f"  {1000 * used / unit:6.2f} ms each" if unit else ""), flush=True)


def nodes(count, lyres, rounds):
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "s"))
        rules = [f"all: {' '.join(f'n{i}' for i in range(count))}"]
        for i in range(count):
            script = os.path.join(folder, "s", f"{i}.sh")
            with open(script, "w") as file:
                file.write("#!/bin/sh\n:\n")
            os.chmod(script, 0o755)
            rules.append(f"n{i}:\n\t@s/{i}.sh")
        with open(os.path.join(folder, "Makefile"), "w") as file:
            file.write("\n".join(rules) + "\n")
        flows.write(folder, "nodes", [flows.node(f"s/{i}.sh", name=f"n{i}") for i in range(count)])

        # Each run has a new record, and no record is deleted before the end: ext4 does not reuse inodes that were freed a
        # moment ago, and searching past thousands of them would count as time of the nodes.
        turns = dict.fromkeys(lyres, 0)

        def run(lyre, name, *more):
            turns[name] += not more
            state = os.path.join(folder, f"state-{name}-{turns[name]}")
            return measure([lyre, "pipeline", "run", "-q", "-j", "2", "--state", state, *more, "nodes.pipeline"], folder)

        commands = {"make -j2": lambda: measure(["make", "-s", "-j2"], folder)}
        for name, lyre in lyres.items():
            commands[name] = lambda lyre=lyre, name=name: run(lyre, name)
            commands[name + " --cached"] = lambda lyre=lyre, name=name: run(lyre, name, "--cached")
        compare(f"{count} shell nodes, 2 at once", commands, rounds, count)


def lines(count, lyres, rounds):
    for title, source in (("large", LARGE), ("small", SMALL)):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "write.py"), "w") as file:
                file.write(source.format(count))
            flows.write(folder, "nodes", [flows.node("write.py", name="n")])

            def to_file(command):
                with open(os.path.join(folder, "out"), "wb") as out:
                    result = measure(command, folder, out)
                with open(os.path.join(folder, "out"), "rb") as out:
                    found = sum(1 for _ in out)
                if found != count:
                    sys.exit(f"only {found} of {count} lines arrived: {' '.join(command)}")
                return result

            commands = {"the script alone": lambda: to_file([sys.executable, "write.py"])}
            for name, lyre in lyres.items():
                commands[name] = lambda lyre=lyre, name=name: to_file(
                    [lyre, "pipeline", "run", "--progress", "none", "--python", sys.executable, "--state", os.path.join(folder, "state-" + name), "nodes.pipeline"])
            compare(f"{count} lines in {title} writes, to a file", commands, rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--lyre", default=LYRE)
    parser.add_argument("--base")
    parser.add_argument("--nodes", default="1000,10000")
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    lyres = {**({"base": options.base} if options.base else {}), "lyre": options.lyre}
    for count in (int(part) for part in options.nodes.split(",") if part):
        nodes(count, lyres, options.rounds)
    if options.lines:
        lines(options.lines, lyres, options.rounds)


if __name__ == "__main__":
    main()
