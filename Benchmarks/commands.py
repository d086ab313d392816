#!/usr/bin/env python3
"""Times the commands that should answer at once, from start to end, in turns.

Usage: Benchmarks/commands.py [--rounds N]   (after: scripts/static-build)

Ends with exit code 1 if the median of a command with a target exceeds 15 ms.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LYRE = os.environ.get("LYRE") or os.path.join(ROOT, ".build-static", "lyre")
# A build with shared libraries, where there is one.
DYNAMIC = os.path.join(ROOT, ".build", "release", "lyre")
NOTEBOOK = os.path.join(ROOT, "Fixtures", "notebooks", "rain.ipynb")
PIPELINE = os.path.join(ROOT, "Fixtures", "pipelines", "weather", "weather.pipeline")
PROMISED = 0.015

# Each with whether it has the target; `true` shows the cost of starting any process.
COMMANDS = {
    "true": (["true"], False),
    "lyre --version": ([LYRE, "--version"], True),
    "lyre --help": ([LYRE, "--help"], True),
    "lyre kernels": ([LYRE, "kernels"], True),
    "lyre check rain.ipynb": ([LYRE, "check", NOTEBOOK], True),
    "lyre inspect rain.ipynb": ([LYRE, "inspect", NOTEBOOK], False),
    "lyre pipeline validate": ([LYRE, "pipeline", "validate", PIPELINE], False),
}
if os.access(DYNAMIC, os.X_OK):
    COMMANDS |= {
        f"dynamic: {name}": ([DYNAMIC, *command[1:]], False) for name, (command, _) in COMMANDS.items() if command[0] == LYRE
    }


def measure(command):
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    if not os.access(LYRE, os.X_OK):
        sys.exit("build first: scripts/static-build")
    for command, _ in COMMANDS.values():
        measure(command)
    samples = {name: [] for name in COMMANDS}
    for _ in range(options.rounds):
        for name, (command, _) in COMMANDS.items():
            samples[name].append(measure(command))
    print(f"{'command':32} {'median':>8} {'p90':>8} {'min':>8}   ms, {options.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    too_slow = False
    for name, (_, promised) in COMMANDS.items():
        times = sorted(samples[name])
        median = statistics.median(times)
        missed = promised and median > PROMISED
        too_slow = too_slow or missed
        print(
            f"{name:32} {median * 1e3:8.1f} {times[int(0.9 * (len(times) - 1))] * 1e3:8.1f} {times[0] * 1e3:8.1f}"
            f"{'   above 15 ms' if missed else ''}"
        )
    sys.exit(1 if too_slow else 0)


if __name__ == "__main__":
    main()
