import ArgumentParser
import JSONCore
import RemoteEngines

/// The command `lyre runtimes`.
struct RuntimesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runtimes",
    abstract: "Runtime configurations: the servers to which pipelines go, and their storage.",
    discussion: """
      They are Elyra's own files, in the folders that Elyra searches: those of Elyra are read as they \
      are, and those of Lyre can be used in Elyra.

      EXAMPLES
        lyre runtimes
        lyre runtimes add "My cluster" \\
          --api-endpoint https://kubeflow.example/pipeline \\
          --auth-type DEX_STATIC_PASSWORDS --api-username me@example.com \\
          --api-password - --cos-endpoint https://minio.example --cos-bucket runs \\
          --cos-username me --cos-password env:MINIO_SECRET
        lyre runtimes check my_cluster
        lyre runtimes edit my_cluster --cos-bucket other
      """,
    subcommands: [
      ListRuntimes.self, ShowRuntime.self, AddRuntime.self, EditRuntime.self, RemoveRuntime.self,
      CheckRuntime.self,
    ], defaultSubcommand: ListRuntimes.self)
}

/// The command `lyre runtimes list`.
struct ListRuntimes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runtime configurations and where each was found.",
    discussion: """
      EXAMPLES
        lyre runtimes list
        lyre runtimes list --json
      """)

  @Flag(help: "Write JSON, without passwords and tokens.") var json = false

  func run() throws {
    let entries = RuntimeStore().files.entries
    if json { return Printer.shared.print(json: .array(entries.map(ListRuntimes.json))) }
    guard !entries.isEmpty else {
      return Printer.shared.log("no runtime configurations yet; `lyre runtimes add` makes one")
    }
    Printer.shared.print(RuntimeReports.table(entries.map(ListRuntimes.row)))
  }

  private static func row(_ entry: MetadataStore.Entry) -> [String] {
    var note = entry.hiddenBy.map { "  (hidden by \($0))" } ?? ""
    switch read(entry) {
    case .success(let runtime):
      let errors = runtime.problems.filter { !$0.isWarning }
      if !errors.isEmpty {
        note += "  (not valid: \(errors.map(\.key.rawValue).joined(separator: ", ")))"
      }
      let server = "\(runtime.shown["api_endpoint"]?.string ?? "-")"
      return [entry.name, runtime.engine.rawValue, server, entry.path + note]
    case .failure(let error):
      return [entry.name, "-", "-", "\(entry.path)\(note)  (broken: \(error.message))"]
    }
  }

  private static func read(_ entry: MetadataStore.Entry) -> Result<
    RuntimeConfiguration, EngineError
  > {
    Result { () throws(EngineError) in try RuntimeConfiguration(try entry.file.get()) }
  }

  private static func json(_ entry: MetadataStore.Entry) -> JSONValue {
    var object: JSONObject
    switch read(entry) {
    case .success(let runtime):
      object = runtime.json
      object["problems"] = .array(
        runtime.problems.filter { !$0.isWarning }.map { .init($0.description) })
    case .failure(let error):
      object = [
        "name": .init(entry.name), "file": .init(entry.path), "error": .init(error.message),
      ]
    }
    if let path = entry.hiddenBy { object["hidden_by"] = .init(path) }
    return .object(object)
  }
}

/// The command `lyre runtimes show`.
struct ShowRuntime: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a runtime configuration, without passwords and tokens.",
    discussion: """
      EXAMPLES
        lyre runtimes show my_cluster
        lyre runtimes show my_cluster --json
      """)

  @Argument(help: "The configuration's name.", completion: Completions.runtimes) var name: String
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let runtime = try RuntimeReports.reported { () throws(EngineError) in
      try RuntimeStore().configuration(name)
    }
    if json { return Printer.shared.print(json: .object(runtime.json)) }
    var rows = [
      ["name", runtime.name], ["display_name", runtime.displayName],
      ["schema_name", runtime.engine.rawValue], ["file", runtime.place],
    ]
    rows += runtime.shown.map { ["\($0.key)", RuntimeReports.text($0.value)] }
    Printer.shared.print(RuntimeReports.table(rows))
    RuntimeReports.report(runtime.problems)
  }
}
