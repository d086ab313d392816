"""What the task of a component must have of its node."""
import json, os, re

import yaml


def claims(node, found, folder, tasks, components):
    reference = json.loads(node["app_data"].get("component_source") or "{}").get("component_ref", {})
    name = os.path.basename(reference.get("path") or reference.get("component-id") or "")
    for place in components:
        if name and os.path.isfile(os.path.join(place, name)):
            with open(os.path.join(place, name), encoding="utf-8") as file:
                definition = yaml.safe_load(file)
            yield "image", found.container["image"] == definition["implementation"]["container"]["image"]
            made = found.component.get("outputDefinitions", {})
            keys = set(made.get("parameters", {})) | set(made.get("artifacts", {}))
            yield "outputs", keys == {key_of(output["name"]) for output in definition.get("outputs") or []}
            break
    inputs = found.task.get("inputs", {})
    given = {**inputs.get("parameters", {}), **inputs.get("artifacts", {})}
    for name, item in node["app_data"]["component_parameters"].items():
        if not isinstance(item, dict) or item.get("widget") is None or item.get("value") in (None, ""):
            continue
        value, made = item["value"], given.get(key_of(name), given.get(key_of(name.removeprefix("elyra_")), {}))
        if item["widget"] == "parameter":
            holds = made == {"componentInputParameter": value}
        elif item["widget"] == "inputpath":
            source = made.get("taskOutputParameter") or made.get("taskOutputArtifact") or {}
            option = key_of(re.sub("^(elyra_|output_)+", "", value.get("option", "")))
            holds = source.get("producerTask") == tasks.get(value.get("value")) and option in source.values()
        else:
            constant = made.get("runtimeValue", {}).get("constant")
            if item["widget"] == "file":
                with open(os.path.join(folder, value), encoding="utf-8") as file:
                    value = file.read()
            holds = made == {} or constant == value or str(constant) == str(value) or isinstance(value, str) and constant == yaml.safe_load(value)
            if made == {}:
                # The default of the component has the same effect as none.
                holds = str(value) in ("{}", "[]", "0", "0.0", "False")
        yield f"input {name}", holds


def key_of(name):
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
