"""Every pipeline that is valid is exported, accepted by Kubeflow's own code, and has all properties of its source."""
import json, os, subprocess, tempfile

import yaml

import ir

# What a faulty file looks like: each change must be noticed, or the check would prove nothing.
MUTANTS = [
    ("schemaVersion: '2.1.0'", "schemaVersion: '2.2.0'"), ("componentRef:", "componentReference:"), ("executorLabel: exec-", "executorLabel: no-"),
    ("name: comp-", "name: gone-"), ("      container:", "      containers:"), ("mountPath:", "mountedAt:"), ("dependentTasks:\n", "dependentTasks:\n        - gone\n"),
    ("parameters[''lyre_run'']", "parameters[''gone'']"), ("lyre_run:\n", "lyre_walk:\n"), ("image: ", "pictures: "),
]


def pipelines(folders):
    for folder in folders:
        for place, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.endswith(".pipeline"):
                    yield os.path.join(place, name)


class Exports:
    def __init__(self, lyre, components, report):
        self.lyre, self.components, self.report = lyre, components, report
        self.scratch = tempfile.mkdtemp(prefix="lyre-exports-")

    def export(self, path, *options):
        target = os.path.join(self.scratch, "out.yaml")
        command = [self.lyre, "pipeline", "export", path, "--to", "kfp", "--bucket", "bucket", "--endpoint", "http://storage:9000", "--secret", "s3",
                   "--overwrite", "-o", target, *options]
        for folder in self.components:
            command += ["--components", folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done, target

    def check(self, path):
        done, target = self.export(path)
        if done.returncode == 2:
            # A message says why; a trap or a stack trace would have another code.
            self.report(path, "error:" in done.stderr, f"refused without a reason: {done.stderr}")
            return False
        if not self.report(path, done.returncode == 0, done.stderr):
            return False
        found = ir.problems(target, os.path.join(self.scratch, "again.yaml"))
        self.report(path, not found, found)
        with open(target, encoding="utf-8") as file:
            first = file.read()
        self.export(path)
        with open(target, encoding="utf-8") as file:
            self.report(path, file.read() == first, "the second export differs")
        self.compare(path, first)
        return True

    def compare(self, path, text):
        """Property by property, against the source and not against what Elyra makes of it."""
        documents = list(yaml.safe_load_all(text))
        spec, pods = documents[0], {}
        if len(documents) > 1:
            pods = documents[1]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
        tasks = {}
        for name, task in spec["root"]["dag"]["tasks"].items():
            label = spec["components"][task["componentRef"]["name"]]["executorLabel"]
            tasks.setdefault(task["taskInfo"]["name"], []).append((task, spec["deploymentSpec"]["executors"][label]["container"], pods.get(label, {})))
        with open(path, encoding="utf-8") as file:
            source = json.load(file)
        primary = next(flow for flow in source["pipelines"] if flow["id"] == source["primary_pipeline"])
        if int(primary["app_data"].get("version", 0)) < 8:
            return  # Older files have other forms of the same properties.
        defaults = primary["app_data"]["properties"].get("pipeline_defaults", {})
        for flow in source["pipelines"]:
            for node in flow["nodes"]:
                if node["type"] == "execution_node":
                    self.compare_node(path, node, defaults, tasks)

    def compare_node(self, path, node, defaults, tasks):
        data, properties = node["app_data"], node["app_data"]["component_parameters"]
        label = data.get("label") or data.get("ui_data", {}).get("label") or os.path.basename(properties.get("filename", ""))
        is_generic = "filename" in properties and node["op"].startswith("execute-")
        others = []
        for task, container, pod in tasks.get(label, []):
            missing = [name for name, holds in self.claims(properties, defaults, is_generic, task, container, pod) if not holds]
            if not missing:
                return
            others.append(missing)
        self.report(path, False, f"{label}: {others or 'there is no such task'}")

    def claims(self, properties, defaults, is_generic, task, container, pod):
        def items(name, *keys):
            merged = {}
            for item in defaults.get(name) or []:
                merged[tuple(item.get(key) for key in keys)] = item
            for item in properties.get(name) or []:
                if isinstance(item, dict):
                    merged[tuple(item.get(key) for key in keys)] = item
            return [item for item in merged.values() if all(str(item.get(key) or "").strip() for key in keys[:1])]

        def whole(value):
            return str(int(value)) if float(value) == int(value) else str(float(value))

        variables = {item["name"]: item["value"] for item in container.get("env", [])}
        secrets = {(key["envVar"], secret["secretName"], key["secretKey"]) for secret in pod.get("secretAsEnv", []) for key in secret["keyToEnv"]}
        if is_generic:
            yield "image", container["image"] == (properties.get("runtime_image") or defaults.get("runtime_image"))
            hidden = {item["env_var"] for item in items("kubernetes_secrets", "env_var")}
            for item in items("env_vars", "env_var"):
                if str(item.get("value") or "") and item["env_var"] not in hidden:
                    yield f"variable {item['env_var']}", variables.get(item["env_var"].strip()) == str(item["value"])
            for item in items("kubernetes_secrets", "env_var"):
                yield f"secret {item['env_var']}", (item["env_var"], item["name"], item["key"]) in secrets
            resources = container.get("resources", {})
            for name, key, unit in [("cpu", "resourceCpuRequest", ""), ("cpu_limit", "resourceCpuLimit", ""), ("memory", "resourceMemoryRequest", "G"),
                                    ("memory_limit", "resourceMemoryLimit", "G")]:
                if properties.get(name) not in (None, "", "None", 0):
                    yield name, resources.get(key) == whole(properties[name]) + unit
            if properties.get("gpu") not in (None, "", "None", 0):
                wanted = {"resourceCount": whole(properties["gpu"]), "resourceType": properties.get("gpu_vendor") or "nvidia.com/gpu"}
                yield "gpu", resources.get("accelerator") == wanted
            for name in properties.get("pipeline_parameters") or []:
                yield f"parameter {name}", task["inputs"]["parameters"][name] == {"componentInputParameter": name}
            description = json.loads(container["args"][container["args"].index("--json") + 1])
            outputs = [text.strip() for text in properties.get("outputs") or [] if text.strip()]
            yield "outputs", description["outputs"]["patterns"] == outputs
        volumes = {(mount["mountPath"], mount["constant"], mount.get("subPath", "")) for mount in pod.get("pvcMount", [])}
        for item in items("mounted_volumes", "path"):
            path = item["path"].strip()
            yield f"volume {path}", (path if path.startswith("/") else "/" + path, item["pvc_name"], item.get("sub_path") or "") in volumes
        for name, key in [("kubernetes_pod_labels", "labels"), ("kubernetes_pod_annotations", "annotations")]:
            for item in items(name, "key"):
                yield f"{name} {item['key']}", pod.get("podMetadata", {}).get(key, {}).get(item["key"]) == (item.get("value") or "")
        tolerations = [{key: text for key, text in entry.items() if text} for entry in pod.get("tolerations", [])]
        for item in (defaults.get("kubernetes_tolerations") or []) + (properties.get("kubernetes_tolerations") or []):
            yield "toleration", {key: item[key] for key in ("key", "operator", "value", "effect") if item.get(key)} in tolerations
        memory = properties.get("kubernetes_shared_mem_size") or defaults.get("kubernetes_shared_mem_size") or {}
        if memory.get("size"):
            mounts = [mount for mount in pod.get("emptyDirMounts", []) if mount["mountPath"] == "/dev/shm"]
            yield "shared memory", mounts and mounts[0]["sizeLimit"] == whole(memory["size"]) + (memory.get("units") or "G")

    def mutants(self, path):
        """The check notices faults."""
        done, target = self.export(path)
        with open(target, encoding="utf-8") as file:
            text = file.read()
        for old, new in MUTANTS:
            if not self.report(path, old in text, f"the file for mutants has no {old!r}"):
                continue
            changed = os.path.join(self.scratch, "mutant.yaml")
            with open(changed, "w", encoding="utf-8") as file:
                file.write(text.replace(old, new, 1))
            try:
                found = ir.problems(changed, os.path.join(self.scratch, "again.yaml"))
            except Exception as error:  # The SDK may fail in any way.
                found = [repr(error)]
            self.report(path, bool(found), f"{old!r} → {new!r} was not noticed")
