"""What an exported file must have, property by property: from the source, not from what Elyra makes of it."""
import json, math, os, re, tarfile

import yaml

import component_properties

NOTHING = (None, "", "None", 0)
TYPES = {"String": "STRING", "Integer": "NUMBER_INTEGER", "Float": "NUMBER_DOUBLE", "Bool": "BOOLEAN"}


def claims(path, text, messages, archives, components):
    """Pairs of a property and whether the file has it."""
    with open(path, encoding="utf-8") as file:
        source = json.load(file)
    primary = next(flow for flow in source["pipelines"] if flow["id"] == source["primary_pipeline"])
    if int(primary["app_data"].get("version", 0)) < 8:
        return  # Older files have other forms of the same properties.
    exported = Exported(text)
    yield from of_pipeline(source, primary, exported)
    nodes = [node for flow in source["pipelines"] for node in flow["nodes"] if node["type"] == "execution_node"]
    tasks = exported.match(nodes)
    yield "every node is one task", len(tasks) == len(nodes) == len(exported.tasks)
    folder = os.path.dirname(os.path.abspath(path))
    defaults = primary["app_data"].get("properties", {}).get("pipeline_defaults") or {}
    for node in nodes:
        if node["id"] in tasks:
            found = Task(exported, tasks[node["id"]])
            for what, holds in of_node(node, defaults, found, messages, archives, folder, tasks, components):
                yield f"{label(node)}: {what}", holds
    # The links of super nodes lead to ports.
    if len(source["pipelines"]) == 1:
        yield from of_order(primary, nodes, tasks, exported)


class Exported:
    """The documents of a file."""

    def __init__(self, text):
        documents = list(yaml.safe_load_all(text))
        self.spec = documents[0]
        self.pods = documents[1]["platforms"]["kubernetes"]["deploymentSpec"]["executors"] if len(documents) > 1 else {}
        self.tasks = self.spec["root"]["dag"]["tasks"]

    def match(self, nodes):
        """The name of the task of each node, by its id."""
        found, free = {}, {}
        for name in self.tasks:
            description = Task(self, name).description
            if description:
                found[description["subject"]["node"]] = name
            else:
                free.setdefault(self.tasks[name]["taskInfo"]["name"], []).append(name)
        for node in nodes:
            if node["id"] not in found and free.get(label(node)):
                found[node["id"]] = free[label(node)].pop(0)
        return {node["id"]: found[node["id"]] for node in nodes if node["id"] in found}


class Task:
    """A task with its container and pod."""

    def __init__(self, exported, name):
        self.task = exported.tasks[name]
        self.component = exported.spec["components"][self.task["componentRef"]["name"]]
        executor = self.component["executorLabel"]
        self.container = exported.spec["deploymentSpec"]["executors"][executor]["container"]
        self.pod = exported.pods.get(executor, {})
        arguments = self.container.get("args", [])
        self.description = json.loads(arguments[arguments.index("--json") + 1]) if "--json" in arguments else None


def label(node):
    data = node["app_data"]
    return data.get("label") or data.get("ui_data", {}).get("label") or os.path.basename(data["component_parameters"].get("filename", ""))


def of_pipeline(source, primary, exported):
    properties = primary["app_data"].get("properties", {})
    text = exported.spec["pipelineInfo"].get("description", "")
    yield "the description", (properties.get("description") or "") in text
    ids = {node["id"] for flow in source["pipelines"] for node in flow["nodes"] if node["type"] == "execution_node"}
    notes = [pod.get("podMetadata", {}).get("annotations", {}).get("elyra/node-user-doc", "") for pod in exported.pods.values()]
    for flow in source["pipelines"]:
        for comment in flow["app_data"].get("ui_data", {}).get("comments") or []:
            content = comment.get("content") or ""
            targets = [link.get("node_ref") for link in comment.get("associated_id_refs") or []]
            there = any(content in note for note in notes) if ids & set(targets) else content in text
            yield f"the comment {content[:30]!r}", there
    found = exported.spec["root"].get("inputDefinitions", {}).get("parameters", {})
    for parameter in properties.get("pipeline_parameters") or []:
        name, given = parameter["name"], parameter.get("default_value") or {}
        definition = found.get(name, {})
        yield f"the type of parameter {name}", definition.get("parameterType") == TYPES[given.get("type", "String")]
        # A value that somebody has given in the editor replaces the default.
        value = given.get("value") if parameter.get("value") in (None, "") else parameter["value"]
        same = value is None or str(definition.get("defaultValue")) == str(value) or definition.get("defaultValue") == value
        yield f"the default of parameter {name}", same and (value is not None or "defaultValue" not in definition)
        yield f"whether parameter {name} is required", definition.get("isOptional", False) == (value is not None or not parameter.get("required", False))
        yield f"the description of parameter {name}", definition.get("description", "") == (parameter.get("description") or "")


