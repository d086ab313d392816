"""Tries `lyre pipeline submit` and what belongs to it with a real Airflow server.

Usage: server.py LYRE WORK (in the virtual environment of an Airflow whose database is made, with LYRE_S3_SEAWEEDFS and the storage's
credentials set)
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from check import check, counts, run, s3
from pipelines import node, notebook, parameter, write

BUCKET = "airflow-server-check"
USER, PASSWORD = "ada", "lovelace-of-this-check"


def free_port():
    """A port that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def settings(home, port, second):
    """The environment of the server's programs."""
    given = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "served"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/", "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "2", "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "2",
    }
    if second:
        given = {
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "served"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
            "AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "2", "AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL": "3",
        }
    # Airflow starts itself by its name; the programs of the nodes come first.
    path = f"{os.environ['PATH']}:{Path(sys.executable).parent}"
    return {**os.environ, **given, "PATH": path}


@contextlib.contextmanager
def server(home, second):
    """A server with its scheduler, bound to this machine; its URL."""
    port = free_port()
    environment = settings(home, port, second)
    (home / "served").mkdir()
    (home / "passwords.json").write_text(json.dumps({USER: PASSWORD}))
    airflow = [sys.executable, "-m", "airflow"]
    if second:
        user = ["users", "create", "-u", USER, "-p", PASSWORD, "-f", "A", "-l", "L", "-r", "Admin", "-e", "ada@example.org"]
        subprocess.run(airflow + user, env=environment, capture_output=True, check=True)
        programs = [["webserver", "--hostname", "127.0.0.1", "--port", str(port), "--workers", "1"], ["scheduler", "--skip-serve-logs"]]
    else:
        programs = [["api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"], ["scheduler", "--skip-serve-logs"],
                    ["dag-processor"]]
    running = []
    try:
        for program in programs:
            log = open(home / f"{program[0]}.log", "wb")  # pylint: disable=consider-using-with
            running.append(subprocess.Popen(airflow + program, env=environment, stdout=log, stderr=log, start_new_session=True))
        url = f"http://127.0.0.1:{port}"
        answers(f"{url}/api/{'v1' if second else 'v2'}/version")
        yield url
    finally:
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, sent)
            end = time.monotonic() + 15
            while sent == signal.SIGTERM and any(process.poll() is None for process in running) and time.monotonic() < end:
                time.sleep(0.2)


def answers(url, limit=180):
    """Waits until a server answers."""
    end = time.monotonic() + limit
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                sys.exit(f"{url} does not answer")
            time.sleep(0.5)


def configure(folder, url):
    """The runtime configuration `air`, and the environment of commands that use it."""
    place = folder / "metadata" / "runtimes"
    place.mkdir(parents=True)
    metadata = {
        "runtime_type": "APACHE_AIRFLOW", "api_endpoint": url, "api_username": USER, "api_password": "env:CHECK_PASSWORD",
        "cos_endpoint": os.environ["LYRE_S3_SEAWEEDFS"], "cos_bucket": BUCKET, "cos_auth_type": "USER_CREDENTIALS",
        "cos_username": os.environ["AWS_ACCESS_KEY_ID"], "cos_password": os.environ["AWS_SECRET_ACCESS_KEY"],
    }
    (place / "air.json").write_text(json.dumps({"display_name": "Air", "schema_name": "airflow", "metadata": metadata}))
    os.chmod(place / "air.json", 0o600)
    return {**os.environ, "ELYRA_METADATA_PATH": str(folder), "CHECK_PASSWORD": PASSWORD}


