"""Records the answers of a real Airflow server for the tests in Swift: record.py URL USER PASSWORD OUTPUT.json

The server's folder of DAGs has `recorded.py` and `broken.py` of this folder's `served/`.
"""

import base64
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

FINAL = ("success", "failed")
# What depends on the machine, or is of no use in a test.
LEFT_OUT = {"hostname", "unixname", "pid", "executor_config", "triggerer_job", "trigger", "dag_version", "rendered_fields"}


class Recorder:
    """Sends requests, and keeps what is asked for."""

    def __init__(self, address):
        self.address, self.kept, self.headers = address, [], {}

    def send(self, method, path, body=None, keep=True, headers=None):
        """Sends a request, and returns the status and content of its answer."""
        given = {"accept": "application/json", **(self.headers if headers is None else headers)}
        if body is not None:
            given["content-type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, method=method, data=data, headers=given)
        try:
            with urllib.request.urlopen(request) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            content = json.loads(text)
        except ValueError:
            content = text.strip()[:200]
        if keep:
            self.kept.append({"method": method, "path": path, "body": body, "status": status, "answer": clean(content)})
        return status, content

    def until(self, path, holds, limit=180):
        """Waits until an answer is as asked, and returns it."""
        end = time.monotonic() + limit
        while True:
            content = self.send("GET", path, keep=False)[1]
            if holds(content):
                return content
            if time.monotonic() > end:
                sys.exit(f"{path}: {content}")
            time.sleep(0.3)


def clean(content):
    """An answer without secrets and without what depends on the machine."""
    if isinstance(content, list):
        return [clean(item) for item in content]
    if not isinstance(content, dict):
        return re.sub(r"/[^ \"\n]*/(dags|logs)[0-9]*/", r"/opt/airflow/\1/", content) if isinstance(content, str) else content
    result = {name: clean(value) for name, value in content.items() if name not in LEFT_OUT}
    if "access_token" in result:
        result["access_token"] = "recorded-token"
    return result


def run(recorder, dags, run_id, parameters, status):
    """Starts a run."""
    body = {"dag_run_id": run_id, "conf": parameters}
    if dags.startswith("/api/v2"):
        body["logical_date"] = None
    assert recorder.send("POST", f"{dags}/recorded/dagRuns", body)[0] == status
    return f"{dags}/recorded/dagRuns/{urllib.parse.quote(run_id, safe='')}"


def look(recorder, path):
    """Keeps a run and its tasks."""
    recorder.send("GET", path)
    recorder.send("GET", f"{path}/taskInstances?limit=100&offset=0")


def clear(recorder, dags, run_id, tasks):
    """Lets tasks run again."""
    body = {"dry_run": False, "dag_run_id": run_id, "task_ids": tasks, "only_failed": False, "only_running": False, "reset_dag_runs": True}
    return recorder.send("POST", f"{dags}/recorded/clearTaskInstances", body)


def main(address, user, password, output):
    """Records everything."""
    recorder = Recorder(address)
    second = recorder.send("GET", "/api/v2/version", headers={})[0] == 200
    recorder.send("GET", "/api/v1/version", headers={})
    root = "/api/v2" if second else "/api/v1"
    dags = root + "/dags"
    recorder.send("GET", f"{dags}/recorded", headers={})
    if second:
        recorder.send("GET", "/auth/token", headers={})
        recorder.send("POST", "/auth/token", {"username": user, "password": "wrong"}, headers={})
        token = recorder.send("POST", "/auth/token", {"username": user, "password": password}, headers={})[1]["access_token"]
        recorder.kept[-1]["body"]["password"] = "lovelace"
        recorder.send("GET", f"{dags}/recorded", headers={"authorization": "Bearer expired"})
        recorder.headers = {"authorization": f"Bearer {token}"}
    else:
        text = base64.b64encode(f"{user}:{password}".encode()).decode()
        recorder.headers = {"authorization": f"Basic {text}"}
    recorder.send("GET", f"{dags}/none")
    dag = recorder.until(f"{dags}/recorded", lambda content: "dag_id" in content)
    recorder.until(f"{root}/importErrors", lambda content: content["import_errors"])
    recorder.send("GET", f"{dags}/recorded")
    recorder.send("GET", f"{root}/dagSources/" + ("recorded" if second else dag["file_token"]))
    recorder.send("GET", f"{root}/importErrors?limit=100&offset=0")
    recorder.send("GET", f"{dags}?tags=lyre&limit=100&offset=0")
    recorder.send("PATCH", f"{dags}/none?update_mask=is_paused", {"is_paused": False})
    recorder.send("PATCH", f"{dags}/recorded?update_mask=is_paused", {"is_paused": False})
    first = "manual__2026-11-30T08:00:00.000001+00:00"
    run(recorder, dags, first, {"seconds": "x"}, 400)
    place = run(recorder, dags, first, {"code": 3}, 200)
    run(recorder, dags, first, {"code": 3}, 409)
    recorder.until(place, lambda content: content["state"] in FINAL)
    look(recorder, place)
    assert clear(recorder, dags, "none", ["train"])[0] == 404
    assert clear(recorder, dags, first, ["train", "end"])[0] == 200
    look(recorder, place)
    recorder.until(place, lambda content: content["state"] in FINAL)
    look(recorder, place)
    look(recorder, f"{dags}/recorded/dagRuns/none")
    stopped = "manual__2026-11-30T08:00:00.000002+00:00"
    place = run(recorder, dags, stopped, {"seconds": 15}, 200)
    recorder.until(f"{place}/taskInstances", lambda content: any(task["state"] == "running" for task in content["task_instances"]))
    look(recorder, place)
    recorder.send("PATCH", place, {"state": "failed"})
    look(recorder, place)
    assert clear(recorder, dags, stopped, ["load", "train", "end"])[0] == 200
    recorder.until(place, lambda content: content["state"] in FINAL)
    look(recorder, place)
    order = "-run_after" if second else "-execution_date"
    recorder.send("GET", f"{dags}/recorded/dagRuns?order_by={order}&limit=100&offset=0")
    with open(output, "w", encoding="utf-8") as file:
        rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in recorder.kept)
        file.write(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
