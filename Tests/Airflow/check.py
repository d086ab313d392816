"""Tries exported pipelines in a real Airflow: loads the DAGs, renders their arguments, and runs them.

Usage: check.py LYRE WORK [PROGRAM] (PROGRAM is the static executable for containers; without it nothing runs in containers;
in the virtual environment of an Airflow, with LYRE_S3_SEAWEEDFS and the storage's credentials set)
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from pipelines import IMAGE, NASTY, PLAIN, expected_environment, write_pipelines

BUCKET = "airflow-check"
counts = {"ok": 0, "failed": 0}


def check(name, passed, seen=""):
    """Writes a line about a check, and counts it."""
    counts["ok" if passed else "failed"] += 1
    print(f"{'ok' if passed else 'FAILED'}: {name}{f' ({seen})' if seen else ''}", flush=True)


def run(*command, **options):
    """Runs a command, and returns its exit code and output."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    return result.returncode, result.stdout


def s3(method, path, *arguments):
    """Sends a request to the storage, with the credentials on curl's standard input."""
    config = f'user = "{os.environ["AWS_ACCESS_KEY_ID"]}:{os.environ["AWS_SECRET_ACCESS_KEY"]}"\n'
    url = f"{os.environ['LYRE_S3_SEAWEEDFS']}/{path}"
    command = ["curl", "-sS", "-f", "-K", "-", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:s3", "-X", method, url]
    return subprocess.run(command + list(arguments), input=config.encode(), capture_output=True, check=False)


def export(lyre, pipeline, target, *options):
    """Exports a pipeline to Airflow."""
    code, text = run(
        lyre, "pipeline", "export", str(pipeline), "--to", "airflow", "-o", str(target), "--overwrite",
        "--bucket", BUCKET, "--endpoint", os.environ["LYRE_S3_SEAWEEDFS"], *options,
    )
    check(f"{pipeline.name} is exported to {target.name}", code == 0, "" if code == 0 else text)


def load(folder):
    """Loads all DAGs; warnings count as errors."""
    try:
        from airflow.dag_processing.dagbag import DagBag  # Airflow 3
    except ImportError:
        from airflow.models import DagBag
    bag = DagBag(str(folder))
    for path in sorted(folder.glob("*.py")):
        errors = [text for name, text in bag.import_errors.items() if Path(name).name == path.name]
        errors += [text for name, seen in bag.captured_warnings.items() if Path(name).name == path.name for text in seen]
        found = [dag for dag in bag.dags.values() if Path(dag.fileloc).name == path.name]
        check(f"{path.name} loads without a warning", not errors and len(found) == 1, "; ".join(errors)[-800:])
    return {Path(dag.fileloc).name: dag for dag in bag.dags.values()}


def values(dag):
    """The arguments of a task that Airflow has rendered."""
    task = dag.tasks[0]
    context = {
        "run_id": "manual__2026-01-02T03:04:05+00:00", "params": {"rows": 9, "name": "it's {{ x }} \"q\" \\\n", "on": True},
        "ds": "RENDERED", "dag": dag, "task": task,
    }
    if hasattr(task, "_do_render_template_fields"):
        task._do_render_template_fields(task, task.template_fields, context, dag.get_template_env(), set())
    else:
        task.render_template_fields(context)
    return task


def check_rendering(dags):
    """Compares what containers get with what the pipeline says."""
    pod = values(dags["nasty-kubernetes.py"])
    docker = values(dags["nasty-docker.py"])
    environment = expected_environment()
    found = {item.name: item.value for item in pod.env_vars} if isinstance(pod.env_vars, list) else pod.env_vars
    for name, value in environment.items():
        check(f"pod: {name}", found.get(name) == value, repr(found.get(name)))
        check(f"docker: {name}", docker.environment.get(name) == value, repr(docker.environment.get(name)))
    for kind, arguments in (("pod", pod.arguments), ("docker", docker.command)):
        description = json.loads(arguments[arguments.index("--json") + 1])
        check(f"{kind}: label", description["subject"]["name"] == NASTY["label"], description["subject"]["name"])
        check(f"{kind}: outputs", description["outputs"]["patterns"] == NASTY["outputs"])
        check(f"{kind}: run", arguments[2] == "manual__2026-01-02T03:04:05+00:00", arguments[2])
        check(f"{kind}: parameter", "name=it's {{ x }} \"q\" \\\n" in arguments, repr(arguments[-6:]))
        check(f"{kind}: flag", "on=True" in arguments)
    check("pod: annotation", pod.annotations["acme.io/note"] == "a {{ b }}", pod.annotations["acme.io/note"])
    check("pod: shared memory", any(mount.mount_path == "/dev/shm" for mount in pod.volume_mounts))
    check("pod: sub path", pod.volume_mounts[0].sub_path == "team/a" and pod.volume_mounts[0].read_only)


def image(program):
    """Makes the image of the nodes: the one with Python, and the program of this check."""
    import docker

    container = docker.from_env().containers.create("lyre-test/python:1", ["true"])
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        member = archive.gettarinfo(program, "bin/lyre")
        member.mode, member.uid, member.gid = 0o755, 0, 0
        with open(program, "rb") as file:
            archive.addfile(member, file)
    container.put_archive("/", content.getvalue())
    container.commit(*IMAGE.split(":"))
    container.remove()


def outputs(notebook):
    """The outputs of a notebook's cells."""
    return [cell.get("outputs") for cell in json.loads(notebook)["cells"]]


def run_here(lyre, work, pipelines, name):
    """Runs a pipeline on this machine, and returns the folder with its files."""
    here = work / f"{name}-here"
    shutil.copytree(pipelines / name, here)
    code, text = run(lyre, "pipeline", "run", str(here / f"{name}.pipeline"), "--progress", "plain")
    check(f"{name}: runs here", code == 0, "" if code == 0 else text[-800:])
    return here


def check_run(lyre, work, pipelines, name, operation, here, *options):
    """Runs a pipeline in Airflow, and compares its files with those of a run here."""
    title = f"{name} with {operation}"
    archives = work / f"{name}-{operation}-archives"
    dag = work / "dags" / f"{name}.py"
    export(lyre, pipelines / name / f"{name}.pipeline", dag, "--operator", operation, "--archives", str(archives), *options)
    for path in archives.rglob("*.tar.gz"):
        answer = s3("PUT", f"{BUCKET}/{path.relative_to(archives)}", "-T", str(path))
        check(f"{title}: archive is stored", answer.returncode == 0, answer.stderr.decode())
    code, text = run(sys.executable, "-m", "airflow", "dags", "test", name, "2026-01-02")
    check(f"{title}: runs", code == 0, "" if code == 0 else text[-3000:])
    listing = s3("GET", f"{BUCKET}?list-type=2&prefix={name}%2F").stdout.decode()
    keys = [part.split("</Key>")[0] for part in listing.split("<Key>")[1:]]
    runs = sorted({key.split("/")[1] for key in keys})
    check(f"{title}: one run is in the bucket", len(runs) == 1, str(runs))
    for file in PLAIN[name]:
        place = f"{BUCKET}/{name}/{runs[0] if runs else ''}/{file}".replace("+", "%2B").replace(":", "%3A")
        answer = s3("GET", place)
        local = (here / file).read_bytes()
        same = answer.returncode == 0 and answer.stdout == local
        if answer.returncode == 0 and file.endswith(".ipynb"):
            same = outputs(answer.stdout) == outputs(local)
        check(f"{title}: {file} is as in a run here", same, answer.stderr.decode())
    for key in keys:
        s3("DELETE", f"{BUCKET}/{key}".replace("+", "%2B").replace(":", "%3A"))


def main(lyre, work, program=None):
    """Runs all checks."""
    import airflow

    print(f"Airflow {airflow.__version__}", flush=True)
    dags, pipelines = work / "dags", work / "pipelines"
    dags.mkdir()
    write_pipelines(pipelines)
    s3("PUT", BUCKET)
    for operation in ("kubernetes", "docker", "bash"):
        export(lyre, pipelines / "nasty" / "nasty.pipeline", dags / f"nasty-{operation}.py", "--operator", operation)
        # One id for one file.
        path = dags / f"nasty-{operation}.py"
        path.write_text(path.read_text().replace('dag_id="nasty"', f'dag_id="nasty-{operation}"'))
    corpus = os.environ.get("LYRE_AIRFLOW_DAGS")
    if corpus:
        for place, path in enumerate(sorted(Path(corpus).glob("*.py"))):
            text = path.read_text().replace('dag_id="', f'dag_id="c{place}-', 1)
            (dags / f"{place}-{path.name}").write_text(text)
    check_rendering(load(dags))
    for path in dags.glob("*.py"):
        path.unlink()
    if program:
        image(program)
    for name in PLAIN:
        here = run_here(lyre, work, pipelines, name)
        check_run(lyre, work, pipelines, name, "bash", here)
        if program:
            check_run(lyre, work, pipelines, name, "docker", here, "--docker-network", "host")
    print(f"{counts['ok']} ok, {counts['failed']} failed", flush=True)
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
