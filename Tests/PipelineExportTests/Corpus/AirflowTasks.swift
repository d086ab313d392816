import JSONCore
import KernelTesting
import RealKernels

/// The tasks in a file for Airflow, as Python itself reads it.
struct AirflowTasks {
  static let python = "/usr/bin/python3"

  private let dag: JSONValue

  /// Reads files.
  static func read(_ sources: [String]) async throws -> [AirflowTasks] {
    try await TemporaryDirectory.with { directory in
      try directory.write(JSONValue.array(sources.map { .init($0) }).serialized(), to: "in.json")
      let result = try await RunningCommand(
        python, ["-c", reader, "in.json", "out.json"], environment: [:], directory: directory.path
      ).result()
      guard result.ending == .exited(0) else {
        throw RunningCommand.StartError(description: result.errorText)
      }
      let dags = try JSONValue(parsing: directory.read("out.json")).array ?? []
      return dags.map { AirflowTasks(dag: $0) }
    }
  }

  /// Turns each file into the calls of its operators: `{"class", "args", ...}`, with texts as Jinja leaves them.
  private static let reader = #"""
    import ast, json, re, sys
    def value(node):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                found = re.fullmatch(r"\{\{ (['\"].*['\"]) \}\}", node.value, re.S)
                return ast.literal_eval(found[1]) if found else node.value
            return node.value
        if isinstance(node, ast.List): return [value(item) for item in node.elts]
        if isinstance(node, ast.Dict): return {value(k): value(v) for k, v in zip(node.keys, node.values)}
        if isinstance(node, ast.Call):
            return dict([("class", ast.unparse(node.func)), ("args", [value(item) for item in node.args])]
                        + [(word.arg, value(word.value)) for word in node.keywords])
        return ast.unparse(node)
    def names(node): return [item.id for item in node.elts] if isinstance(node, ast.List) else [node.id]
    dags = []
    for source in json.load(open(sys.argv[1])):
        block = next(item for item in ast.parse(source).body if isinstance(item, ast.With))
        tasks, parents = {}, {}
        for item in block.body:
            if isinstance(item, ast.Assign): tasks[item.targets[0].id] = value(item.value)
            elif isinstance(item, ast.Expr) and isinstance(item.value, ast.BinOp):
                parents[item.value.right.id] = names(item.value.left)
        dags.append({"dag": value(block.items[0].context_expr), "tasks": tasks, "parents": parents})
    json.dump(dags, open(sys.argv[2], "w"))
    """#

  /// The pipeline's own properties.
  var properties: Properties {
    let own = dag["dag"] ?? [:]
    var found: Properties = ["description": own["doc_md"] ?? ""]
    let types = ["string": "String", "integer": "Integer", "number": "Float", "boolean": "Bool"]
    for member in own["params"]?.object ?? [:] {
      let (name, parameter) = (member.key.string, member.value)
      found["type of parameter \(name)"] = .init(types[parameter["type"]?.string ?? ""] ?? "none")
      let value = parameter["args"]?[0]
      if let value { found["default of parameter \(name)"] = .init(SourceNode.text(value)) }
      found["parameter \(name) is required"] = .init(value == nil)
      found["description of parameter \(name)"] = parameter["description"]
    }
    return found
  }

  /// The tasks.
  var all: [CompiledTask] {
    let tasks = dag["tasks"]?.object ?? [:]
    func name(_ variable: String) -> String { tasks[variable]?["task_id"]?.string ?? "" }
    return tasks.map { member in
      let parents = dag["parents"]?[member.key.string]?.array ?? []
      return CompiledTask(
        name: name(member.key.string), parents: Set(parents.compactMap(\.string).map(name)),
        description: member.value["arguments"]?["args"]?[0],
        documentation: member.value["doc_md"]?.string ?? "", properties: properties(member.value))
    }
  }

  private func properties(_ task: JSONValue) -> Properties {
    var found: Properties = ["label": task["task_display_name"] ?? task["task_id"] ?? ""]
    found["image"] = task["image"]
    for member in task["env_vars"]?.object ?? [:] {
      found["variable \(member.key.string)"] = member.value
    }
    for secret in task["secrets"]?.array ?? [] {
      let texts = (secret["args"]?.array ?? []).compactMap(\.string)
      if texts.count == 4 { found["secret \(texts[1])"] = .init("\(texts[2])/\(texts[3])") }
    }
    addResources(task, &found)
    addVolumes(task, &found)
    for item in task["tolerations"]?.array ?? [] {
      let parts = ["key", "operator", "value", "effect"].map { item[$0]?.string ?? "" }
      found["toleration \(parts.joined(separator: " "))"] = true
    }
    for (key, what) in [
      ("labels", "label"), ("annotations", "annotation"), ("node_selector", "node selector"),
    ] {
      for member in task[key]?.object ?? [:] {
        found["\(what) \(member.key.string)"] = member.value
      }
    }
    addAffinity(task, &found)
    found["pull policy"] = task["image_pull_policy"]
    for secret in task["image_pull_secrets"]?.array ?? [] {
      found["pull secret \(secret["name"]?.string ?? "")"] = true
    }
    let parameters = (task["arguments"]?["args"]?.array ?? []).compactMap(\.string)
    for text in parameters where text != "--parameter" {
      let name = String(text.prefix { $0 != "=" })
      found["parameter \(name)"] = .init(text.contains("{{ params") && text.contains(name))
    }
    found["retries"] = task["retries"]
    if let delay = task["retry_delay"]?["seconds"]?.double {
      found["retry delay"] = .init("\(delay)")
    }
    if let limit = task["execution_timeout"]?["seconds"]?.double {
      // A quarter of an hour is for the pod.
      let isFile = task["arguments"]?["class"] == "lyre_node"
      found["time limit"] = .init("\(isFile ? limit - 900 : limit)")
    }
    return found
  }

  private func addResources(_ task: JSONValue, _ found: inout Properties) {
    let resources = task["container_resources"] ?? [:]
    for member in resources["requests"]?.object ?? [:] { found[member.key.string] = member.value }
    for member in resources["limits"]?.object ?? [:] {
      switch member.key.string {
      case "cpu", "memory": found["\(member.key.string)_limit"] = member.value
      case let vendor: found["gpu"] = .init("\(member.value.string ?? "") \(vendor)")
      }
    }
  }

  private func addVolumes(_ task: JSONValue, _ found: inout Properties) {
    var volumes: [String: JSONValue] = [:]
    for volume in task["volumes"]?.array ?? [] { volumes[volume["name"]?.string ?? ""] = volume }
    for mount in task["volume_mounts"]?.array ?? [] {
      let (path, volume) = (
        mount["mount_path"]?.string ?? "", volumes[mount["name"]?.string ?? ""] ?? [:]
      )
      if let memory = volume["empty_dir"], path == "/dev/shm", memory["medium"] == "Memory" {
        found["shared memory"] = memory["size_limit"]
        continue
      }
      let claim = volume["persistent_volume_claim"]?["claim_name"]?.string ?? ""
      found["volume \(path)"] = .init("\(claim)/\(mount["sub_path"]?.string ?? "")")
      if mount["read_only"] == true { found["read-only volume \(path)"] = true }
    }
  }

  private func addAffinity(_ task: JSONValue, _ found: inout Properties) {
    let affinity = task["affinity"]?["node_affinity"] ?? [:]
    func add(_ term: JSONValue?, _ weight: String) {
      for item in term?["match_expressions"]?.array ?? [] {
        let parts = [
          item["key"]?.string ?? "", item["operator"]?.string ?? "",
          (item["values"]?.array ?? []).compactMap(\.string).joined(separator: ","), weight,
        ]
        found["affinity \(parts.joined(separator: " "))"] = true
      }
    }
    let end = "during_scheduling_ignored_during_execution"
    for term in affinity["required_\(end)"]?["node_selector_terms"]?.array ?? [] {
      add(term, "must")
    }
    for item in affinity["preferred_\(end)"]?.array ?? [] {
      add(item["preference"], "weight \(item["weight"]?.int ?? 0)")
    }
  }
}
