import ArgumentParser
import RemoteEngines

/// The members of a runtime configuration as options, named as in Elyra's file.
struct RuntimeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The URL of the engine's server.", valueName: "url"))
  var apiEndpoint: String?

  @Option(
    help: ArgumentHelp("The same for links. (default: --api-endpoint)", valueName: "url"))
  var publicApiEndpoint: String?

  @Option(help: ArgumentHelp("The namespace of the cluster.", valueName: "name"))
  var userNamespace: String?

  @Option(
    help: ArgumentHelp(
      "How Kubeflow is told who asks: \(RuntimeLogin.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var authType: String?

  @Option(help: ArgumentHelp("The user for the engine's server.", valueName: "name"))
  var apiUsername: String?

  @Option(
    help: ArgumentHelp("The password or token for the engine's server.", valueName: "secret"))
  var apiPassword: String?

  @Option(help: ArgumentHelp("The URL of the storage.", valueName: "url"))
  var cosEndpoint: String?

  @Option(help: ArgumentHelp("The same for links. (default: --cos-endpoint)", valueName: "url"))
  var publicCosEndpoint: String?

  @Option(help: ArgumentHelp("The bucket.", valueName: "name"))
  var cosBucket: String?

  @Option(
    help: ArgumentHelp(
      "How the storage is told who asks: \(StorageLogin.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var cosAuthType: String?

  @Option(
    help: ArgumentHelp(
      "The secret of the cluster with the storage's credentials.", valueName: "name"))
  var cosSecret: String?

  @Option(help: ArgumentHelp("The user or access key of the storage.", valueName: "name"))
  var cosUsername: String?

  @Option(
    help: ArgumentHelp("The password or secret key of the storage.", valueName: "secret"))
  var cosPassword: String?

  @Option(
    help: ArgumentHelp(
      "Where Airflow's DAGs are: \(GitServer.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var gitType: String?

  @Option(
    help: ArgumentHelp("The URL of the interface of the git server.", valueName: "url"))
  var githubApiEndpoint: String?

  @Option(help: ArgumentHelp("The repository of the DAGs.", valueName: "owner/name"))
  var githubRepo: String?

  @Option(help: ArgumentHelp("The branch of the DAGs.", valueName: "name"))
  var githubBranch: String?

  @Option(help: ArgumentHelp("The token that may push there.", valueName: "secret"))
  var githubRepoToken: String?

  @OptionGroup var about: MetadataOptions

  /// The members that were given, in Elyra's order.
  private var values: [(key: RuntimeKey, value: String?)] {
    [
      (.description, about.description), (.apiEndpoint, apiEndpoint),
      (.publicAPIEndpoint, publicApiEndpoint), (.userNamespace, userNamespace),
      (.authType, authType), (.apiUsername, apiUsername), (.apiPassword, apiPassword),
      (.gitType, gitType), (.gitAPIEndpoint, githubApiEndpoint), (.gitRepository, githubRepo),
      (.gitBranch, githubBranch), (.gitToken, githubRepoToken), (.cosEndpoint, cosEndpoint),
      (.publicCOSEndpoint, publicCosEndpoint), (.cosBucket, cosBucket),
      (.cosAuthType, cosAuthType), (.cosSecret, cosSecret), (.cosUsername, cosUsername),
      (.cosPassword, cosPassword),
    ]
  }

  /// Whether an option was given.
  var isEmpty: Bool { about.tags.isEmpty && values.allSatisfy { $0.value == nil } }

  /// Changes the members that were given.
  ///
  /// - Throws: ``UsageError`` if one does not belong to the engine, or a secret cannot be read.
  func change(_ runtime: inout RuntimeConfiguration) async throws(UsageError) {
    for (key, value) in values {
      guard let value else { continue }
      guard runtime.engine.keys.contains(key) else {
        throw UsageError(
          message: "\(key.option) is not for \(runtime.engine.title); it belongs to --engine "
            + (runtime.engine == .kubeflow ? "airflow" : "kfp"))
      }
      runtime.set(key, key.isSecret ? try await SecretOption(key).text(value) : value)
    }
    if !about.tags.isEmpty { runtime.set(tags: about.tags) }
  }
}
