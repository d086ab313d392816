"""Records what the real client of Kubeflow Pipelines sends for each call, against a server here: `scripts/engines-check` compares the
recording with the committed one, and `scripts/engines-check --record` replaces it. The tests of Swift's client send the same.

client.py FILE [--write]
"""
import contextlib, http.server, io, json, logging, os, sys, tempfile, threading, urllib.parse, warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import kfp

SPEC = """components: {comp-a: {executorLabel: exec-a}}
deploymentSpec: {executors: {exec-a: {container: {image: 'busybox:1', command: [echo]}}}}
pipelineInfo: {name: weather}
root: {dag: {tasks: {a: {cachingOptions: {}, componentRef: {name: comp-a}, taskInfo: {name: a}}}}}
schemaVersion: 2.1.0
sdkVersion: lyre
"""
HEALTH = (200, {"multi_user": False, "pipeline_store": "database"})
TIME = "2026-11-30T08:00:00Z"
RUN = {"run_id": "run-1", "display_name": "weather-1", "experiment_id": "exp-1", "created_at": TIME}
RECURRING = {"recurring_run_id": "rec-1", "display_name": "weekly", "status": "ENABLED", "created_at": TIME}


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers each request with the next answer, and keeps what came."""

    answers = []
    requests = []

    def log_message(self, *arguments):
        pass

    def take(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "").split(";")[0]
        request = {
            "method": self.command,
            "path": url.path,
            "query": dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)),
            "accept": self.headers.get("Accept"),
            "authorization": self.headers.get("authorization"),
            "content_type": kind,
        }
        if kind == "multipart/form-data":
            boundary = self.headers["Content-Type"].split("boundary=")[1]
            _, part, _ = body.split(b"--" + boundary.encode())[0:3]
            head, _, content = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
            request["part"] = {
                "headers": dict(line.split(": ", 1) for line in head.decode().split("\r\n")),
                "content": content.decode().removesuffix("\r\n"),
            }
        elif body:
            request["json"] = json.loads(body)
        status, answer = Recorder.answers.pop(0)
        Recorder.requests.append({"request": request, "answer": {"status": status, "json": answer}})
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = take


def record(client, folder):
    """The calls by name, each with the requests that it makes."""
    path = os.path.join(folder, "weather.yaml")
    with open(path, "w") as file:
        file.write(SPEC)
    calls = []

    def call(name, answers, body):
        Recorder.answers, Recorder.requests = list(answers), []
        with contextlib.redirect_stdout(io.StringIO()):
            body()
        if Recorder.answers:
            raise SystemExit(f"{name}: the client asked for less than expected")
        calls.append({"call": name, "exchanges": Recorder.requests})

    experiment = {"experiment_id": "exp-1", "display_name": "weather"}
    pipeline = {"pipeline_id": "pipe-1", "display_name": "weather"}
    version = {"pipeline_id": "pipe-1", "pipeline_version_id": "ver-1", "display_name": "weather"}
    reference = dict(pipeline_id="pipe-1", version_id="ver-1")
    call("healthz", [HEALTH], lambda: client.get_kfp_healthz())
    call("find_pipeline", [(200, {"pipelines": [pipeline], "total_size": 1})], lambda: client.get_pipeline_id("weather"))
    call("find_pipeline_none", [(200, {})], lambda: client.get_pipeline_id("weather"))
    call(
        "list_pipelines", [(200, {"pipelines": [pipeline], "total_size": 11, "next_page_token": "p2"})],
        lambda: client.list_pipelines(page_size=100))
    call(
        "upload_pipeline", [(200, pipeline)],
        lambda: client.upload_pipeline(path, pipeline_name="weather", description="made by Lyre & co"))
    call(
        "upload_pipeline_namespace", [(200, pipeline)],
        lambda: client.upload_pipeline(path, pipeline_name="weather", description="d", namespace="team"))
    call(
        "upload_version", [(200, version)],
        lambda: client.upload_pipeline_version(path, "weather-2", pipeline_id="pipe-1", description="made by Lyre"))
    call(
        "list_versions", [(200, {"pipeline_versions": [version], "total_size": 1})],
        lambda: client.list_pipeline_versions("pipe-1", page_size=100))
    call(
        "find_experiment", [(200, {"experiments": [experiment], "total_size": 1})],
        lambda: client.get_experiment(experiment_name="weather", namespace="team"))
    call(
        "create_experiment", [(200, {}), (200, experiment)],
        lambda: client.create_experiment("weather", namespace="team"))
    call(
        "create_run", [(200, {**RUN, "state": "PENDING"})],
        lambda: client.run_pipeline("exp-1", "weather-1", params={"rows": 7, "name": "x"}, **reference))
    call(
        "create_run_account", [(200, {**RUN, "state": "PENDING"})],
        lambda: client.run_pipeline("exp-1", "weather-1", service_account="robot", **reference))
    call("get_run", [(200, {**RUN, "state": "RUNNING"})], lambda: client.get_run("run-1"))
    call(
        "list_runs", [(200, {"runs": [{**RUN, "state": "SUCCEEDED"}], "total_size": 1})],
        lambda: client.list_runs(page_size=20, sort_by="created_at desc", namespace="team"))
    call("terminate_run", [(200, {})], lambda: client.terminate_run("run-1"))
    call("archive_run", [(200, {})], lambda: client.archive_run("run-1"))
    call("delete_run", [(200, {})], lambda: client.delete_run("run-1"))
    # The client has no method for it; its generated layer has.
    call("retry_run", [(200, {})], lambda: client._run_api.run_service_retry_run("run-1"))
    call(
        "create_recurring_run", [(200, RECURRING)],
        lambda: client.create_recurring_run(
            "exp-1", "weekly", cron_expression="0 0 6 * * 1", no_catchup=True, params={"rows": 7}, **reference))
    call(
        "list_recurring_runs", [(200, {"recurringRuns": [RECURRING], "total_size": 1})],
        lambda: client.list_recurring_runs(page_size=100, namespace="team"))
    call("get_recurring_run", [(200, RECURRING)], lambda: client.get_recurring_run("rec-1"))
    call("enable_recurring_run", [(200, {})], lambda: client.enable_recurring_run("rec-1"))
    call("disable_recurring_run", [(200, {})], lambda: client.disable_recurring_run("rec-1"))
    call("delete_recurring_run", [(200, {})], lambda: client.delete_recurring_run("rec-1"))
    return calls


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        # Its own settings, not those of whoever runs this. It asks for the server's health when it is made.
        os.environ["HOME"] = folder
        Recorder.answers = [HEALTH]
        client = kfp.Client(host=f"http://127.0.0.1:{server.server_port}", existing_token="recorded-token")
        recording = {"client": f"kfp {kfp.__version__}", "calls": record(client, folder)}
    server.shutdown()
    text = json.dumps(recording, indent=1) + "\n"
    path = sys.argv[1]
    if "--write" in sys.argv:
        with open(path, "w") as file:
            file.write(text)
    elif open(path).read() != text:
        sys.exit(f"{path} is not what {recording['client']} sends; scripts/engines-check --record replaces it")
    print(f"{len(recording['calls'])} calls of {recording['client']}")


main()
