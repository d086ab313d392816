"""Exported pipelines in real containers: Kubeflow's DockerRunner starts them, SeaweedFS is between the nodes, and the files and notebooks
at the end are those of a local run."""
import glob, json, os, re, shutil, subprocess, tempfile, uuid

import boto3
import docker
from google.protobuf import json_format
from kfp import components, local
from kfp.pipeline_spec import pipeline_spec_pb2

IMAGE = "lyre-test/kubeflow:1"
# What a node writes for the page of Kubeflow Pipelines, as Elyra's users do.
METRICS = {"metrics": [{"name": "accuracy", "numberValue": 0.75, "format": "PERCENTAGE"}, {"name": "rows", "numberValue": 3}]}
PLOTS = {"outputs": [{"type": "markdown", "storage": "inline", "source": "# Fitted"},
                     {"type": "table", "storage": "inline", "format": "csv", "header": ["x", "y"], "source": "0,0\n1,1"}]}
KEYS = {"AWS_ACCESS_KEY_ID": "lyre-test-key", "AWS_SECRET_ACCESS_KEY": "lyre-test-secret"}


def image(node):
    """The test image with `lyre`, and with the libraries that it needs if it is not static."""
    client = docker.from_env()
    container = client.containers.create("lyre-test/python:1", ["true"])
    with tempfile.TemporaryDirectory() as folder:
        files = [(node, "/bin/lyre")]
        for line in subprocess.run(["ldd", node], capture_output=True, text=True).stdout.splitlines():
            files += [(word, word) for word in line.split() if word.startswith("/")]
        for source, target in files:
            os.makedirs(os.path.dirname(folder + target), exist_ok=True)
            shutil.copy(source, folder + target)
        os.chmod(folder + "/bin/lyre", 0o755)
        archive = subprocess.run(["tar", "-C", folder, "-c", "."], capture_output=True, check=True).stdout
        container.put_archive("/", archive)
    changes = [f"ENV {name}={value}" for name, value in KEYS.items()]
    repository, tag = IMAGE.split(":")
    container.commit(repository, tag, changes=changes)
    container.remove()


def notebook(path, *sources):
    cells = [{"cell_type": "code", "execution_count": None, "id": f"c{place}", "metadata": {}, "outputs": [], "source": source}
             for place, source in enumerate(sources)]
    write(path, json.dumps({"cells": cells, "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
                            "nbformat": 4, "nbformat_minor": 5}))


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def pipeline(path, nodes, parameters=()):
    """A pipeline of (file, parents, dependencies, outputs, more properties)."""
    made = []
    for file, parents, dependencies, outputs, *more in nodes:
        suffix = os.path.splitext(file)[1]
        operation = {".ipynb": "execute-notebook-node", ".py": "execute-python-node"}.get(suffix, "execute-script-node")
        properties = {"filename": file, "runtime_image": IMAGE, "dependencies": dependencies, "outputs": outputs, **(more[0] if more else {})}
        links = [{"id": f"{parent}-{file}", "node_id_ref": parent, "port_id_ref": "outPort"} for parent in parents]
        made.append({"id": file, "type": "execution_node", "op": operation, "inputs": [{"id": "inPort", "links": links}], "outputs": [{"id": "outPort"}],
                     "app_data": {"component_parameters": properties, "label": file, "ui_data": {"label": file}}})
    flow = {"id": "primary", "nodes": made, "runtime_ref": "",
            "app_data": {"version": 8, "properties": {"name": "p", "pipeline_parameters": list(parameters)}}}
    write(path, json.dumps({"doc_type": "pipeline", "version": "3.0", "id": "p", "primary_pipeline": "primary", "pipelines": [flow], "schemas": []}))


def two_notebooks(folder):
    notebook(f"{folder}/a.ipynb", "import os\nopen('data.csv', 'w').write('1,2\\n')\nprint('year', os.environ['year'])", "1 + 1")
    notebook(f"{folder}/b.ipynb", "print(open('data.csv').read())")
    year = {"name": "year", "default_value": {"type": "Integer", "value": 2024}, "required": False}
    pipeline(f"{folder}/p.pipeline", [("a.ipynb", [], [], ["data.csv"], {"pipeline_parameters": ["year"]}), ("b.ipynb", ["a.ipynb"], [], [])], [year])
    return ["data.csv"], ["a.ipynb", "b.ipynb"], {"year": 2025}


