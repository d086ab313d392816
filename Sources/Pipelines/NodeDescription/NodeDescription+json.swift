package import JSONCore

extension NodeDescription {
  /// The JSON form; members with default values are left out.
  package var json: JSONValue {
    var object: JSONObject = ["version": .init(NodeDescription.version)]
    object["subject"] = subject.json
    if let work { object["work"] = .init(work) }
    if !files.isEmpty { object["files"] = .array(files.map(\.json)) }
    if let inputs { object["inputs"] = inputs.json("from") }
    object["node"] = node.json
    if let outputs { object["outputs"] = outputs.json("to") }
    object["results"] = ["to": .init(results.description)]
    if storage != nil || storageCredentials != nil {
      var storage = storage ?? [:]
      if let storageCredentials {
        storage[NodeDescription.credentialsKey] = .init(storageCredentials)
      }
      object["storage"] = .object(storage)
    }
    return .object(object)
  }
}

extension NodeDescription {
  /// The key of ``storageCredentials`` in the object of the storage.
  static let credentialsKey = "credentials_file"

  /// What shows that a place for results is in use: the node, for people.
  package var claim: JSONValue { ["subject": subject.json] }
}

extension NodeDescription.Subject {
  fileprivate var json: JSONValue {
    var object: JSONObject = [:]
    switch run {
    case .number(let number): object["run"] = .init(Int(number))
    case .name(let name): object["run"] = .init(name)
    case nil: break
    }
    if let pipeline { object["pipeline"] = .init(pipeline) }
    object["node"] = .init(node)
    object["name"] = .init(name)
    object["place"] = .init(place)
    object["attempt"] = .init(attempt)
    return .object(object)
  }
}

extension NodeDescription.Source {
  fileprivate var json: JSONValue {
    func json(_ members: JSONObject, _ hash: String?) -> JSONValue {
      var object = members
      if let hash { object["sha256"] = .init(hash) }
      return .object(object)
    }
    return switch self {
    case .folder(let path): ["folder": .init(path)]
    case .archive(let place, let hash): json(["archive": .init(place.description)], hash)
    case .object(let place, let path, let hash):
      json(["object": .init(place.description), "to": .init(path)], hash)
    }
  }
}

extension NodeDescription.Exchange {
  fileprivate func json(_ name: String) -> JSONValue {
    var object: JSONObject = [:]
    if let place { object[name] = .init(place.description) }
    object["patterns"] = .array(patterns.map { .init($0) })
    if !optional.isEmpty { object["optional"] = .array(optional.map { .init($0) }) }
    if isElyra { object["elyra"] = true }
    if includesSubfolders { object["subfolders"] = true }
    if !archives.isEmpty {
      object["archives"] = .array(archives.map { .init($0.description) })
    }
    return .object(object)
  }
}

extension NodeDescription.Work {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["file": .init(file), "kind": .init(kind.rawValue)]
    if let kernel { object["kernel"] = .init(kernel) }
    if let language { object["language"] = .init(language) }
    if !parameters.isEmpty { object["parameters"] = .object(parameters) }
    if !pipelineParameters.isEmpty {
      object["pipeline_parameters"] = .array(pipelineParameters.map { .init($0) })
    }
    if !environment.isEmpty {
      var variables = JSONObject()
      for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
        variables[name] = .init(value)
      }
      object["environment"] = .object(variables)
    }
    if let environmentFile { object["environment_file"] = .init(environmentFile) }
    if let limit { object["limit_seconds"] = .init(limit) }
    if let kernelStart { object["kernel_start_seconds"] = .init(kernelStart) }
    if let kernelFallback { object["kernel_fallback"] = .init(kernelFallback) }
    if keepsOldOutputs { object["keep_old_outputs"] = true }
    if let python { object["python"] = .init(python) }
    if let destination { object["destination"] = .init(destination) }
    return .object(object)
  }
}
