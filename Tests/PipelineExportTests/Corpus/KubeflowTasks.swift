import JSONCore
import PipelineExport
import Pipelines
import YAMLReading

/// The tasks in a file for Kubeflow Pipelines, read from its text.
struct KubeflowTasks {
  private let spec: JSONValue
  private let pods: JSONValue
  private let findings: [Finding]

  init(_ text: String, _ findings: [Finding]) throws {
    var documents: [JSONValue] = []
    for document in text.split(separator: "\n---\n") {
      documents.append(try JSONValue(parsingYAML: String(document)) ?? .null)
    }
    spec = documents[0]
    pods =
      documents.count > 1
      ? documents[1]["platforms"]?["kubernetes"]?["deploymentSpec"]?["executors"] ?? [:] : [:]
    self.findings = findings
  }

  private var tasks: JSONObject { spec["root"]?["dag"]?["tasks"]?.object ?? [:] }

  /// The pipeline's own properties.
  var properties: Properties {
    var found: Properties = [
      "description": spec["pipelineInfo"]?["description"] ?? ""
    ]
    let types = [
      "STRING": "String", "NUMBER_INTEGER": "Integer", "NUMBER_DOUBLE": "Float", "BOOLEAN": "Bool",
    ]
    for member in spec["root"]?["inputDefinitions"]?["parameters"]?.object ?? [:] {
      let (name, definition) = (member.key.string, member.value)
      found["type of parameter \(name)"] = .init(
        types[definition["parameterType"]?.string ?? ""] ?? "none")
      if let value = definition["defaultValue"] {
        found["default of parameter \(name)"] = .init(SourceNode.text(value))
      }
      found["parameter \(name) is required"] = .init(definition["isOptional"]?.bool != true)
      found["description of parameter \(name)"] = definition["description"]
    }
    return found
  }

  /// The tasks: by their names, with the nodes' ids where they have them.
  var all: [CompiledTask] {
    tasks.map { member in
      let task = member.value
      let component = spec["components"]?[task["componentRef"]?["name"]?.string ?? ""] ?? [:]
      let executor = component["executorLabel"]?.string ?? ""
      return CompiledTask(
        name: member.key.string,
        parents: Set((task["dependentTasks"]?.array ?? []).compactMap(\.string)),
        description: description(executor),
        documentation: pods[executor]?["podMetadata"]?["annotations"]?["elyra/node-user-doc"]?
          .string ?? "",
        properties: properties(task, executor))
    }
  }

  private func container(_ executor: String) -> JSONValue {
    spec["deploymentSpec"]?["executors"]?[executor]?["container"] ?? [:]
  }

  private func description(_ executor: String) -> JSONValue? {
    let arguments = container(executor)["args"]?.array ?? []
    guard let place = arguments.firstIndex(of: "--json"), place + 1 < arguments.count else {
      return nil
    }
    return try? JSONValue(parsing: Array((arguments[place + 1].string ?? "").utf8))
  }

  private func properties(_ task: JSONValue, _ executor: String) -> Properties {
    let (container, pod) = (container(executor), pods[executor] ?? [:])
    let isGeneric = description(executor) != nil
    var found: Properties = ["label": task["taskInfo"]?["name"] ?? ""]
    found["caching"] = .init(task["cachingOptions"]?["enableCache"]?.bool == true)
    if isGeneric { found["image"] = container["image"] }
    for item in container["env"]?.array ?? [] {
      found["variable \(item["name"]?.string ?? "")"] = item["value"]
    }
    let resources = container["resources"] ?? [:]
    found["cpu"] = resources["resourceCpuRequest"]
    found["cpu_limit"] = resources["resourceCpuLimit"]
    found["memory"] = resources["resourceMemoryRequest"]
    found["memory_limit"] = resources["resourceMemoryLimit"]
    if let gpu = resources["accelerator"] {
      found["gpu"] = .init(
        "\(gpu["resourceCount"]?.string ?? "") \(gpu["resourceType"]?.string ?? "")")
    }
    for member in task["inputs"]?["parameters"]?.object ?? [:] where isGeneric {
      let isPassedOn = member.value == ["componentInputParameter": .init(member.key.string)]
      if member.key.string != "lyre_run" {
        found["parameter \(member.key.string)"] = .init(isPassedOn)
      }
    }
    if let retry = task["retryPolicy"] {
      found["retries"] = retry["maxRetryCount"]
      let delay = (retry["backoffDuration"]?.string ?? "").dropLast()
      found["retry delay"] = .init("\(Double(delay) ?? -1)")
    }
    addPod(pod, &found)
    return found
  }

  private func addPod(_ pod: JSONValue, _ found: inout Properties) {
    for secret in pod["secretAsEnv"]?.array ?? [] {
      for key in secret["keyToEnv"]?.array ?? [] {
        found["secret \(key["envVar"]?.string ?? "")"] = .init(
          "\(secret["secretName"]?.string ?? "")/\(key["secretKey"]?.string ?? "")")
      }
    }
    for mount in pod["pvcMount"]?.array ?? [] {
      let (path, claim) = (mount["mountPath"]?.string ?? "", mount["constant"]?.string ?? "")
      found["volume \(path)"] = .init("\(claim)/\(mount["subPath"]?.string ?? "")")
      // There are no such mounts; somebody is told.
      let warning = "the volume '\(claim)' at \(path) is mounted for reading and writing"
      if findings.contains(where: { $0.message.hasPrefix(warning) }) {
        found["read-only volume \(path)"] = true
      }
    }
    for mount in pod["emptyDirMounts"]?.array ?? [] where mount["mountPath"]?.string == "/dev/shm" {
      found["shared memory"] = mount["sizeLimit"]
    }
    for item in pod["tolerations"]?.array ?? [] {
      let parts = ["key", "operator", "value", "effect"].map { item[$0]?.string ?? "" }
      found["toleration \(parts.joined(separator: " "))"] = true
    }
    for (key, what) in [("labels", "label"), ("annotations", "annotation")] {
      for member in pod["podMetadata"]?[key]?.object ?? [:] {
        found["\(what) \(member.key.string)"] = member.value
      }
    }
    for member in pod["nodeSelector"]?["labels"]?.object ?? [:] {
      found["node selector \(member.key.string)"] = member.value
    }
    for term in pod["nodeAffinity"]?.array ?? [] {
      for item in term["matchExpressions"]?.array ?? [] {
        let parts = [
          item["key"]?.string ?? "", item["operator"]?.string ?? "",
          (item["values"]?.array ?? []).compactMap(\.string).joined(separator: ","),
          term["weight"]?.int.map { "weight \($0)" } ?? "must",
        ]
        found["affinity \(parts.joined(separator: " "))"] = true
      }
    }
    found["pull policy"] = pod["imagePullPolicy"]
    for secret in pod["imagePullSecret"]?.array ?? [] {
      found["pull secret \(secret["secretName"]?.string ?? "")"] = true
    }
    if let limit = pod["activeDeadlineSeconds"]?.string.flatMap({ Double($0) }) {
      found["time limit"] = .init("\(limit)")
    }
  }
}
