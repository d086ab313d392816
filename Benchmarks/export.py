#!/usr/bin/env python3
"""Times the export of pipelines of 2 and 100 notebooks to Kubeflow Pipelines and Airflow, with Elyra and with lyre, and lyre's compilation alone.

Usage: scripts/with-test-env Benchmarks/export.py [ELYRA_PIPELINE] [ROUNDS]   (after: scripts/static-build, with LYRE_S3_SEAWEEDFS)

ELYRA_PIPELINE is the command `elyra-pipeline` of an environment with elyra-server 4.1.1; the test environment's by default. It uploads
the nodes' files while it exports, so that it needs a storage: that of `scripts/services start seaweedfs`; lyre writes them to a folder
(`lyre`) or leaves them where they are (`compile`, for which the target is).
The commands take turns, so that other work on the machine affects all of them alike. It reports the medians, the speed-up over
Elyra, and whether Lyre's target is met; it ends with exit code 1 if it is missed.
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
from pipeline import LYRE, notebook

BUCKET = "benchmark"
COUNTS = (2, 100)
# The maximum seconds for 100 nodes.
TARGET = 0.05


def pipeline(folder, count):
    """Notebooks one after the other, each with the output of the one before."""
    nodes = []
    for place in range(count):
        name = f"n{place}"
        with open(os.path.join(folder, name + ".ipynb"), "w") as file:
            json.dump(notebook(name), file)
        parents = [f"n{place - 1}"] if place else []
        nodes.append(flows.node(name + ".ipynb", parents, outputs=[name + ".csv"], dependencies=[], env_vars=[]))
    flows.write(folder, f"p{count}", nodes)


def configurations(folder, endpoint):
    """Runtime configurations for both engines, and the environment for finding them."""
    place = os.path.join(folder, "metadata", "runtimes")
    os.makedirs(place)
    # Elyra watches this folder.
    os.makedirs(os.path.join(folder, "runtime"))
    storage = {
        "cos_endpoint": endpoint, "cos_bucket": BUCKET, "cos_auth_type": "USER_CREDENTIALS",
        "cos_username": "lyre-test-key", "cos_password": "lyre-test-secret", "tags": [],
    }
    engines = {
        "kfp": {"runtime_type": "KUBEFLOW_PIPELINES", "api_endpoint": "http://127.0.0.1:1/pipeline", "engine": "Argo", "auth_type": "NO_AUTHENTICATION"},
        "airflow": {
            "runtime_type": "APACHE_AIRFLOW", "api_endpoint": "http://127.0.0.1:1", "git_type": "GITHUB", "user_namespace": "default",
            "github_api_endpoint": "https://api.github.com", "github_repo": "owner/dags", "github_branch": "main", "github_repo_token": "none",
        },
    }
    for engine, metadata in engines.items():
        with open(os.path.join(place, f"{engine}.json"), "w") as file:
            json.dump({"display_name": engine, "schema_name": engine, "metadata": {**metadata, **storage}}, file)
    return {**os.environ, "JUPYTER_DATA_DIR": folder, "JUPYTER_RUNTIME_DIR": os.path.join(folder, "runtime")}


def commands(elyra):
    """The commands, by their names."""
    made = {}
    for count in COUNTS:
        for engine, suffix in (("kfp", "yaml"), ("airflow", "py")):
            source, target = f"p{count}.pipeline", f"p{count}.{suffix}"
            if elyra:
                made[f"elyra {engine} {count}"] = [
                    elyra, "export", source, "--runtime-config", engine, "--format", suffix, "--output", target, "--overwrite"]
            compilation = [LYRE, "pipeline", "export", source, "--to", engine, "--runtime-config", engine, "-o", target, "--overwrite"]
            made[f"lyre {engine} {count}"] = [*compilation, "--archives", "archives"]
            made[f"compile {engine} {count}"] = compilation
    return made


def main():
    own = os.path.join(os.environ.get("LYRE_TEST_ENV", ""), "elyra", "bin", "elyra-pipeline")
    elyra = sys.argv[1] if len(sys.argv) > 1 else own if os.path.exists(own) else shutil.which("elyra-pipeline")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    made = commands(elyra)
    times = {name: [] for name in made}
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            pipeline(folder, count)
        environment = configurations(folder, os.environ.get("LYRE_S3_SEAWEEDFS", "http://127.0.0.1:8333"))
        for number in range(rounds * 3):
            for name, command in made.items():
                # Elyra takes minutes for 100 nodes.
                if name.startswith("elyra") and number >= rounds:
                    continue
                start = time.perf_counter()
                result = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                times[name].append(time.perf_counter() - start)
                if result.returncode != 0:
                    sys.exit(f"{' '.join(command)} failed:\n{result.stdout.decode()}{result.stderr.decode()}")
    medians = {name: statistics.median(values) for name, values in times.items()}
    missed = False
    for name, median in medians.items():
        line = f"{name:20} {median:8.3f} s"
        base = medians.get(name.replace("lyre", "elyra"))
        if name.startswith("lyre") and base:
            line += f"  {base / median:8.1f} x"
        if name.startswith("compile") and name.endswith(" 100"):
            missed = missed or median >= TARGET
            line += f"  {'target met' if median < TARGET else 'MISSED'}: under {TARGET} s"
        print(line)
    sys.exit(missed)


if __name__ == "__main__":
    main()
