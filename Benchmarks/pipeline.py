#!/usr/bin/env python3
"""Times a pipeline of 12 small notebooks, 4 of them in parallel, with Elyra and with lyre.

Usage: scripts/with-test-env Benchmarks/pipeline.py [ELYRA_PIPELINE] [ROUNDS]   (after: scripts/static-build)

ELYRA_PIPELINE is the command `elyra-pipeline` of an environment with elyra-server; the test environment's by default.
The commands take turns, so that other work on the machine affects all of them alike. It reports the medians, the speed-up over
Elyra, and whether Lyre's targets are met; it ends with exit code 1 if one is missed.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import flows

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LYRE = os.environ.get("LYRE") or os.path.join(ROOT, ".build-static", "lyre")
WIDTH, LAYERS = 4, 3
# The minimum speed-up over Elyra, and the maximum seconds.
TARGETS = {"lyre -j 1": (3, None), "lyre -j 2": (5, None), "lyre --cached": (None, 0.1)}


def notebook(name):
    sources = ["import json, math", f"values = [math.sin(i) for i in range(1000)]\nprint('{name}', sum(values))"]
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": source}
        for i, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "benchmark"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def pipeline(folder):
    """Three layers of four notebooks; each needs its neighbour above."""
    nodes = []
    for layer in range(LAYERS):
        for column in range(WIDTH):
            name = f"n{layer}{column}"
            with open(os.path.join(folder, name + ".ipynb"), "w") as file:
                json.dump(notebook(name), file)
            nodes.append(flows.node(name + ".ipynb", [f"n{layer - 1}{column}"] if layer else []))
    flows.write(folder, "twelve", nodes)


def kernel(folder):
    """A kernelspec with the path of its Python, so that Elyra and lyre use the same one, and the environment for finding it."""
    spec = os.path.join(folder, "kernels", "benchmark")
    os.makedirs(spec)
    argv = [shutil.which("python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    with open(os.path.join(spec, "kernel.json"), "w") as file:
        json.dump({"argv": argv, "display_name": "Python 3", "language": "python"}, file)
    return {**os.environ, "JUPYTER_PATH": folder}


def main():
    own = os.path.join(os.environ.get("LYRE_TEST_ENV", ""), "elyra", "bin", "elyra-pipeline")
    elyra = sys.argv[1] if len(sys.argv) > 1 else own if os.path.exists(own) else shutil.which("elyra-pipeline")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    run = [LYRE, "pipeline", "run", "-q", "--state", "state", "twelve.pipeline"]
    commands = {"lyre -j 1": run + ["-j", "1"], "lyre -j 2": run + ["-j", "2"], "lyre --cached": run + ["--cached"]}
    if elyra:
        commands = {"elyra-pipeline run": [elyra, "run", "twelve.pipeline"], **commands}
    times = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        pipeline(folder)
        environment = kernel(folder)
        for _ in range(rounds):
            # The cached run comes last, so that lyre has just run everything.
            for name, command in commands.items():
                start = time.perf_counter()
                result = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                times[name].append(time.perf_counter() - start)
                if result.returncode != 0:
                    sys.exit(f"{' '.join(command)} failed:\n{result.stdout.decode()}{result.stderr.decode()}")
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians.get("elyra-pipeline run")
    missed = False
    for name, median in medians.items():
        line = f"{name:20} {median:8.3f} s"
        faster, limit = TARGETS.get(name, (None, None))
        if base and name in TARGETS:
            line += f"  {base / median:8.1f} x"
        if limit or base and faster:
            is_met = median < limit if limit else base / median >= faster
            missed = missed or not is_met
            line += f"  {'target met' if is_met else 'MISSED'}: " + (f"under {limit} s" if limit else f"{faster} x")
        print(line)
    sys.exit(missed)


if __name__ == "__main__":
    main()