def main(lyre, work):
    """Runs all checks."""
    import airflow

    second = airflow.__version__.startswith("2")
    title = f"server {airflow.__version__}"
    home = work / "server"
    home.mkdir()
    code = "import time\ntime.sleep(float('{}'))\n"
    make = notebook("print('begun')", "open('numbers.csv', 'w').write('1\\n2\\n')", "2 + 2")
    write(home, "two", [node("make", "make.ipynb", outputs=["numbers.csv"]), node("sum", "sum.py", ["make"], outputs=["sum.txt"])],
          {"make.ipynb": make, "sum.py": "print(sum(map(int, open('numbers.csv'))), file=open('sum.txt', 'w'))\n"},
          [parameter("rows", "Integer", 9)])
    write(home, "slow", [node("wait", "wait.py")], {"wait.py": code.format(600)})
    write(home, "bad", [node("fail", "fail.py"), node("after", "after.py", ["fail"])], {"fail.py": "raise SystemExit(3)\n", "after.py": ""})
    s3("PUT", BUCKET)
    with server(home, second) as url:
        environment = configure(home / "meta", url)

        def command(name, *arguments):
            return run(lyre, "pipeline", name, *arguments, "--state", str(home / "state"), env=environment)

        def submit(name, *more):
            to = ("--runtime-config", "air", "--dag-folder", str(home / "served"), "--operator", "bash", "--dag-wait", "180")
            return command("submit", str(home / name / f"{name}.pipeline"), *to, *more)

        follow = ("--follow", "--follow-timeout", "240")
        code, text = submit("two", *follow, "-v", "--events", str(home / "events"), "-p", "rows", "5")
        check(f"{title}: --follow shows a run to its end", code == 0 and "2 nodes ok" in text, text[-2500:])
        check(f"{title}: cells come from the bucket", "make | begun" in text, "" if "make | begun" in text else text[-1500:])
        kinds = [json.loads(line)["event"] for line in (home / "events").read_text().splitlines()]
        check(f"{title}: events are those of a run here", kinds[0] == "pipeline_started" and "cell_finished" in kinds, str(kinds))
        code, text = command("results", "last")
        check(f"{title}: results are listed", code == 0 and "sum.txt" in text and "make.ipynb" in text, text)
        code, text = command("results", "last", "--into-notebooks")
        done = json.loads((home / "two" / "make.ipynb").read_text())["cells"][2]["outputs"]
        check(f"{title}: results come into the notebook", code == 0 and len(done) == 1, text)
        (home / "two" / "sum.py").write_text("print('changed', file=open('sum.txt', 'w'))\n")
        code, text = submit("two", *follow)
        check(f"{title}: a changed pipeline runs as it is now", code == 0, text[-2500:])
        code, text = command("results", "last", "--to", str(home / "fetched"))
        check(f"{title}: its results are the new ones", (home / "fetched" / "sum.txt").read_text() == "changed\n", text)
        code, text = submit("bad", *follow)
        check(f"{title}: a failed run ends with 1", code == 1 and "the script exited with code 3" in text and "needs 'fail'" in text, text[-2000:])
        code, text = command("retry", "last", *follow)
        check(f"{title}: retry runs it again, and it fails again", code == 1 and "2 attempts  the script exited with code 3" in text, text[-2000:])
        code, text = submit("slow", "--run")
        check(f"{title}: --run starts a run", code == 0, text[-1500:])
        code, text = command("stop", "last")
        check(f"{title}: stop", code == 0 and "is being stopped" in text, text)
        code, text = command("stop", "last")
        check(f"{title}: stop knows that it has ended", code == 0 and "has ended already" in text, text)
        code, text = submit("slow", "--schedule", "0 6 * * 1")
        check(f"{title}: a schedule is activated", code == 0 and "it runs at" in text, text[-1500:])
        code, text = run(lyre, "pipeline", "schedules", "list", "--runtime-config", "air", env=environment)
        check(f"{title}: schedules are listed", code == 0 and "slow  enabled  0 6 * * 1" in text, text)
        code, text = run(lyre, "pipeline", "submit", str(home / "two" / "two.pipeline"), "--runtime-config", "air", "--dag-folder",
                         str(home / "served"), "--run", env={**environment, "CHECK_PASSWORD": "wrong"})
        check(f"{title}: a wrong password is said to be one", code == 2 and ("not accept" in text), text[-1500:])
        (home / "served" / "two.py").write_text("# two: made by Lyre from two.pipeline\nfrom airflow import DAG\nimport nothing_like_this\n")
        code, text = submit("two", "--run")
        check(f"{title}: a broken file is replaced by a good one", code == 0, text[-1500:])
    print(f"{counts['ok']} ok, {counts['failed']} failed", flush=True)
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
