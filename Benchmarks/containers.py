#!/usr/bin/env python3
"""Times one node in a container, with its files in SeaweedFS: through Lyre and through the bootstrapper of Elyra 4.1.1, in the same image.

scripts/bench containers starts the services and installs Elyra's bootstrapper with what it needs. The commands take turns, each in a new
container: Elyra's is that of its pods without the downloads (pip's list of what is installed, then the bootstrapper, which finds nothing to
install), Lyre's is `lyre node`. Both fetch an archive from the bucket and leave outputs, notebook and log there. The overhead is what a command
takes beyond the same program in the same image without either. The whole `lyre pipeline run --containers --storage`, with its own
requests to docker and its record, is a row of its own.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import flows

ENDPOINT = os.environ["LYRE_S3_SEAWEEDFS"]
PACKAGES = os.environ["ELYRA_PACKAGES"]
LYRE = os.environ["LYRE"]
IMAGE = "lyre-test/python:1"
BUCKET = "lyre-benchmark-nodes"
KEYS = {"AWS_ACCESS_KEY_ID": "lyre-test-key", "AWS_SECRET_ACCESS_KEY": "lyre-test-secret"}
SCRIPT = "open('out.txt', 'w').write('made')\n"


def notebook():
    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": [SCRIPT]}
    spec = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": [cell], "metadata": spec, "nbformat": 4, "nbformat_minor": 5})


def pipeline(file):
    return json.dumps(flows.document("p", [flows.node(file, name="n", image=IMAGE, outputs=["out.txt"])]))


def timed(command, folder, environment=None):
    start = time.monotonic()
    result = subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True)
    if result.returncode != 0:
        sys.exit(f"error: {' '.join(command)} ended with {result.returncode}:\n{(result.stdout + result.stderr).decode()[-3000:]}")
    return time.monotonic() - start


def description(file):
    """A node whose results have a place of their own in each run, as in a pipeline."""
    place = f"s3://{BUCKET}/node"
    return json.dumps({
        "version": 1, "subject": {"node": "n", "run": "benchmark"}, "files": [{"archive": f"s3://{BUCKET}/elyra/n.tar.gz"}], "node": {"file": file},
        "outputs": {"to": place, "patterns": ["out.txt"]}, "results": {"to": f"{place}/results-{file}"}, "storage": {"endpoint": ENDPOINT}})


def docker(folder, arguments, environment, *more):
    options = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    return ["docker", "run", "--rm", "--network", "host", "--volume", f"{folder}:/node", "--volume", f"{PACKAGES}:{PACKAGES}:ro", "--workdir", "/node",
            *more, *options, IMAGE, *arguments]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    s3 = boto3.client("s3", endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"])
    if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET)
    lyre = {**KEYS, "AWS_ENDPOINT_URL_S3": ENDPOINT, "AWS_REGION": "us-east-1", "LYRE_NODE_PROGRAM": LYRE}
    elyra = {**KEYS, "PYTHONPATH": PACKAGES, "JUPYTER_PATH": f"{PACKAGES}/share/jupyter", "HOME": "/tmp", "AWS_REGION": "us-east-1"}
    print(f"One node in a container, medians of {options.rounds} rounds\n")
    print("| node | command | wall s | beyond the program alone s |\n| --- | --- | --- | --- |")
    for file in ("n.py", "n.ipynb"):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, file).write_text(SCRIPT if file.endswith(".py") else notebook())
            Path(folder, "p.pipeline").write_text(pipeline(file))
            subprocess.run(["tar", "-czf", "n.tar.gz", file], cwd=folder, check=True)
            s3.upload_file(f"{folder}/n.tar.gz", BUCKET, "elyra/n.tar.gz")
            shutil.copy(f"{PACKAGES}/requirements-elyra.txt", folder)
            bootstrapper = ["sh", "-c", "python3 -m pip freeze > requirements-current.txt && exec python3 \"$@\"", "sh", f"{PACKAGES}/bootstrapper.py",
                            "--pipeline-name", "p", "--cos-endpoint", ENDPOINT, "--cos-bucket", BUCKET, "--cos-directory", "elyra",
                            "--cos-dependencies-archive", "n.tar.gz", "--file", file, "--outputs", "out.txt"]
            kernel = ("from jupyter_client.manager import start_new_kernel as start; m, c = start(); "
                      f"c.execute_interactive({SCRIPT!r}); c.stop_channels(); m.shutdown_kernel()")
            node = ["/lyre", "node", "--quiet", "--json", description(file)]
            program = ["python3", file] if file.endswith(".py") else ["python3", "-c", kernel]
            commands = {
                "the program alone": lambda: timed(docker(folder, program, {"PYTHONPATH": PACKAGES, "HOME": "/tmp"}), folder),
                "Elyra's bootstrapper": lambda: timed(docker(folder, bootstrapper, elyra), folder),
                "lyre node": lambda: timed(docker(folder, node, {**KEYS, "HOME": "/tmp"}, "--volume", f"{LYRE}:/lyre:ro"), folder),
                "lyre pipeline run": lambda: timed(
                    [LYRE, "pipeline", "run", "-q", "p.pipeline", "--containers", "--network", "host", "--state", f"{folder}/state", "--storage",
                     f"s3://{BUCKET}/lyre"], folder, lyre),
            }
            times = {name: [] for name in commands}
            for number in range(options.rounds):
                # Each goes first in turn.
                names = list(commands)
                for name in names[number % 4:] + names[:number % 4]:
                    times[name].append(commands[name]())
            floor = statistics.median(times["the program alone"])
            for name, values in times.items():
                wall = statistics.median(values)
                print(f"| {file} | {name} | {wall:.2f} | {wall - floor:.2f} |", flush=True)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for entry in page.get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=entry["Key"])
    s3.delete_bucket(Bucket=BUCKET)


if __name__ == "__main__":
    main()
