"""Pipelines in Elyra's format for the benchmarks."""
import json
import os

OPERATIONS = {".ipynb": "execute-notebook-node", ".py": "execute-python-node"}


def node(file, parents=(), name=None, image="any/image:1", **properties):
    """A node that runs a file; its id is the name, or else that of the file without its extension."""
    stem, extension = os.path.splitext(file)
    name = name or stem
    links = [{"id": f"l{name}-{parent}", "node_id_ref": parent, "port_id_ref": "outPort"} for parent in parents]
    return {
        "id": name, "type": "execution_node", "op": OPERATIONS.get(extension, "execute-script-node"),
        "app_data": {
            "component_parameters": {"filename": file, "runtime_image": image, **properties},
            "label": "", "ui_data": {"label": file},
        },
        "inputs": [{"id": "inPort", "links": links}], "outputs": [{"id": "outPort"}],
    }


def document(name, nodes):
    """A pipeline."""
    flow = {"id": "primary", "nodes": nodes, "runtime_ref": "",
            "app_data": {"version": 8, "ui_data": {"comments": []}, "properties": {"name": name, "runtime": "Generic"}}}
    return {"doc_type": "pipeline", "version": "3.0", "id": name, "primary_pipeline": "primary", "pipelines": [flow], "schemas": []}


def write(folder, name, nodes):
    """Writes the pipeline NAME.pipeline to a folder."""
    with open(os.path.join(folder, f"{name}.pipeline"), "w") as file:
        json.dump(document(name, nodes), file)
