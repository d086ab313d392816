import JSONCore

extension RuntimeConfiguration {
  /// What Elyra fills in for a new configuration.
  static func defaults(for engine: RuntimeEngine) -> JSONObject {
    var metadata: JSONObject = ["runtime_type": .init(engine.type)]
    switch engine {
    case .kubeflow:
      metadata["engine"] = "Argo"
      metadata["auth_type"] = .init(RuntimeLogin.none.rawValue)
    case .airflow:
      metadata["user_namespace"] = "default"
      metadata["git_type"] = .init(GitServer.gitHub.rawValue)
      metadata["github_api_endpoint"] = "https://api.github.com"
    }
    metadata["cos_auth_type"] = .init(StorageLogin.password.rawValue)
    return metadata
  }

  /// Changes a member.
  ///
  /// - Parameters:
  ///   - key: the member.
  ///   - value: its text; nil to remove it.
  package mutating func set(_ key: RuntimeKey, _ value: String?) {
    file.metadata[key.rawValue] = value.map { JSONValue($0) }
  }

  /// Removes a member, also one that Elyra does not know.
  ///
  /// - Returns: whether it was there.
  package mutating func remove(_ name: String) -> Bool {
    guard file.metadata[name] != nil else { return false }
    file.metadata[name] = nil
    return true
  }

  /// Changes the tags; none removes the member.
  package mutating func set(tags: [String]) {
    file.metadata["tags"] = tags.isEmpty ? nil : .array(tags.map { JSONValue($0) })
  }

  /// Changes the name that people see; that by which it is chosen stays.
  package mutating func set(displayName: String) { file.displayName = displayName }

  /// The tags.
  package var tags: [String] {
    (file.metadata["tags"]?.array ?? []).compactMap(\.string)
  }

  /// The members that Elyra does not know, in their order.
  package var unknownKeys: [String] {
    let known = Set(engine.keys.map(\.rawValue))
    return file.metadata.map { "\($0.key)" }.filter { !known.contains($0) }
  }
}
