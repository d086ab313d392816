extension JupyterPaths {
  /// The directories in which Elyra keeps configurations of a kind, in its order: the first that has a
  /// file of some name is the one that counts.
  ///
  /// - Parameter kind: the schemaspace, such as `runtimes` or `component-catalogs`.
  package func metadataDirectories(_ kind: String) -> [String] {
    let own = (environment["ELYRA_METADATA_PATH"] ?? "").split(separator: ":").map(String.init)
    let system = ["/usr/local/share/jupyter", "/usr/share/jupyter"]
    let active = prefixes.map { "\($0.path)/share/jupyter" }
    var seen: Set<String> = []
    return (own + [userDataDirectory] + system + active)
      .filter { seen.insert($0).inserted }.map { "\($0)/metadata/\(kind)" }
  }
}
