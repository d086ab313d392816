"""A strict check of the files for Kubeflow Pipelines: what the SDK's loader, the API server and its compiler for Argo demand of them."""
import re

import yaml
from google.protobuf import json_format
from kfp import compiler, components
from kfp.dsl.types import artifact_types
from kfp.kubernetes import kubernetes_executor_config_pb2
from kfp.pipeline_spec import pipeline_spec_pb2

NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def problems(path, scratch):
    """All problems of a file; `scratch` is a name for the file that the SDK's own compiler writes."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    documents = [document for document in yaml.safe_load_all(text) if document]
    specs = [document for document in documents if "pipelineInfo" in document]
    platforms = [document for document in documents if "platforms" in document]
    if len(specs) != 1 or len(platforms) > 1 or len(documents) != len(specs) + len(platforms):
        return ["a file has one document with a pipeline, and at most one with platforms"]
    found = []
    spec = parse(specs[0], pipeline_spec_pb2.PipelineSpec(), "the pipeline", found)
    # The loader takes the deployment for any structure; the server does not.
    deployment = parse(specs[0].get("deploymentSpec", {}), pipeline_spec_pb2.PipelineDeploymentConfig(), "deploymentSpec", found)
    if spec is None or deployment is None:
        return found
    check_head(spec, found)
    for name, component in spec.components.items():
        if component.WhichOneof("implementation") == "executor_label" and component.executor_label not in deployment.executors:
            found.append(f"{name}: there is no executor {component.executor_label}")
        if component.WhichOneof("implementation") == "dag":
            check_graph(name, component, spec, found)
    check_graph("root", spec.root, spec, found)
    for name, executor in deployment.executors.items():
        check_container(name, executor.container, spec, found)
    for platform in platforms:
        check_platform(platform, deployment, found)
    if not found:
        try:
            component = components.load_component_from_file(path)
            compiler.Compiler().compile(component, scratch)
            again = components.load_component_from_file(scratch)
            if again.pipeline_spec != component.pipeline_spec or again.platform_spec != component.platform_spec:
                found.append("the SDK's compiler changes it")
        except Exception as error:  # Whatever the SDK raises is a problem of the file.
            found.append(f"the SDK: {error!r}")
    return found


def parse(value, message, what, found):
    """The typed message; unknown fields are errors, as on the server."""
    try:
        return json_format.ParseDict(value, message)
    except json_format.ParseError as error:
        found.append(f"{what}: {error}")
        return None


def check_head(spec, found):
    if spec.schema_version != "2.1.0":
        found.append(f"schemaVersion {spec.schema_version!r}")
    if not NAME.fullmatch(spec.pipeline_info.name):
        found.append(f"pipelineInfo.name {spec.pipeline_info.name!r}")
    if not spec.HasField("root"):
        found.append("there is no root")


def check_graph(where, parent, spec, found):
    tasks, waits = parent.dag.tasks, {}
    for name, task in tasks.items():
        place = f"{where}.{name}"
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name) or len(name) > 63:
            found.append(f"{place}: not a name for Kubernetes")
        component = spec.components.get(task.component_ref.name)
        if component is None:
            found.append(f"{place}: there is no component {task.component_ref.name!r}")
            continue
        waits[name] = set(task.dependent_tasks)
        inputs, types = component.input_definitions, parent.input_definitions.parameters
        for key, value in task.inputs.parameters.items():
            if key not in inputs.parameters:
                found.append(f"{place}: unknown input {key}")
            kind = value.WhichOneof("kind")
            if kind == "component_input_parameter":
                source = types.get(value.component_input_parameter)
                if source is None:
                    found.append(f"{place}.{key}: there is no parameter {value.component_input_parameter}")
                elif key in inputs.parameters and source.parameter_type != inputs.parameters[key].parameter_type:
                    found.append(f"{place}.{key}: its type is not that of the parameter")
            elif kind == "task_output_parameter":
                source = value.task_output_parameter
                waits[name].add(source.producer_task)
                check_source(place, source.producer_task, "parameters", source.output_parameter_key, tasks, spec, found)
            elif kind is None:
                found.append(f"{place}.{key}: no value")
        for key, value in task.inputs.artifacts.items():
            if key not in inputs.artifacts:
                found.append(f"{place}: unknown input {key}")
            source = value.task_output_artifact
            waits[name].add(source.producer_task)
            check_source(place, source.producer_task, "artifacts", source.output_artifact_key, tasks, spec, found)
        for key, definition in inputs.parameters.items():
            if key not in task.inputs.parameters and not definition.is_optional and not definition.HasField("default_value"):
                found.append(f"{place}: the input {key} has no value")
        for key, definition in inputs.artifacts.items():
            if key not in task.inputs.artifacts and not definition.is_optional:
                found.append(f"{place}: the input {key} has no file")
        for other in waits[name] - set(tasks):
            found.append(f"{place}: there is no task {other!r}")
    done = set()
    while ready := {name for name, others in waits.items() if name not in done and others <= done | (others - set(tasks))}:
        done |= ready
    if set(waits) - done:
        found.append(f"{where}: a cycle of {sorted(set(waits) - done)}")


def check_source(place, task, kind, key, tasks, spec, found):
    if task not in tasks:
        return
    outputs = spec.components[tasks[task].component_ref.name].output_definitions
    if key not in getattr(outputs, kind):
        found.append(f"{place}: {task} has no output {key} among its {kind}")


def check_container(name, container, spec, found):
    if not container.image:
        found.append(f"{name}: no image")
    owner = [component for component in spec.components.values() if component.executor_label == name]
    if len(owner) != 1:
        found.append(f"{name}: not of one component")
        return
    for side in (owner[0].input_definitions, owner[0].output_definitions):
        for key, artifact in side.artifacts.items():
            if artifact.artifact_type.schema_title not in artifact_types._SCHEMA_TITLE_TO_TYPE:
                found.append(f"{name}: {key} is of no type that is known: {artifact.artifact_type.schema_title!r}")
    texts = list(container.command) + list(container.args)
    ports = {"inputs": owner[0].input_definitions, "outputs": owner[0].output_definitions}
    for text in texts:
        for side, kind, key in re.findall(r"\{\{\$\.(inputs|outputs)\.(parameters|artifacts)\['([^']*)'\]", text):
            if key not in getattr(ports[side], kind):
                found.append(f"{name}: {side}.{kind}[{key}] is not defined")
    if any("{{$.pipeline_" in text for text in texts):
        found.append(f"{name}: names of the run are replaced in inputs only")
    for variable in container.env:
        if "{{$" in variable.value:
            found.append(f"{name}: {variable.name}: variables are not replaced")


def check_platform(platform, deployment, found):
    parse(platform, pipeline_spec_pb2.PlatformSpec(), "the platforms", found)
    executors = platform["platforms"].get("kubernetes", {}).get("deploymentSpec", {}).get("executors", {})
    if set(platform["platforms"]) != {"kubernetes"}:
        found.append("a platform other than kubernetes")
    for name, value in executors.items():
        if name not in deployment.executors:
            found.append(f"platform: there is no executor {name}")
        parse(value, kubernetes_executor_config_pb2.KubernetesExecutorConfig(), f"platform {name}", found)
