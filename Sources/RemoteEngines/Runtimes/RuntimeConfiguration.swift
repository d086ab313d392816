import JSONCore

/// How an engine is reached, and where the files of its runs are: a file of Elyra's `runtimes`.
///
/// Values are read as Elyra reads them, with what it fills in for files of its older versions. Whether they
/// follow its rules is asked of ``problems``.
package struct RuntimeConfiguration: Sendable, Hashable {
  /// The file.
  package internal(set) var file: MetadataFile
  /// The engine.
  package let engine: RuntimeEngine

  /// Reads a file.
  ///
  /// - Throws: ``EngineError`` if it is one of an engine that Lyre does not know.
  package init(_ file: MetadataFile) throws(EngineError) {
    guard let engine = RuntimeEngine(rawValue: file.schema) else {
      let schema = file.schema.isEmpty ? "has no schema_name" : "is of the kind '\(file.schema)'"
      throw EngineError(
        .unusable, "\(schema); Lyre knows the kinds kfp and airflow", place: file.path)
    }
    self.file = file
    self.engine = engine
  }

  /// The name by which it is chosen.
  package var name: String { file.name }
  /// The name that people see.
  package var displayName: String { file.displayName }
  /// Its file.
  package var place: String { file.path }

  /// The text of a member, without blanks around it; nil if it is missing or empty.
  package subscript(key: RuntimeKey) -> String? {
    guard let text = file.metadata[key.rawValue]?.string else { return nil }
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }

  /// A member with a password or token; nil if it is missing or empty.
  package func secret(_ key: RuntimeKey) -> SecretText? {
    guard let text = file.metadata[key.rawValue]?.string, text.contains(where: { !$0.isWhitespace })
    else { return nil }
    return SecretText(text)
  }

  /// The URL of a member, without a slash at its end.
  private func address(_ key: RuntimeKey) -> String? {
    self[key].flatMap { text in
      var text = Substring(text)
      while text.hasSuffix("/") { text = text.dropLast() }
      return text.isEmpty ? nil : String(text)
    }
  }

  /// The URL of the engine's server, without a slash at its end.
  package var apiEndpoint: String? { address(.apiEndpoint) }
  /// The same for links that people follow.
  package var publicAPIEndpoint: String? { address(.publicAPIEndpoint) ?? apiEndpoint }
  /// The namespace of the cluster.
  package var namespace: String? { self[.userNamespace] }

  /// How the server is told who asks; Elyra's choice if the file is of an older version.
  package var login: RuntimeLogin {
    if let text = self[.authType] { return RuntimeLogin(rawValue: text) ?? .none }
    return self[.apiUsername] != nil && secret(.apiPassword) != nil ? .dexLegacy : .none
  }

  /// The URL of the storage.
  package var storageEndpoint: String? { address(.cosEndpoint) }
  /// The same for links that people follow.
  package var publicStorageEndpoint: String? { address(.publicCOSEndpoint) ?? storageEndpoint }
  /// The bucket.
  package var bucket: String? { self[.cosBucket] }

  /// How the storage is told who asks; Elyra's choice if the file is of an older version.
  package var storageLogin: StorageLogin {
    if let text = self[.cosAuthType] { return StorageLogin(rawValue: text) ?? .password }
    return self[.cosSecret] != nil ? .secret : .password
  }

  /// The secret of the cluster with the storage's credentials, which nodes get; nil if they get them otherwise.
  package var storageSecret: String? { storageLogin == .secret ? self[.cosSecret] : nil }

  /// The kind of the server of git.
  package var gitServer: GitServer {
    self[.gitType].flatMap(GitServer.init) ?? .gitHub
  }

  /// The URL of the interface of the server of git, without a slash at its end.
  package var gitEndpoint: String? { address(.gitAPIEndpoint) }
  /// The repository, such as `owner/dags`.
  package var gitRepository: String? { self[.gitRepository] }
  /// The branch.
  package var gitBranch: String? { self[.gitBranch] }
}
