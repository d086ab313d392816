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
    let list = MetadataList(
      read: { (file) throws(EngineError) in try RuntimeConfiguration(file) },
      json: { runtime in
        var object = runtime.json
        object["problems"] = .array(
          ListRuntimes.problems(runtime).map { .init($0.description) })
        return object
      }, columnCount: 2,
      columns: { runtime in
        [runtime.engine.rawValue, runtime.shown["api_endpoint"]?.string ?? "-"]
      },
      problem: { runtime in
        let keys = ListRuntimes.problems(runtime).map(\.key.rawValue)
        return keys.isEmpty ? nil : "not valid: \(keys.joined(separator: ", "))"
      })
    list.show(
      RuntimeStore().files.entries, asJSON: json,
      ifEmpty: "no runtime configurations yet; `lyre runtimes add` makes one")
  }

  private static func problems(_ runtime: RuntimeConfiguration) -> [RuntimeProblem] {
    runtime.problems.filter { !$0.isWarning }
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
