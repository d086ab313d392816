import ArgumentParser
import RemoteEngines

extension RuntimeEngine: ExpressibleByArgument {}

/// The command `lyre runtimes add`.
struct AddRuntime: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a runtime configuration.",
    discussion: """
      Options have the names of Elyra's members, also with underscores. A password or token is given as \
      `-` (a line of standard input), env:NAME, file:PATH or command:PROGRAM ARGUMENTS: then the file \
      says only where it is, and it is read when it is used. Elyra itself takes such a text for the \
      password: give the value by `-` if Elyra is to use the file, too.

      The file is readable by its owner only.

      EXAMPLES
        lyre runtimes add local --api-endpoint http://localhost:8080 \\
          --cos-endpoint http://localhost:9000 --cos-bucket mlpipeline \\
          --cos-username minio --cos-password -
        lyre runtimes add cluster --cos-bucket runs \\
          --api-endpoint https://kubeflow.example/pipeline \\
          --auth-type KUBERNETES_SERVICE_ACCOUNT_TOKEN \\
          --cos-endpoint https://s3.eu-central-1.amazonaws.com \\
          --cos-auth-type AWS_IAM_ROLES_FOR_SERVICE_ACCOUNTS
        lyre runtimes add flow --engine airflow --github-repo me/dags \\
          --api-endpoint https://airflow.example --github-branch main \\
          --github-repo-token "command:secret-tool lookup service github" \\
          --cos-endpoint https://minio.example --cos-bucket runs \\
          --cos-username me --cos-password file:~/.minio-secret

      EXIT CODES
        0 written   2 a value is not valid, or the name is in use
        6 it could not be written
      """)

  @Argument(help: ArgumentHelp("The name that people see.", valueName: "display-name"))
  var displayName: String

  @Option(
    help: ArgumentHelp(
      "The name by which it is chosen. (default: as Elyra, small letters with _ for blanks)",
      valueName: "name"))
  var name: String?

  @Option(help: "The engine: kfp (Kubeflow Pipelines) or airflow.")
  var engine: RuntimeEngine = .kubeflow

  @OptionGroup(title: "Members") var options: RuntimeOptions

  func run() async throws {
    let store = RuntimeStore()
    var runtime = try RuntimeReports.reported { () throws(EngineError) in
      try store.newConfiguration(displayName: displayName, name: name, engine: engine)
    }
    try await RuntimeChange(options).apply(to: &runtime)
    try RuntimeReports.check(runtime)
    let path = try RuntimeReports.reported { () throws(EngineError) in
      try store.files.write(runtime.file)
    }
    Printer.shared.log("\(runtime.name): written to \(path)")
  }
}

/// The command `lyre runtimes edit`.
struct EditRuntime: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a runtime configuration.",
    discussion: """
      Other members stay as they are. The result is written to the user's folder, also if the \
      configuration was found in another one.

      EXAMPLES
        lyre runtimes edit my_cluster --cos-bucket other
        lyre runtimes edit my_cluster --auth-type NO_AUTHENTICATION \\
          --unset api_username --unset api_password

      EXIT CODES
        0 written   2 a value is not valid, or there is no such configuration
        6 it could not be written
      """)

  @Argument(help: "The configuration's name.", completion: Completions.runtimes) var name: String

  @Option(help: ArgumentHelp("The name that people see.", valueName: "text"))
  var displayName: String?

  @OptionGroup(title: "Members") var options: RuntimeOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Remove this member; may be repeated.", valueName: "key"))
  var unset: [String] = []

  func run() async throws {
    let store = RuntimeStore()
    var runtime = try RuntimeReports.reported { () throws(EngineError) in
      try store.configuration(name)
    }
    guard !options.isEmpty || !unset.isEmpty || displayName != nil else {
      throw ValidationError("name a member to change, such as --cos-bucket NAME or --unset KEY")
    }
    let before = runtime.place
    if let displayName { runtime.set(displayName: displayName) }
    try await RuntimeChange(options).apply(to: &runtime, unset: unset)
    try RuntimeReports.check(runtime)
    let path = try RuntimeReports.reported { () throws(EngineError) in
      try store.files.write(runtime.file)
    }
    Printer.shared.log("\(runtime.name): written to \(path)")
    if path != before { Printer.shared.log("\(before) stays as it is, and is hidden by that") }
  }
}

/// The changes of options to a configuration.
struct RuntimeChange {
  private let options: RuntimeOptions

  init(_ options: RuntimeOptions) { self.options = options }

  /// Applies them.
  ///
  /// - Throws: `ValidationError` if an option is not valid.
  func apply(to runtime: inout RuntimeConfiguration, unset: [String] = []) async throws {
    do throws(UsageError) {
      for name in unset {
        guard runtime.remove(name.replacing("-", with: "_")) || runtime.remove(name) else {
          throw UsageError(message: "--unset: '\(runtime.name)' has no member '\(name)'")
        }
      }
      try await options.change(&runtime)
    } catch {
      throw ValidationError(error.message)
    }
  }
}

/// The command `lyre runtimes remove`.
struct RemoveRuntime: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a runtime configuration of the user.",
    discussion: """
      EXAMPLES
        lyre runtimes remove my_cluster

      EXIT CODES
        0 removed   2 there is none, or it is not the user's
        6 it could not be removed
      """)

  @Argument(help: "The configuration's name.", completion: Completions.runtimes) var name: String

  func run() throws {
    try RuntimeReports.remove(name, from: RuntimeStore().files)
  }
}
