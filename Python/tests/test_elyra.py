"""Elyra's processor, with the real Elyra: `elyra-pipeline run`, and the request of its editor's Run."""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request

import pytest
from conftest import eventually, interrupt, read, run, texts

pytest.importorskip("elyra", reason="Elyra is in an environment of its own")


def node(identity, file, *parents, label=None, operation=None, **properties):
    kinds = {"ipynb": "execute-notebook-node", "py": "execute-python-node", "r": "execute-r-node"}
    links = [{"id": f"{parent}-{identity}", "node_id_ref": parent, "port_id_ref": "outPort"} for parent in parents]
    return {
        "id": identity,
        "type": "execution_node",
        "op": operation or kinds[file.rpartition(".")[2].lower()],
        "app_data": {
            "component_parameters": {
                "filename": file,
                "runtime_image": "tensorflow/tensorflow:2.8.0",
                "dependencies": [],
                "include_subdirectories": False,
                "outputs": [],
                "env_vars": [],
                **properties,
            },
            "label": label or "",
            "ui_data": {"label": label or os.path.basename(file), "x_pos": 0, "y_pos": 0},
            "invalidNodeError": "",
        },
        "inputs": [
            {
                "id": "inPort",
                "app_data": {"ui_data": {"cardinality": {"min": 0, "max": -1}, "label": "Input Port"}},
                **({"links": links} if links else {}),
            }
        ],
        "outputs": [
            {"id": "outPort", "app_data": {"ui_data": {"cardinality": {"min": 0, "max": -1}, "label": "Output Port"}}}
        ],
    }


def pipeline(folder, *nodes, name="p"):
    content = {
        "doc_type": "pipeline",
        "version": "3.0",
        "id": "elyra-auto-generated-pipeline",
        "primary_pipeline": "primary",
        "json_schema": "http://api.dataplatform.ibm.com/schemas/common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json",
        "schemas": [],
        "pipelines": [
            {
                "id": "primary",
                "nodes": list(nodes),
                "runtime_ref": "",
                "app_data": {
                    "ui_data": {"comments": []},
                    "version": 8,
                    "runtime_type": "",
                    "properties": {"name": name, "runtime": "Generic"},
                },
            }
        ],
    }
    path = folder / f"{name}.pipeline"
    path.write_text(json.dumps(content))
    return path


def elyra(path, options="", runtimes="lyre,kfp,airflow", **more):
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(path.parent / "state"),
        "LYRE_ELYRA_OPTIONS": options,
        "LYRE_TEST_MARK": str(path.parent),
    }
    environment.pop("ELYRA_PROCESSOR_RUNTIMES", None)
    if runtimes:
        environment["ELYRA_PROCESSOR_RUNTIMES"] = runtimes
    return run("elyra-pipeline", "run", path, cwd=path.parent, env=environment, **more)


WHO = (
    "import os\n"
    "print(os.environ['ELYRA_RUNTIME_ENV'], os.environ['ELYRA_RUN_NAME'][:2], os.environ.get('MINE'), os.getcwd())"
)


def test_a_run_gives_outputs_and_changes_nothing_else(notebook, tmp_path):
    path = notebook("#md text", WHO, name="a.ipynb")
    before = read(path)
    (tmp_path / "b.py").write_text(WHO + "\nimport sys; print(sys.prefix)")
    done = elyra(
        pipeline(
            tmp_path, node("1", "a.ipynb", env_vars=[{"env_var": "MINE", "value": "given"}]), node("2", "b.py", "1")
        )
    )
    assert done.returncode == 0, done.stdout + done.stderr
    after = read(path)
    assert texts(after)[1] == f"local p- given {tmp_path}\n"
    assert f"b: local p- None {tmp_path}" in done.stdout and os.environ["VIRTUAL_ENV"] in done.stdout
    for cell in after.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            assert set(cell.metadata) <= {"execution"}
            cell.metadata.pop("execution", None)
    after.metadata.pop("language_info", None)
    assert after == before