def of_node(node, defaults, found, messages, archives, folder, tasks, components):
    properties = node["app_data"]["component_parameters"]
    is_generic = "filename" in properties and node["op"].startswith("execute-")
    yield "label", found.task["taskInfo"]["name"] == label(node)
    if is_generic:
        yield from of_file(node["op"], properties, defaults, found, archives, os.path.join(folder, os.path.dirname(properties["filename"])))
    else:
        yield from component_properties.claims(node, found, folder, tasks, components)
    yield from of_pod(properties, defaults, found.pod, messages)
    yield from of_lyre(node["app_data"].get("lyre") or {}, found)
    caching = properties.get("disable_node_caching")
    if caching in NOTHING and not is_generic:
        caching = defaults.get("disable_node_caching")
    is_cached = str(caching) == "False" if is_generic else str(caching) != "True"
    yield "caching", found.task["cachingOptions"] == ({"enableCache": True} if is_cached else {})


def items(properties, defaults, name, *keys):
    merged = {}
    for item in (defaults.get(name) or []) + (properties.get(name) or []):
        if isinstance(item, dict):
            merged[tuple(item.get(key) for key in keys)] = item
    return [item for item in merged.values() if all(str(item.get(key) or "").strip() for key in keys[:1])]


def whole(value):
    return str(int(value)) if float(value) == int(value) else str(float(value))


def of_file(operation, properties, defaults, found, archives, folder):
    container, description = found.container, found.description
    yield "image", container["image"] == (properties.get("runtime_image") or defaults.get("runtime_image"))
    yield "file", os.path.basename(description["node"]["file"]) == os.path.basename(properties["filename"])
    variables = {item["name"]: item["value"] for item in container.get("env", [])}
    hidden = {item["env_var"] for item in items(properties, defaults, "kubernetes_secrets", "env_var")}
    for item in items(properties, defaults, "env_vars", "env_var"):
        if str(item.get("value") or "") and item["env_var"] not in hidden:
            yield f"variable {item['env_var']}", variables.get(item["env_var"].strip()) == str(item["value"])
    secrets = {(key["envVar"], secret["secretName"], key["secretKey"]) for secret in found.pod.get("secretAsEnv", []) for key in secret["keyToEnv"]}
    for item in items(properties, defaults, "kubernetes_secrets", "env_var"):
        yield f"secret {item['env_var']}", (item["env_var"], item["name"], item["key"]) in secrets and item["env_var"] not in variables
    resources = container.get("resources", {})
    for name, key, unit in [("cpu", "resourceCpuRequest", ""), ("cpu_limit", "resourceCpuLimit", ""), ("memory", "resourceMemoryRequest", "G"),
                            ("memory_limit", "resourceMemoryLimit", "G")]:
        if properties.get(name) not in NOTHING:
            yield name, resources.get(key) == whole(properties[name]) + unit
    if properties.get("gpu") not in NOTHING:
        wanted = {"resourceCount": whole(properties["gpu"]), "resourceType": properties.get("gpu_vendor") or "nvidia.com/gpu"}
        yield "gpu", resources.get("accelerator") == wanted
    for name in properties.get("pipeline_parameters") or []:
        yield f"parameter {name}", found.task["inputs"]["parameters"].get(name) == {"componentInputParameter": name}
        yield f"parameter {name} of the program", name in description["node"]["pipeline_parameters"] and name in description["node"]["parameters"]
    yield "outputs", description["outputs"]["patterns"] == [text.strip() for text in properties.get("outputs") or [] if text.strip()]
    artifacts = {"metrics", "mlpipeline_ui_metadata"} | ({"notebook", "notebook_html"} if operation == "execute-notebook-node" else set())
    yield "artifacts", set(found.component.get("outputDefinitions", {}).get("artifacts", {})) == artifacts
    place = description["files"][0]["archive"].removeprefix("s3://bucket/")
    with tarfile.open(os.path.join(archives, place)) as archive:
        names = ["/" + os.path.normpath(name) for name in archive.getnames()]
    yield "file in the archive", "/" + os.path.normpath(description["node"]["file"]) in names
    for text in properties.get("dependencies") or []:
        # Others are made by the nodes before it.
        if text.strip() and os.path.exists(os.path.join(folder, text.strip())):
            end = "/" + re.sub(r"^(\.\./)+", "", os.path.normpath(text.strip()))
            yield f"dependency {text}", any(name.endswith(end) or f"{end}/" in name for name in names)


