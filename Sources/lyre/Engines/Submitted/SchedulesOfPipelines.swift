import ArgumentParser
import JSONCore
import RemoteEngines

/// The command `lyre pipeline schedules`.
struct SchedulesOfPipelines: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedules",
    abstract: "List, pause and remove what Kubeflow Pipelines or Airflow runs again and again.",
    discussion: """
      Schedules are made with lyre pipeline submit --schedule, on the page of Kubeflow Pipelines, or \
      by other programs. Kubeflow's times have six fields, with seconds first. Of Airflow, these are the \
      DAGs that Lyre has made and that have a schedule.

      EXAMPLES
        lyre pipeline schedules list --runtime-config team
        lyre pipeline schedules disable weather --runtime-config team
        lyre pipeline schedules remove 2f1c8a90-… --runtime-config team

      EXIT CODES
        0 done   2 no such schedule, or the engine refuses
      """,
    subcommands: [
      ListSchedules.self, EnableSchedule.self, DisableSchedule.self, RemoveSchedule.self,
    ])
}

/// The server with the schedules.
struct ScheduleServer: ParsableArguments {
  @Option(
    name: .customLong("runtime-config"),
    help: ArgumentHelp("The runtime configuration of the engine.", valueName: "name"),
    completion: Completions.runtimes)
  var runtimeConfiguration: String

  /// The server.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func api() async throws(ExitRequest) -> any EngineSchedules {
    let connection = try EngineConnection(runtimeConfiguration, without: Set(RuntimeKey.git))
    if connection.runtime.engine == .kubeflow { return try connection.kubeflow() }
    return try await EngineFailure.reported { () throws(EngineError) in
      try await connection.airflow()
    }
  }
}

/// A schedule on the command line.
struct ScheduleArguments: ParsableArguments {
  @Argument(help: "The schedule: its id, or its name if only one has it.") var schedule: String

  @OptionGroup var server: ScheduleServer

  /// Finds the schedule, and does something with it.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func perform(
    _ done: String,
    _ body: (any EngineSchedules, EngineSchedule) async throws(EngineError) -> Void
  ) async throws(ExitRequest) {
    let api = try await server.api()
    let found = try await EngineFailure.reported { () throws(EngineError) in
      let all = try await api.schedules().filter { [$0.id, $0.name].contains(schedule) }
      guard let first = all.first else {
        throw EngineError(
          .missing, "there is no schedule '\(schedule)'; lyre pipeline schedules list lists them",
          place: api.address)
      }
      guard all.count == 1 else {
        let ids = all.map(\.id).joined(separator: ", ")
        throw EngineError(
          .conflict,
          "\(all.count) schedules have the name '\(schedule)'; name one by its id: \(ids)")
      }
      try await body(api, first)
      return first
    }
    Printer.shared.log("\(found.name): \(done) (schedule \(found.id))")
  }
}

/// The command `lyre pipeline schedules list`.
struct ListSchedules: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the schedules.")

  @OptionGroup var server: ScheduleServer

  @Flag(help: "Write JSON.") var json = false

  func run() async throws {
    let api = try await server.api()
    let all = try await EngineFailure.reported { () throws(EngineError) in
      try await api.schedules()
    }
    if json {
      return Printer.shared.print(
        json: .array(
          all.map { run in
            [
              "id": .init(run.id), "name": .init(run.name), "enabled": .init(run.isEnabled),
              "cron": run.cron.map { .init($0) } ?? .null,
              "interval_seconds": run.interval.map { .init($0) } ?? .null,
              "next": run.next.map { .init($0) } ?? .null,
              "message": run.message.map { .init($0) } ?? .null,
            ]
          }))
    }
    if all.isEmpty { return Printer.shared.log("there are no schedules") }
    let lines = all.map { run -> VisibleText in
      let times = run.cron ?? run.interval.map { "every \($0) s" } ?? "no times"
      let state = run.isEnabled ? "enabled" : "disabled"
      return "\(run.id)  \(state)  \(times)  \(run.name)"
        + (run.message.map { "  \($0)" } ?? VisibleText(""))
    }
    Printer.shared.print(lines.joined(separator: "\n"))
  }
}

/// The command `lyre pipeline schedules enable`.
struct EnableSchedule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Let a schedule start runs again.")

  @OptionGroup var subject: ScheduleArguments

  func run() async throws {
    try await subject.perform("enabled") { api, run throws(EngineError) in
      try await api.setEnabled(true, run)
    }
  }
}

/// The command `lyre pipeline schedules disable`.
struct DisableSchedule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Let a schedule start no more runs for now.")

  @OptionGroup var subject: ScheduleArguments

  func run() async throws {
    try await subject.perform("disabled") { api, run throws(EngineError) in
      try await api.setEnabled(false, run)
    }
  }
}

/// The command `lyre pipeline schedules remove`.
struct RemoveSchedule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a schedule; runs that it started go on.")

  @OptionGroup var subject: ScheduleArguments

  func run() async throws {
    try await subject.perform("removed") { api, run throws(EngineError) in
      try await api.remove(run)
    }
  }
}
