import JSONCore
import KernelLauncher
import KernelTesting
import RemoteEngines

/// The runtime configurations of a test, in folders of its own.
struct RuntimeFiles {
  let directory: TemporaryDirectory
  let store: RuntimeStore

  init(_ directory: TemporaryDirectory) {
    self.directory = directory
    store = RuntimeStore(JupyterPaths(environment: ["HOME": directory.path, "PATH": "/nowhere"]))
  }

  /// The user's folder.
  static let folder = ".local/share/jupyter/metadata/runtimes"

  /// Writes a file, and reads it.
  @discardableResult
  func write(
    _ metadata: JSONObject, _ name: String = "c", schema: String = "kfp", mode: UInt32 = 0o600
  ) throws -> RuntimeConfiguration {
    let value: JSONValue = [
      "display_name": "C", "metadata": .object(metadata), "schema_name": .init(schema),
    ]
    try directory.write(
      value.serialized(), to: "\(RuntimeFiles.folder)/\(name).json", mode: mode)
    return try store.configuration(name)
  }

  /// Members of a valid configuration of Kubeflow Pipelines.
  static let kubeflow: JSONObject = [
    "runtime_type": "KUBEFLOW_PIPELINES", "api_endpoint": "http://kfp.example:8888",
    "engine": "Argo", "auth_type": "NO_AUTHENTICATION", "cos_endpoint": "http://minio:9000",
    "cos_bucket": "runs", "cos_auth_type": "USER_CREDENTIALS", "cos_username": "me",
    "cos_password": "s3cr3t-w0rd",
  ]

  /// Members of a valid configuration of Airflow.
  static let airflow: JSONObject = [
    "runtime_type": "APACHE_AIRFLOW", "api_endpoint": "http://air.example:8080",
    "user_namespace": "default", "git_type": "GITHUB",
    "github_api_endpoint": "https://api.github.com", "github_repo": "me/dags",
    "github_branch": "main", "github_repo_token": "t0k3n-s3cr3t",
    "cos_endpoint": "http://minio:9000", "cos_bucket": "runs",
    "cos_auth_type": "USER_CREDENTIALS", "cos_username": "me", "cos_password": "s3cr3t-w0rd",
  ]
}

/// The error that a function throws; nil if it throws none.
func engineError<R>(_ body: () async throws -> R) async -> EngineError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? EngineError
  }
}
