"""Elyra's parsed pipelines as documents that `lyre pipeline run` reads, and failures in Elyra's words."""

from __future__ import annotations

import os
from typing import Any, Dict

from ._results import BAD, Event


def document(pipeline: Any, root_dir: str) -> Dict[str, Any]:
    """A pipeline as a document of version 8, with absolute paths of files."""
    nodes = [_node(operation, root_dir) for operation in pipeline.operations.values()]
    return {
        "doc_type": "pipeline",
        "version": "3.0",
        "json_schema": "http://api.dataplatform.ibm.com/schemas/"
        "common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json",
        "id": "elyra-auto-generated-pipeline",
        "primary_pipeline": "primary",
        "schemas": [],
        "pipelines": [
            {
                "id": "primary",
                "nodes": nodes,
                "runtime_ref": "",
                "app_data": {
                    "ui_data": {"comments": []},
                    "version": 8,
                    "properties": {"name": pipeline.name, "runtime": "Generic"},
                },
            }
        ],
    }


def _node(operation: Any, root_dir: str) -> Dict[str, Any]:
    links = [
        {"id": f"{operation.id}-{parent}", "node_id_ref": parent, "port_id_ref": "outPort"}
        for parent in operation.parent_operation_ids
    ]
    return {
        "id": operation.id,
        "type": "execution_node",
        "op": operation.classifier,
        "app_data": {
            "label": operation.name,
            "ui_data": {"label": operation.name},
            "component_parameters": {
                "filename": os.path.join(os.path.normpath(root_dir), os.path.normpath(operation.filename)),
                "runtime_image": operation.runtime_image,
                "dependencies": list(operation.dependencies or []),
                "include_subdirectories": bool(operation.include_subdirectories),
                "outputs": list(operation.outputs or []),
                "env_vars": [{"env_var": name, "value": value} for name, value in operation.env_vars.to_dict().items()],
            },
        },
        "inputs": [{"id": "inPort", "app_data": {}, "links": links} if links else {"id": "inPort", "app_data": {}}],
        "outputs": [{"id": "outPort", "app_data": {}}],
    }


def failure(event: Event, file: str) -> str:
    """Why a node failed, as in Elyra: `(a.ipynb) in cell 2: NameError name 'x' is not defined`, or `(a.py): why`."""
    name = os.path.basename(file)
    for cell in event.get("cell_list") or []:
        error = cell.get("error")
        if error and cell.get("status") in BAD and not error.get("allowed"):
            return f"({name}) in cell {cell.get('execution_count')}: {error.get('ename')} {error.get('evalue')}"
    return f"({name}): {event.get('message') or event['status'].replace('_', ' ')}"
