"""Pipelines for the checks with Airflow: one with everything that is hard to quote, and some that run."""

import json
from pathlib import Path

# The image of the nodes, which check.py makes.
IMAGE = "lyre-test/airflow:1"

NASTY = {
    "label": "nasty {{ x }} \"'",
    "outputs": ["{{x}}.csv", "{% raw %}.csv", "$(HOME).csv"],
    "env": {
        "JINJA": "{{ ds }} {% raw %} {# c #}",
        "QUOTES": "a 'b' \"c\" \\ \\n",
        "LINES": "x\ny\r\nz\n",
        "UNICODE": "grüße 🎉 \u202e",
        "SCRIPT": "run.sh",
        "YAML": "conf.yaml",
        "ENDRAW": "{% endraw %}{{ '}}' }}",
        "BACKSLASH": "end\\",
        "DOLLAR": "$HOME `id` $(id) $$",
    },
}

# The files of a run to compare with those of a run on this machine.
PLAIN = {
    "two": ["numbers.csv", "sum.txt", "make.ipynb", "sum.ipynb"],
    "five": ["a.csv", "b.csv", "c.csv", "d.csv", "all.csv", "all.ipynb"],
    "wildcard": ["part-1.csv", "part-2.csv", "part-3.csv", "whole.txt"],
}


def expected_environment():
    """The variables that the node gets."""
    return NASTY["env"]


def node(name, file, parents=(), lyre=None, label=None, **parameters):
    """A node for a file."""
    kinds = {"ipynb": "execute-notebook-node", "py": "execute-python-node"}
    given = {"filename": file, "runtime_image": IMAGE, "env_vars": [], "dependencies": [], "outputs": []}
    label = label or name
    data = {"component_parameters": given | parameters, "label": label, "ui_data": {"label": label}}
    if lyre:
        data["lyre"] = lyre
    links = [{"id": f"{parent}-{name}", "node_id_ref": parent, "port_id_ref": "outPort"} for parent in parents]
    return {
        "id": name,
        "type": "execution_node",
        "op": kinds[file.rsplit(".", 1)[1]],
        "app_data": data,
        "inputs": [{"id": "inPort", "app_data": {}, "links": links}],
        "outputs": [{"id": "outPort", "app_data": {}}],
    }


def notebook(*cells):
    """A notebook with code."""
    code = [
        {"cell_type": "code", "execution_count": None, "id": f"c{place}", "metadata": {}, "outputs": [], "source": text}
        for place, text in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"cells": code, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def write(folder, name, nodes, files, parameters=()):
    """Writes a pipeline with its files."""
    place = folder / name
    place.mkdir(parents=True)
    flow = {
        "id": "primary",
        "nodes": nodes,
        "app_data": {
            "ui_data": {"comments": []},
            "version": 8,
            "properties": {"name": name, "runtime": "Generic", "pipeline_parameters": list(parameters)},
        },
        "runtime_ref": "",
    }
    document = {
        "doc_type": "pipeline",
        "version": "3.0",
        "id": "elyra-auto-generated-pipeline",
        "primary_pipeline": "primary",
        "pipelines": [flow],
        "schemas": [],
    }
    (place / f"{name}.pipeline").write_text(json.dumps(document))
    for file, text in files.items():
        (place / file).write_text(text)


def parameter(name, kind, value):
    """A parameter of a pipeline."""
    return {"name": name, "default_value": {"type": kind, "value": value}, "required": False}


def write_pipelines(folder: Path):
    """Writes all pipelines."""
    variables = [{"env_var": name, "value": value} for name, value in NASTY["env"].items()]
    nasty = node(
        "n1",
        "nasty.py",
        label=NASTY["label"],
        outputs=NASTY["outputs"],
        env_vars=variables,
        pipeline_parameters=["rows", "name", "on"],
        cpu=1,
        memory_limit=2,
        gpu=1,
        kubernetes_secrets=[{"env_var": "DB", "name": "db", "key": "pw"}],
        mounted_volumes=[{"path": "/mnt/d", "pvc_name": "d", "sub_path": "team/a", "read_only": True}],
        kubernetes_tolerations=[{"key": "gpu", "operator": "Exists", "value": "", "effect": "NoSchedule"}],
        kubernetes_pod_annotations=[{"key": "acme.io/note", "value": "a {{ b }}"}],
        kubernetes_pod_labels=[{"key": "team", "value": "ml"}],
        kubernetes_shared_mem_size={"size": 1, "units": "G"},
        lyre={
            "timeout": 60,
            "retries": 1,
            "node_selector": {"disk": "ssd"},
            "node_affinity": [{"expressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}],
        },
    )
    parameters = [parameter("rows", "Integer", 9), parameter("name", "String", "x"), parameter("on", "Bool", True)]
    write(folder, "nasty", [nasty], {"nasty.py": ""}, parameters)
    write(
        folder,
        "two",
        [node("make", "make.ipynb", outputs=["numbers.csv"]), node("sum", "sum.ipynb", ["make"], outputs=["sum.txt"])],
        {
            "make.ipynb": notebook("open('numbers.csv', 'w').write('1\\n2\\n3\\n')"),
            "sum.ipynb": notebook("t = sum(map(int, open('numbers.csv')))\nt", "print(t)", "print(t, file=open('sum.txt', 'w'))"),
        },
    )
    five = [node(name, f"{name}.py", outputs=[f"{name}.csv"]) for name in ("a", "b")]
    five += [node("c", "c.py", ["a"], outputs=["c.csv"]), node("d", "d.py", ["a", "b"], outputs=["d.csv"])]
    five.append(node("all", "all.ipynb", ["c", "d"], outputs=["all.csv"]))
    copy = "print(''.join(open(n + '.csv').read() for n in {}) + '{}', file=open('{}.csv', 'w'))\n"
    files = {f"{name}.py": copy.format(sources, name, name) for name, sources in
             (("a", []), ("b", []), ("c", ["a"]), ("d", ["a", "b"]))}
    files["all.ipynb"] = notebook(copy.format(["a", "b", "c", "d"], "all", "all"))
    write(folder, "five", five, files)
    write(
        folder,
        "wildcard",
        [node("split", "split.py", outputs=["part-*.csv"]), node("join", "join.py", ["split"], outputs=["whole.txt"])],
        {
            "split.py": "for n in (1, 2, 3):\n    print(n, file=open(f'part-{n}.csv', 'w'))\n",
            "join.py": "import glob\nparts = sorted(glob.glob('part-*.csv'))\n"
            "print(''.join(open(p).read() for p in parts), file=open('whole.txt', 'w'))\n",
        },
    )