def five_nodes(folder):
    write(f"{folder}/load.py", "import os\nos.makedirs('parts', exist_ok=True)\nos.makedirs('tables/deep', exist_ok=True)\n"
          "for i in range(3): open(f'parts/{i}.csv', 'w').write(f'{i},{i * i}\\n')\nopen('tables/deep/t.txt', 'w').write('deep\\n')\n")
    write(f"{folder}/clean.sh", "#!/bin/sh\ncat parts/0.csv parts/1.csv parts/2.csv > all.csv\n", 0o755)
    notebook(f"{folder}/fit.ipynb", "rows = open('all.csv').read().split()\nprint(len(rows))\nrows",
             "import json\nopen('fit.txt', 'w').write('fit')\njson.dump(" + repr(METRICS) + ", open('mlpipeline-metrics.json', 'w'))\n"
             "json.dump(" + repr(PLOTS) + ", open('mlpipeline-ui-metadata.json', 'w')) or 1")
    notebook(f"{folder}/show.ipynb", "print(open('tables/deep/t.txt').read())", "import os; sorted(os.listdir('parts'))")
    write(f"{folder}/report.sh", "#!/bin/sh\ncat fit.txt all.csv tables/deep/t.txt > report.txt\n", 0o755)
    pipeline(f"{folder}/p.pipeline", [
        ("load.py", [], [], ["parts/*.csv", "tables"]), ("clean.sh", ["load.py"], [], ["all.csv"]), ("fit.ipynb", ["clean.sh"], [], ["fit.txt"]),
        ("show.ipynb", ["load.py"], [], []), ("report.sh", ["fit.ipynb", "load.py"], [], ["report.txt"])])
    return ["parts/0.csv", "parts/2.csv", "tables/deep/t.txt", "all.csv", "fit.txt", "report.txt"], ["fit.ipynb", "show.ipynb"], {}


def wildcards(folder):
    write(f"{folder}/lib/tool.py", "def rows(): return ['a', 'b']\n")
    write(f"{folder}/code/make.py", "import sys\nsys.path.insert(0, '../lib')\nimport tool\nfor row in tool.rows(): open(row + '.csv', 'w').write(row)\n")
    notebook(f"{folder}/read.ipynb", "import glob\nprint(sorted(glob.glob('*.csv')))\n''.join(open(name).read() for name in sorted(glob.glob('?.csv')))")
    pipeline(f"{folder}/p.pipeline", [("code/make.py", [], ["../lib/*.py"], ["*.csv"]), ("read.ipynb", ["code/make.py"], [], [])])
    return [], [], {}


