#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: short inputs that reach the readers' code.

Run it after changing it, and commit the files in seeds/. Parts of an input are separated by 0xFF.
"""

import json
import pathlib
import shutil

here = pathlib.Path(__file__).parent
fixtures = here.parent.parent / "Fixtures"


def parts(*texts):
    return b"\xff".join(t if isinstance(t, bytes) else t.encode("utf-8", "surrogatepass") for t in texts)


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def header(kind, **more):
    return compact({"msg_id": "1", "msg_type": kind, "session": "s", "username": "u",
                    "date": "2026-11-23T14:42:49.445020Z", "version": "5.4", **more})


def wire():
    parent = header("execute_request")
    yield parts("topic", "<IDS|MSG>", "", header("stream"), parent, "{}",
                '{"name":"stdout","text":"a\\n"}', b"\x01\x02")
    yield parts("<IDS|MSG>", "0123", header("status", subshell_id="x", more=1), "", "{}", '{"execution_state":"idle"}')
    yield parts("<IDS|MSG>", "", header("execute_reply", date="2026-11-23 14:42+00:00[Etc/UTC]"), parent,
                '{"started":"2026-11-23T14:42:49Z"}',
                '{"status":"error","ename":"E","evalue":"v","traceback":["t"],"execution_count":3,"payload":[]}')
    yield parts("<IDS|MSG>", "", header("display_data"), "{}", "{}",
                '{"data":{"text/plain":["a","b"]},"metadata":{},"transient":{"display_id":"d"}}')
    yield parts("<IDS|MSG>", "", header("kernel_info_reply"), "{}", "{}",
                '{"protocol_version":"5.3","language_info":{"name":"python"},"supported_features":["kernel subshells"]}')
    yield parts("<IDS|MSG>", "", header("input_request"), "{}", "[]", '{"prompt":"p","password":true}')
    yield parts("<IDS|MSG>", "", header("comm_open"), "{}", "{}", '{"comm_id":"c","target_name":"t","data":{}}', b"\x00")


def texts_of_json():
    yield parts('{"b": [1, -0, 1.50, 1E400, 1e-7, NaN, -Infinity], "a": {"é": "\\ud800\\u00e9\\n", "a": null}}',
                '{"a": {"a": 1}, "c": [true, false]}')
    yield parts('{\n  "id": "x",\n  "list": [\n    {"id": "a"},\n    {"id": "b", "v": 1}\n  ]\n}\n',
                '{"id": "y", "list": [{"id": "b", "v": 2}, {"id": "c"}, {"id": "a"}]}')
    yield parts("\ufeff[[], {}, \"\", 0.1000, 123456789012345678901234567890]", "[1, [], {}]")
    yield parts('{"a":1,"a":2,"\\u0061":3}', '{"a":3,"a":1}')
    yield parts('\t"\\u2028\\/\\"😀\x7f"\r\n', "1e400")
    yield parts(b'"\xc3\x28\xed\xa0\x80"')


def terminal():
    samples = ["pip 10%\r\x1b[Kdone\n", "\x1b[31mred\x1b[0m \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n",
               "a\tb\x08\x08c\r\n\x1b[2A\x1b[5Cx\x1b[B\n", "日本é\u0301\r\x1b[3Cx\x1b[1K\x1b[2J\x1b[H",
               "\x1b7\x1b[3;4Habc\x1b8\x1b[2L\x1b[1M\x1b[4@\x1b[3P\x1b[2X\x1b[5b\x1bM\x1bD\x1bE\x1bc",
               "\x1b]0;title", "\x1b[38;2;1;2;3;4;58:5:9m x\x1b[K\n" + "line\n" * 9 + "\x1b[4Fup\x1b[0J"]
    for number, sample in enumerate(samples):
        yield bytes([number, number * 37]) + sample.encode()
    for path in sorted((fixtures / "streams").glob("*.stream")):
        yield b"\x02\x07" + path.read_bytes()[:600].decode(errors="ignore").encode()


def outputs():
    display = compact({"data": {"text/plain": "a", "image/png": "aGk="}, "metadata": {}, "transient": {"display_id": "d"}})
    widget = {"_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel",
              "_model_module_version": "1", "outputs": [], "msg_id": "r0"}
    stream = compact({"name": "stdout", "text": "a\rb\n"})
    yield b"\x00" + parts(b"\x00" + stream.encode(), b"\x01" + display.encode(), b"\x04" + display.encode(),
                          b"\x05" + b'{"wait":true}', b"\x12" + b'{"data":{"text/html":["x"]},"execution_count":1}')
    yield b"\x00" + parts(b"\x06" + compact({"comm_id": "w", "target_name": "jupyter.widget",
                                            "data": {"state": widget, "buffer_paths": [["v"]]}}).encode(),
                          b"\x00" + stream.encode(), b"\x03" + b'{"ename":"E","evalue":"","traceback":[]}',
                          b"\x07" + b'{"comm_id":"w","data":{"state":{"msg_id":""}}}', b"\x08" + b'{"comm_id":"w"}')
    yield b"\x90" + parts(b"\x00" + compact({"name": "stderr", "text": "é" * 90}).encode(), b"\x00" + stream.encode(),
                          b"\x13" + b'{"ename":"E","evalue":"","traceback":["t"]}', b"\x01" + b'{"data":{"a/b":null,"c/d":5,"x/y+json":{}}}')


def journal():
    lines = [{"lyre_journal": 1, "token": "t", "file": None},
             {"cell": 0, "keep": 0, "id": "a", "source": "print(1)", "execution_count": None,
              "outputs": [{"output_type": "stream", "name": "stdout", "text": "a"}]},
             {"cell": 0, "keep": 1, "id": "a", "source": "print(1)", "execution_count": 1, "text": "b",
              "execution": {"x": 1}, "outputs": [{"output_type": "display_data", "data": {}, "metadata": {}}]}]
    text = "".join(compact(line) + "\n" for line in lines)
    stream = [{"output_type": "stream", "name": "stdout", "text": "a"}]
    yield parts(text, compact(stream), compact([]), compact([dict(stream[0], text="ab")]),
                compact([stream[0], {"output_type": "error"}]))
    yield parts(text[:-9])
    yield parts('{"lyre_journal":2}\n')


def cell(**more):
    return {"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {"tags": ["parameters"]},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["a\n", "b"]}], "source": ["x = 1"], **more}


def notebook():
    base = {"cells": [cell(), {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "é\u2028"}],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "P"}}, "nbformat": 4, "nbformat_minor": 5}
    display = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "a\nb", "application/json": [1.50]}}
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["t"]}
    yield b"\x00" + json.dumps(base, indent=1, sort_keys=True).encode() + b"\n"
    yield b"\x0b" + compact({**base, "cells": [cell(outputs=[display, error]), cell(), {"cell_type": "raw", "source": []}]}).encode()
    yield b"\x01" + compact({**base, "nbformat_minor": 2, "cells": [{"cell_type": "code", "source": "a"}]}).encode()
    yield b"\x02" + compact({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "n"}, "worksheets": [{"cells": [
        {"cell_type": "code", "input": ["a\n"], "language": "python", "prompt_number": 1, "collapsed": True, "outputs": [
            {"output_type": "pyout", "text": "a", "png": "eA==", "prompt_number": 1}, {"output_type": "pyerr", "ename": "E"},
            {"output_type": "stream", "stream": "stderr", "text": "x"}]},
        {"cell_type": "heading", "level": 2, "source": "t"}, {"cell_type": "html", "source": "<b>"}]}]}).encode()
    yield b"\x03" + compact({"nbformat": 2, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": "a", "outputs": []}]}]}).encode()
    yield b"\x04" + compact({"cells": [{"cell_type": "code", "code": "a", "prompt_number": 1}, {"cell_type": "text", "text": "b"}]}).encode()


def node(number, **more):
    return {"id": f"n{number}", "type": "execution_node", "op": "execute-notebook-node", "app_data": {
        "component_parameters": {"filename": f"{number}.ipynb", "dependencies": ["*.py"], "outputs": ["out.csv"],
                                 "env_vars": [{"env_var": "A", "value": "1"}], "runtime_image": "i"},
        "label": "", "ui_data": {"label": "l", "x_pos": 1, "y_pos": 2}, "lyre": {"retries": 1}},
        "inputs": [{"id": "inPort", "app_data": {}}], "outputs": [{"id": "outPort"}], **more}


def pipeline():
    def link(source):
        return [{"id": "inPort", "links": [{"id": "l", "node_id_ref": source, "port_id_ref": "outPort"}]}]

    def file(version, nodes, **more):
        data = {"version": version, "properties": {"name": "p", "runtime": "Generic", "pipeline_defaults": {"env_vars": []},
                                                   "pipeline_parameters": [{"name": "x", "default_value": {"type": "Integer", "value": 1}}]},
                "ui_data": {"comments": [{"id": "c", "content": "note", "associated_id_refs": [{"node_ref": "n1"}]}]}}
        return {"doc_type": "pipeline", "version": "3.0", "id": "i", "primary_pipeline": "p",
                "pipelines": [{"id": "p", "nodes": nodes, "app_data": data, "runtime_ref": ""}], "schemas": [], **more}

    yield b"\x00" + json.dumps(file(8, [node(1), node(2, inputs=link("n1"))]), indent=2).encode()
    yield b"\x01" + compact(file(8, [node(1, inputs=link("n2")), node(2, inputs=link("n1"))])).encode()
    old = {"id": "n1", "type": "execution_node", "op": "execute-notebook-node", "app_data": {
        "notebook": "dir/a.ipynb", "docker_image": "i", "vars": ["A=1=2"], "file_dependencies": ["x"],
        "ui_data": {"label": "l"}}, "inputs": [], "outputs": []}
    yield b"\x02" + compact(file(0, [old])).encode()
    superior = {"id": "s", "type": "super_node", "subflow_ref": {"pipeline_id_ref": "q"}, "app_data": {}, "inputs": [], "outputs": [
        {"id": "outPort", "subflow_node_ref": "n1"}]}
    nested = file(7, [superior, node(2, inputs=link("s"))])
    nested["pipelines"].append({"id": "q", "nodes": [node(1)], "app_data": {}})
    yield b"\x40" + compact(nested).encode()
    component = node(3, op="elyra-kfp-examples-catalog:a08014f9252f")
    component["app_data"]["component_parameters"] = {"url": {"activeControl": "StringControl", "StringControl": "u"},
                                                     "kubernetes_tolerations": ["id=k:o:v:e"], "env_vars": ["A=1"]}
    yield b"\x05" + compact(file(6, [component])).encode()


def patterns():
    yield parts("out/*.csv", "out/a.csv")
    yield parts("data-[!a-c]?/**/x[", "data-d1/sub/x[")
    yield parts("../a/./b//c", "b/../c.tar.gz")


def files():
    yield compact({"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "ip": "127.0.0.1",
                   "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "python3",
                   "curve_publickey": "a" * 40, "curve_secretkey": "b" * 40, "jupyter_session": "s"}).encode()
    yield compact({"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}", "{resource_dir}/{x}{"],
                   "display_name": "P", "language": "python", "interrupt_mode": "message",
                   "env": {"A": "${HOME}/$$x$1", "B": 1}, "metadata": {"supported_encryption": ["curve"],
                   "kernel_provisioner": {"provisioner_name": "x"}}, "kernel_protocol_version": "5.5", "more": 1}).encode()


def parameters():
    yield b"\x00" + parts("a: 1\nb: [x, 'y', 1e-7, ~, 0x1F]\nc: &c {d: yes}\ne: {<<: *c, f: 2026-01-01}\ng: |\n  text\n  more\n",
                "x: int = 1  # the number\ny = 'a' # type: str\nz: List[int] = [\n  1, 2]\n")
    yield b"\x01" + parts('{"a": [1, 1e400, "007"], "b": {"c": null}}', "x <- c(1, 2) # numbers\n`a b` <- 'x'\ny = TRUE\n")
    yield b"\x0b" + parts("  -1.50e3 ", "const x = 1; let y = `a`\n")
    yield b"\x00" + parts("nan", 'x = f"{a}" + r\'\\\' + """a\nb"""\nif True:\n  y = 1\n')
    yield b"\x0c" + parts("- !!str 1\n- ? a\n  : b\n- - - z\n", "x = 1e400\ny = -0\n")


def events():
    subject = {"run": "r", "notebook": "a.ipynb"}
    yield b"\x05" + "".join(compact({"event": kind, "time": "2026-11-23T14:42:49.445020Z", "sequence": n + 1, **subject, **more}) + "\n"
                            for n, (kind, more) in enumerate([("run_started", {"version": 2, "cells": 2}),
                                                              ("cell_started", {"cell": 0}), ("output", {"cell": 0, "output": {}}),
                                                              ("warning", {"message": "m"}), ("unknown", {"x": [1]})])).encode()
    yield b"\x01{}\n[1]\n{\"event\":1}\nno"


def lines():
    yield b"\x00" + b"a\rb\r\n\x1b[31mred\x1b[0m\x1b]0;t\x07\x1b[2Jx\n\xc2\x9b1mz\tq\n\xff\xfe\x00 end"
    yield b"\x02" + "日本\r50%\r100%\n\x1b(B\x1b[38;5;1mx".encode()


def edits():
    yield compact([{"op": "add_node", "file": "b.ipynb", "x": 1, "y": 2.5}, {"op": "connect", "source": "a", "target": "$0"},
                   {"op": "make_super_node", "ids": ["a", "$0"], "label": "s"}, {"op": "set_expanded", "id": "$2", "expanded": True},
                   {"op": "ungroup", "id": "$2"}, {"op": "arrange", "direction": "vertical"}]).encode()
    yield compact([{"op": "set_property", "ids": ["a"], "name": "cpu", "value": 1}, {"op": "set_parameters", "parameters": [
                    {"name": "p", "type": "Integer", "default": 1}]}, {"op": "add_comment", "text": "t", "x": 0, "y": 0, "nodes": ["a"]},
                   {"op": "remove", "ids": ["a", "$2"]}, {"op": "clear", "what": "everything"}]).encode()
    copied = compact({"kind": "lyre-pipeline-nodes", "version": 1, "nodes": [node(1)], "comments": [], "flows": []})
    yield copied.encode()
    yield compact([{"op": "paste", "content": copied, "x": 1, "y": 1}]).encode()


targets = {"wire": wire, "json": texts_of_json, "terminal": terminal, "outputs": outputs, "journal": journal,
           "notebook": notebook, "pipeline": pipeline, "patterns": patterns, "files": files,
           "parameters": parameters, "lines": lines, "events": events, "edits": edits}
for name, make in targets.items():
    folder = here / "seeds" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, seed in enumerate(make()):
        (folder / f"{number:02}").write_bytes(seed)
