import KernelLauncher
import ObjectStorage
import RemoteEngines

/// The way to an engine and to the storage of its runs, as a runtime configuration says.
struct EngineConnection {
  let runtime: RuntimeConfiguration
  let environment: [String: String]

  /// Reads a runtime configuration; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - engine: the engine that it must be of; nil for any.
  ///   - unused: members that are not used this time, and need not be there.
  /// - Throws: `ExitRequest`, after reporting the error.
  init(_ name: String, engine: RuntimeEngine? = nil, without unused: Set<RuntimeKey> = [])
    throws(ExitRequest)
  {
    let paths = JupyterPaths()
    environment = paths.environment
    do throws(EngineError) {
      runtime = try RuntimeStore(paths).usable(name, for: engine, without: unused)
    } catch {
      throw EngineFailure.report(error)
    }
  }

  /// The server of Kubeflow Pipelines.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func kubeflow() throws(ExitRequest) -> KubeflowAPI {
    do throws(EngineError) {
      return KubeflowAPI(
        runtime.apiEndpoint ?? "", namespace: runtime.namespace,
        login: try EngineLogins.login(for: runtime, environment),
        exchange: EngineLogins.exchange(environment))
    } catch {
      throw EngineFailure.report(error)
    }
  }

  /// The storage as this machine reaches it.
  ///
  /// - Parameters:
  ///   - endpoint: its URL; nil for that of the configuration.
  ///   - region: its region; nil for its default.
  /// - Throws: `ExitRequest`, after reporting the error.
  func storage(endpoint: String?, region: String?) async throws(ExitRequest) -> ObjectStore {
    var settings = try await EngineFailure.reported { () throws(EngineError) in
      try await runtime.storageSettings(environment)
    }
    settings.endpoint = endpoint ?? settings.endpoint
    settings.region = region ?? settings.region
    do throws(ObjectStorageError) {
      return try ObjectStore(settings, environment: environment)
    } catch {
      throw EngineFailure.report(EngineError(.unusable, "\(error)", place: runtime.place))
    }
  }
}