def outputs(text):
    return [cell["outputs"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code" and "injected-parameters" not in cell["metadata"].get("tags", [])]


def check(lyre, node, report):
    image(node)
    endpoint = os.environ["LYRE_S3_SEAWEEDFS"]
    storage = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
                           region_name="us-east-1")
    for make in [two_notebooks, five_nodes, wildcards]:
        with tempfile.TemporaryDirectory(prefix="lyre-kubeflow-") as work:
            run(lyre, make, work, storage, endpoint, report)


def run(lyre, make, work, storage, endpoint, report):
    name, bucket = make.__name__, f"kubeflow-{uuid.uuid4().hex[:12]}"
    source, here, upload = f"{work}/source", f"{work}/here", f"{work}/upload"
    os.makedirs(source)
    files, notebooks, values = make(source)
    done = subprocess.run([lyre, "pipeline", "export", f"{source}/p.pipeline", "--to", "kfp", "--bucket", bucket, "--endpoint", endpoint, "--archives", upload,
                           "-o", f"{work}/p.yaml"], capture_output=True, text=True)
    if not report(name, done.returncode == 0, done.stderr):
        return
    storage.create_bucket(Bucket=bucket)
    for path in glob.glob(f"{upload}/**/*.tar.gz", recursive=True):
        storage.upload_file(path, bucket, os.path.relpath(path, upload))
    local.init(local.DockerRunner(network_mode="host"), pipeline_root=f"{work}/root", raise_on_error=True)
    try:
        components.load_component_from_file(f"{work}/p.yaml")(**values)
    except Exception as error:  # Whatever Kubeflow raises, the run has failed.
        report(name, False, f"the run failed: {error!r}")
        return
    keys = [item["Key"] for item in storage.list_objects_v2(Bucket=bucket).get("Contents", [])]
    runs = {key.split("/")[1] for key in keys if key.startswith("p/")}
    if not report(name, len(runs) == 1, f"not one run: {keys}"):
        return
    place = f"p/{runs.pop()}"
    shutil.copytree(source, here)
    given = [word for key, value in values.items() for word in ("-p", key, str(value))]
    done = subprocess.run([lyre, "pipeline", "run", f"{here}/p.pipeline", "--state", f"{work}/state", *given], capture_output=True, text=True)
    if make is wildcards:
        # Locally nothing brings files from one folder into another; the bucket does, as with Elyra.
        text = read(storage, bucket, f"{place}/read.ipynb")
        report(name, "['a.csv', 'b.csv']" in text and "'ab'" in text, f"the files of the pattern are not there: {text}")
    else:
        report(name, done.returncode == 0, f"the local run failed: {done.stdout}{done.stderr}")
    for file in files:
        with open(f"{here}/{file}", encoding="utf-8") as mine:
            report(name, read(storage, bucket, f"{place}/{file}") == mine.read(), f"{file} differs")
    for file in notebooks:
        with open(f"{here}/{file}", encoding="utf-8") as mine:
            report(name, outputs(read(storage, bucket, f"{place}/{file}")) == outputs(mine.read()), f"{file} differs")
        report(name, f"{place}/{os.path.splitext(file)[0]}.html" in keys, f"{file} has no page")
    check_artifacts(name, f"{work}/root", source, storage, bucket, place, report)
    endings = [key for key in keys if key.endswith("/ending.json")]
    with open(f"{source}/p.pipeline", encoding="utf-8") as file:
        count = len(json.load(file)["pipelines"][0]["nodes"])
    report(name, len(endings) == count, f"not every node has ended: {keys}")
    with open(f"{work}/p.yaml", encoding="utf-8") as file:
        text = file.read()
    report(name, not any(value in text for value in KEYS.values()), "a credential is in the file")
    print(f"{name}: {count} nodes in containers, {len(keys)} objects in the bucket", flush=True)


def check_artifacts(name, root, source, storage, bucket, place, report):
    """Every node has left what the page of Kubeflow Pipelines shows, where its launcher takes it from, and has said so."""
    with open(f"{source}/p.pipeline", encoding="utf-8") as file:
        nodes = json.load(file)["pipelines"][0]["nodes"]
    told = {}
    for path in glob.glob(f"{root}/*/*/executor_output.json"):
        with open(path, encoding="utf-8") as file:
            # Unknown keys are errors, as for the launcher.
            message = json_format.Parse(file.read(), pipeline_spec_pb2.ExecutorOutput())
        told[os.path.basename(os.path.dirname(path))] = (os.path.dirname(path), message.artifacts)
    report(name, len(told) == len(nodes), f"not every node told the launcher of its artifacts: {sorted(told)}")
    for node in nodes:
        file = node["id"]
        task = re.sub("[^a-z0-9]+", "-", file.lower())
        folder, artifacts = told.get(task, ("", {}))
        wanted = {"notebook", "notebook_html"} if file.endswith(".ipynb") else set()
        if file == "fit.ipynb":
            wanted |= {"metrics", "mlpipeline_ui_metadata"}
        report(name, set(artifacts) == wanted, f"{file} has the artifacts {sorted(artifacts)} instead of {sorted(wanted)}")
        for key in wanted & set(artifacts):
            artifact = artifacts[key].artifacts[0]
            report(name, artifact.uri == f"{folder}/{key}" and os.path.isfile(artifact.uri), f"{file}: {key} is not at {artifact.uri}")
        if "notebook" in artifacts:
            # The same as in the bucket.
            for key, stored in [("notebook", os.path.basename(file)), ("notebook_html", os.path.splitext(os.path.basename(file))[0] + ".html")]:
                with open(f"{folder}/{key}", encoding="utf-8") as mine:
                    report(name, mine.read() == read(storage, bucket, f"{place}/{stored}"), f"{file}: {key} is not what the bucket has")
        if "metrics" in artifacts:
            values = dict(artifacts["metrics"].artifacts[0].metadata.items())
            report(name, values == {"accuracy": 0.75, "rows": 3}, f"{file} has the metrics {values}")
            with open(f"{folder}/mlpipeline_ui_metadata", encoding="utf-8") as mine:
                report(name, json.load(mine) == PLOTS, f"{file}: what it has to show differs")


def read(storage, bucket, key):
    try:
        return storage.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except storage.exceptions.NoSuchKey:
        return "{\"cells\": [{\"cell_type\": \"code\", \"metadata\": {}, \"outputs\": [\"missing: " + key + "\"]}]}"
