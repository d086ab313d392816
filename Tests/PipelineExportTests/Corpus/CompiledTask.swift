import JSONCore

/// A task of a compiled pipeline, whichever engine it is for.
struct CompiledTask {
  var name: String
  /// The names of the tasks that it waits for.
  var parents: Set<String>
  /// What `lyre node` is told; nil for a component.
  var description: JSONValue?
  /// The documentation of the task.
  var documentation: String
  private var own: Properties

  init(
    name: String, parents: Set<String>, description: JSONValue?, documentation: String,
    properties: Properties
  ) {
    self.name = name
    self.parents = parents
    self.description = description
    self.documentation = documentation
    own = properties
  }

  /// The id of its node; nil if the file does not say it.
  var id: String? { description?["subject"]?["node"]?.string }

  /// Its properties, without those that no pipeline's file has.
  var properties: Properties {
    var found = own
    for name in found.keys {
      let word = name.split(separator: " ").last ?? ""
      let isAdded =
        word.hasPrefix("elyra/") || ["ELYRA_RUNTIME_ENV"].contains(word)
        || ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].contains(word)
          && found[name]?.string == "s3/\(word)"
      if isAdded { found[name] = nil }
    }
    guard let description else { return found }
    let node = description["node"] ?? [:]
    found["file"] = .init(
      (node["file"]?.string ?? "").split(separator: "/").last.map(String.init) ?? "")
    found["outputs"] = description["outputs"]?["patterns"] ?? []
    if let limit = node["limit_seconds"]?.double {
      found["time limit of the program"] = .init("\(limit)")
    }
    // Both the task and its program have each parameter.
    let names = (node["pipeline_parameters"]?.array ?? []).compactMap(\.string)
    for name in names where node["parameters"]?[name] == nil || found["parameter \(name)"] == nil {
      found["parameter \(name)"] = "missing"
    }
    return found
  }

  /// The outputs of earlier nodes that it gets.
  var inputs: Set<String> {
    Set((description?["inputs"]?["patterns"]?.array ?? []).compactMap(\.string))
  }
}

/// What a compiled pipeline has other than its source.
enum PropertyComparison {
  /// The differences, each with the property's name.
  static func differences(_ source: Properties, _ compiled: Properties) -> [String] {
    Set(source.keys).union(compiled.keys).sorted().compactMap { name in
      let (wanted, found) = (source[name], compiled[name])
      guard wanted != found else { return nil }
      return
        "\(name): \(wanted.map { "\($0)" } ?? "nothing") became \(found.map { "\($0)" } ?? "nothing")"
    }
  }

  /// The differences of a whole pipeline.
  static func differences(
    _ source: SourcePipeline, _ properties: Properties, _ tasks: [CompiledTask], isKubeflow: Bool
  ) -> [String] {
    var wanted = source.properties
    if !isKubeflow {
      // Airflow's parameters always have a value, unless a run must give one.
      for name in properties.keys where name.hasPrefix("default of ") && wanted[name] == nil {
        wanted[name] = properties[name]
      }
    }
    var found = differences(wanted, properties)
    let nodes = source.nodes
    var names: [String: String] = [:]
    var rest = tasks.filter { $0.id == nil }
    for node in nodes {
      let label = JSONValue(node.label)
      if let task = tasks.first(where: { $0.id == node.id }) {
        names[node.id] = task.name
      } else if let place = rest.firstIndex(where: { $0.properties["label"] == label }) {
        names[node.id] = rest.remove(at: place).name
      }
    }
    if names.count != nodes.count || tasks.count != nodes.count {
      found.append("\(nodes.count) nodes became \(tasks.count) tasks, \(names.count) of them known")
    }
    for node in nodes {
      guard let task = tasks.first(where: { $0.name == names[node.id] }) else { continue }
      let own = node.properties(isKubeflow: isKubeflow)
      found += differences(own, task.properties).map { "\(node.label): \($0)" }
      if source.documentation(of: node) != task.documentation {
        found.append("\(node.label): the comments became \(task.documentation)")
      }
      if source.hasSuperNodes { continue }
      if Set(source.parents(of: node).compactMap { names[$0] }) != task.parents {
        found.append("\(node.label): it waits for \(task.parents.sorted())")
      }
      if node.isGeneric, source.inputs(of: node) != task.inputs {
        found.append("\(node.label): it gets \(task.inputs.sorted())")
      }
    }
    return found
  }
}
