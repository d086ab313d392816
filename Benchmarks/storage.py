"""Times 1 GB up to and down from SeaweedFS: Lyre's object storage, boto3 and minio's client, in turns, in one run.

scripts/bench storage starts the service and builds the program. Each transfer is a process of its own; the table has its wall time, its
processor time and its largest resident memory, as the medians of the rounds. Every file that comes down is compared.
"""

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENDPOINT = os.environ["LYRE_S3_SEAWEEDFS"]
KEYS = {"AWS_ACCESS_KEY_ID": "lyre-test-key", "AWS_SECRET_ACCESS_KEY": "lyre-test-secret"}
BUCKET = "lyre-benchmark"

BOTO3 = """
import sys, boto3
client = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1")
up, file, bucket, key = sys.argv[2] == "up", *sys.argv[3:]
client.upload_file(file, bucket, key) if up else client.download_file(bucket, key, file)
"""
MINIO = """
import os, sys, minio
client = minio.Minio(sys.argv[1].removeprefix("http://"), os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"],
                     secure=False, region="us-east-1")
up, file, bucket, key = sys.argv[2] == "up", *sys.argv[3:]
client.fput_object(bucket, key, file) if up else client.fget_object(bucket, key, file)
"""


def command(client, direction, file, key):
    if client == "lyre":
        pair = [file, f"s3://{BUCKET}/{key}"]
        return [os.environ["OBJECT_COPY"], *(pair if direction == "up" else pair[::-1])]
    return [sys.executable, "-c", {"boto3": BOTO3, "minio": MINIO}[client], ENDPOINT, direction, file, BUCKET, key]


def measure(arguments):
    start = time.monotonic()
    environment = {**os.environ, **KEYS, "AWS_ENDPOINT_URL_S3": ENDPOINT, "AWS_REGION": "us-east-1"}
    process = subprocess.Popen(arguments, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"error: {arguments[0]} ended with {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--clients", default="lyre,boto3,minio")
    options = parser.parse_args()
    clients = options.clients.split(",")
    import boto3

    s3 = boto3.client("s3", endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"])
    if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        with open(source, "wb") as file:
            for _ in range(options.megabytes):
                file.write(os.urandom(1_000_000))
        expected = digest(source)
        for round_number in range(options.rounds):
            # Each goes first once.
            turn = round_number % len(clients)
            for client in clients[turn:] + clients[:turn]:
                figures.setdefault((client, "up"), []).append(measure(command(client, "up", str(source), client)))
                target = Path(folder) / "target"
                figures.setdefault((client, "down"), []).append(measure(command(client, "down", str(target), client)))
                if digest(target) != expected:
                    sys.exit(f"error: what {client} brought down is not what it brought up")
                target.unlink()
                s3.delete_object(Bucket=BUCKET, Key=client)
        s3.delete_bucket(Bucket=BUCKET)
    print(f"{options.megabytes} MB, medians of {options.rounds} rounds\n")
    print("| client | direction | wall s | min–max | MB/s | processor s | memory MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (client, direction), rows in figures.items():
        wall, processor, memory = (statistics.median(row[column] for row in rows) for column in range(3))
        walls = [row[0] for row in rows]
        spread = f"{min(walls):.2f}–{max(walls):.2f}"
        print(f"| {client} | {direction} | {wall:.2f} | {spread} | {options.megabytes / wall:.0f} | {processor:.2f} | {memory:.0f} |")


main()