def test_independent_nodes_run_side_by_side(notebook, tmp_path):
    for number in range(2):  # each waits for the other: one after the other they would never end
        notebook(
            f"open('on{number}', 'w')\nimport os, time\nwhile not os.path.exists('on{1 - number}'): time.sleep(0.01)",
            name=f"n{number}.ipynb",
        )
    done = elyra(pipeline(tmp_path, node("1", "n0.ipynb"), node("2", "n1.ipynb")), "--jobs 2 --timeout 60")
    assert done.returncode == 0, done.stdout + done.stderr


def test_cached_runs_only_what_changed(notebook, tmp_path):
    (tmp_path / "a.py").write_text("open('runs', 'a').write('a')\nopen('a.csv', 'w').write('1')")
    notebook("open('runs', 'a').write('b')", name="b.ipynb")
    path = pipeline(tmp_path, node("1", "a.py", outputs=["a.csv"]), node("2", "b.ipynb", "1"))
    for _ in range(2):
        assert elyra(path, "--cached").returncode == 0
    assert (tmp_path / "runs").read_text() == "ab"
    notebook("open('runs', 'a').write('c')", name="b.ipynb")
    assert elyra(path, "--cached").returncode == 0
    assert (tmp_path / "runs").read_text() == "abc"
    assert elyra(path).returncode == 0
    assert (tmp_path / "runs").read_text() == "abcac"


@pytest.mark.parametrize(
    "file, content, words",
    [
        (
            "load.ipynb",
            ["print(1)", "int('x')"],
            "Error processing operation load (load.ipynb) in cell 2: ValueError invalid literal",
        ),
        (
            "exit.py",
            "import sys; sys.exit(3)",
            "Error processing operation exit (exit.py): the script exited with code 3",
        ),
        (
            "fail.py",
            "def f(): return 1/0\nf()",
            "Error processing operation fail (fail.py): the script exited with code 1: ZeroDivisionError: division",
        ),
    ],
)
def test_errors_in_elyras_words(notebook, tmp_path, file, content, words):
    if file.endswith(".py"):
        (tmp_path / file).write_text(content)
    else:
        notebook(*content, name=file)
    notebook("open('after', 'w')", name="after.ipynb")
    path = pipeline(tmp_path, node("1", file), node("2", "after.ipynb", "1"))
    shown = {}
    for runtimes in ("lyre", "local"):
        before = {one: one.read_bytes() for one in tmp_path.glob("*.ipynb")}
        done = elyra(path, runtimes=runtimes)
        assert done.returncode == 1 and not (tmp_path / "after").exists(), done.stdout
        shown[runtimes] = " ".join(done.stderr.split())
        if runtimes == "lyre":
            assert words in shown["lyre"], done.stderr
            cells = read(tmp_path / file).cells if file.endswith("ipynb") else []
            assert len(cells) == (len(content) if cells else 0)  # no cells are added
            for one, bytes_ in before.items():
                one.write_bytes(bytes_)
    if file.endswith("ipynb"):
        # Elyra's own processor also shows papermill's progress before.
        assert shown["lyre"] == shown["local"][shown["local"].index("Error: Error processing") :]


def test_a_pipeline_that_is_not_valid_is_not_run(notebook, tmp_path):
    notebook(
        "open('ran', 'w')",
        name="a.ipynb",
        kernel="no-such-kernel",
        metadata={"kernelspec": {"name": "no-such-kernel", "display_name": "x", "language": "klingon"}},
    )
    done = elyra(pipeline(tmp_path, node("1", "a.ipynb")))
    assert done.returncode == 1 and "no-such-kernel" in done.stderr and not (tmp_path / "ran").exists(), done.stderr