def of_pod(properties, defaults, pod, messages):
    volumes = {(mount["mountPath"], mount["constant"], mount.get("subPath", "")) for mount in pod.get("pvcMount", [])}
    for item in items(properties, defaults, "mounted_volumes", "path"):
        path = item["path"].strip()
        path = path if path.startswith("/") else "/" + path
        yield f"volume {path}", (path, item["pvc_name"], item.get("sub_path") or "") in volumes
        if str(item.get("read_only")).lower() == "true":
            yield f"a warning that volume {path} is not read-only", f"the volume '{item['pvc_name']}' at {path} is mounted for reading and writing" in messages
    for name, key in [("kubernetes_pod_labels", "labels"), ("kubernetes_pod_annotations", "annotations")]:
        for item in items(properties, defaults, name, "key"):
            yield f"{name} {item['key']}", pod.get("podMetadata", {}).get(key, {}).get(item["key"]) == (item.get("value") or "")
    tolerations = [{key: text for key, text in entry.items() if text} for entry in pod.get("tolerations", [])]
    for item in (defaults.get("kubernetes_tolerations") or []) + (properties.get("kubernetes_tolerations") or []):
        yield "toleration", {key: item[key] for key in ("key", "operator", "value", "effect") if item.get(key)} in tolerations
    memory = properties.get("kubernetes_shared_mem_size") or defaults.get("kubernetes_shared_mem_size") or {}
    if memory.get("size"):
        mounts = [mount for mount in pod.get("emptyDirMounts", []) if mount["mountPath"] == "/dev/shm"]
        yield "shared memory", bool(mounts) and mounts[0]["sizeLimit"] == whole(memory["size"]) + (memory.get("units") or "G")


def of_lyre(lyre, found):
    """Lyre's own properties."""
    pod, retry = found.pod, found.task.get("retryPolicy", {})
    if "timeout" in lyre:
        yield "time limit", pod.get("activeDeadlineSeconds") == str(math.ceil(lyre["timeout"]))
        if found.description:
            yield "time limit of the program", found.description["node"].get("limit_seconds") == lyre["timeout"]
    if lyre.get("retries"):
        delay = float(lyre.get("retry_delay", 0))
        yield "retries", retry.get("maxRetryCount") == lyre["retries"] and float(retry["backoffDuration"].removesuffix("s")) == delay
    if "node_selector" in lyre:
        yield "node selector", pod.get("nodeSelector") == {"labels": lyre["node_selector"]}
    for term in lyre.get("node_affinity") or []:
        wanted = [{key: value for key, value in expression.items() if value} for expression in term["expressions"]]
        yield "node affinity", any(made["matchExpressions"] == wanted and made.get("weight") == term.get("weight") for made in pod.get("nodeAffinity", []))
    if "image_pull_policy" in lyre:
        yield "pull policy", pod.get("imagePullPolicy") == lyre["image_pull_policy"]
    if "image_pull_secret" in lyre:
        yield "pull secret", lyre["image_pull_secret"] in [secret["secretName"] for secret in pod.get("imagePullSecret", [])]


def of_order(flow, nodes, tasks, exported):
    """Which task waits for which, and which outputs it gets."""
    ids = {node["id"] for node in nodes}
    parents = {node["id"]: {link["node_id_ref"] for port in node.get("inputs") or [] for link in port.get("links") or []} & ids for node in nodes}

    def ancestors(id):
        found, waiting = set(), list(parents[id])
        while waiting:
            next = waiting.pop()
            if next not in found:
                found.add(next)
                waiting += parents[next]
        return found

    outputs = {node["id"]: [text.strip() for text in node["app_data"]["component_parameters"].get("outputs") or [] if text.strip()]
               if node["op"].startswith("execute-") else [] for node in nodes}
    for node in nodes:
        if node["id"] not in tasks:
            continue
        found = Task(exported, tasks[node["id"]])
        yield f"{label(node)}: nodes before it", set(found.task.get("dependentTasks", [])) == {tasks[id] for id in parents[node["id"]] if id in tasks}
        if found.description:
            wanted = {text for id in ancestors(node["id"]) for text in outputs[id]}
            yield f"{label(node)}: files of the nodes before it", set(found.description.get("inputs", {}).get("patterns", [])) == wanted
