package import KernelLauncher

/// The runtime configurations of this machine: the files in Elyra's folders `metadata/runtimes`.
package struct RuntimeStore: Sendable {
  /// The files.
  package let files: MetadataStore

  /// - Parameter paths: Jupyter's folders.
  package init(_ paths: JupyterPaths = JupyterPaths()) {
    files = MetadataStore(
      "runtimes", noun: "runtime configuration", command: "runtimes", paths)
  }

  /// The configuration with a name, whether it follows Elyra's rules or not.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - engine: the engine that it must be of; nil for any.
  /// - Throws: ``EngineError`` if there is none, it is broken, or one of another engine.
  package func configuration(_ name: String, for engine: RuntimeEngine? = nil) throws(EngineError)
    -> RuntimeConfiguration
  {
    let configuration = try RuntimeConfiguration(try files.file(name))
    if let engine, engine != configuration.engine {
      throw EngineError(
        .unusable,
        "'\(name)' is one of \(configuration.engine.rawValue), not of \(engine.rawValue)")
    }
    return configuration
  }

  /// The configuration with a name, for a request to its engine.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - engine: the engine that it must be of; nil for any.
  ///   - unused: members that are not used this time.
  /// - Throws: ``EngineError`` also if it does not follow Elyra's rules.
  package func usable(
    _ name: String, for engine: RuntimeEngine? = nil, without unused: Set<RuntimeKey> = []
  ) throws(EngineError) -> RuntimeConfiguration {
    let configuration = try configuration(name, for: engine)
    try configuration.check(without: unused)
    return configuration
  }

  /// A new configuration with Elyra's defaults, which is not written yet.
  ///
  /// - Parameters:
  ///   - displayName: the name that people see.
  ///   - name: the name by which it is chosen; nil for the one that Elyra would derive.
  ///   - engine: the engine.
  /// - Throws: ``EngineError`` if the name is not valid, or in use.
  package func newConfiguration(
    displayName: String, name: String? = nil, engine: RuntimeEngine
  ) throws(EngineError) -> RuntimeConfiguration {
    var file = try files.newFile(displayName: displayName, name: name, schema: engine.rawValue)
    file.metadata = RuntimeConfiguration.defaults(for: engine)
    return try RuntimeConfiguration(file)
  }
}