@pytest.mark.parametrize("runtimes", [None, "local,kfp,airflow", "lyre,local"])
def test_it_is_switched_off_unless_it_is_chosen(notebook, tmp_path, runtimes):
    path = notebook("print(1)", name="a.ipynb")
    done = elyra(pipeline(tmp_path, node("1", "a.ipynb")), runtimes=runtimes)
    assert done.returncode == 0, done.stderr
    assert "papermill" in read(path).metadata  # Elyra's own processor left its marks


def test_a_program_that_is_missing_is_one_clear_line(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("LYRE", "/nowhere/lyre")
    notebook("1", name="a.ipynb")
    done = elyra(pipeline(tmp_path, node("1", "a.ipynb")))
    assert done.returncode == 1 and "LYRE=/nowhere/lyre: this file does not exist" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_the_run_at_once(notebook, tmp_path):
    notebook("print('kept', flush=True)\nopen('on', 'w')\nimport time\ntime.sleep(60)", name="a.ipynb")
    path = pipeline(tmp_path, node("1", "a.ipynb"))
    variables = {"XDG_STATE_HOME": str(tmp_path / "state"), "ELYRA_PROCESSOR_RUNTIMES": "lyre"}
    interrupt("elyra-pipeline", "run", path, folder=tmp_path, **variables)
    assert texts(read(tmp_path / "a.ipynb")) == ["kept\n"]


@pytest.fixture
def server(tmp_path):
    """A Jupyter server with Elyra's extension and Lyre chosen in its configuration; a function that asks it."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "jupyter_elyra_config.py").write_text(
        "c.PipelineProcessorRegistry.runtimes = ['lyre', 'kfp', 'airflow']\nc.LyreProcessor.options = ['--cached']\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        **{f"JUPYTER_{name}_DIR": str(folder) for name in ("CONFIG", "DATA", "RUNTIME")},
    }
    environment.pop("ELYRA_PROCESSOR_RUNTIMES", None)
    log = open(tmp_path / "log", "w")
    process = subprocess.Popen(
        [
            "jupyter",
            "server",
            "--allow-root",
            "--no-browser",
            f"--ServerApp.root_dir={tmp_path}",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.jpserver_extensions={'elyra': True}",
            "--IdentityProvider.token=t",
        ],
        env=environment,
        stdout=log,
        stderr=log,
    )

    def ask(path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}?token=t",
            method="GET" if body is None else "POST",
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def is_ready():
        try:
            return ask("api")[0] == 200
        except OSError:
            return False

    try:
        assert eventually(is_ready, 60), (tmp_path / "log").read_text()
        yield ask
    finally:
        process.terminate()
        process.wait()
        log.close()


def test_run_of_the_editor(notebook, tmp_path, server):
    (tmp_path / "sub").mkdir()
    notebook("open('runs', 'a').write('x')\nprint('done')", name="sub/a.ipynb")
    content = json.loads(pipeline(tmp_path, node("1", "sub/a.ipynb")).read_text())
    content["pipelines"][0]["app_data"].update(name="p", source="p.pipeline", runtime="local", runtime_config=None)
    for _ in range(2):
        assert server("elyra/pipeline/schedule", content) == (200, {"platform": "LOCAL"})
    assert texts(read(tmp_path / "sub" / "a.ipynb")) == ["done\n"]
    assert (tmp_path / "sub" / "runs").read_text() == "x"  # the second time it was unchanged
    log = (tmp_path / "log").read_text()
    for words in (
        "local 'p' - processing pipeline",
        "local 'p':'a' - completed sub/a.ipynb (",
        "unchanged sub/a.ipynb, as in run 1",
        "local 'p' - pipeline processed (",
    ):
        assert words in log, log
    notebook("1/0", name="sub/a.ipynb")
    status, answer = server("elyra/pipeline/schedule", content)
    assert (
        status == 500
        and answer["message"] == "Error processing operation a (a.ipynb) in cell 1: ZeroDivisionError division by zero"
    )
    assert "its output: " in (tmp_path / "log").read_text()
    assert server("elyra/pipeline/components/LOCAL")[0] == 200
