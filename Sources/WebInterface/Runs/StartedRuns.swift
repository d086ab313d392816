import JSONCore
import Processes
import Synchronization
import SystemSupport

/// The runs that the page has started, each a process of this program.
///
/// They go on when the page is closed, and end with the server.
package final class StartedRuns: Sendable {
  private struct State {
    var processes: [Int32: ChildProcess] = [:]
    var isEnding = false
  }

  private let state = Mutex(State())

  /// Creates a value without runs.
  package init() {}

  /// Starts a run, and waits until it has a number.
  ///
  /// - Parameters:
  ///   - order: what to run.
  ///   - folder: the served folder.
  ///   - directory: that of the record.
  /// - Returns: the number of the run in the record.
  /// - Throws: ``WebError``.
  func start(_ order: RunOrder, in folder: ServedFolder, record directory: String)
    async throws(WebError) -> String
  {
    guard !state.withLock({ $0.isEnding }) else {
      throw WebError(503, "ending", "the server is ending")
    }
    let output = StartedRun()
    // Read before the run has a number.
    let parameters = try ParametersFile(order.parameters)
    let process = try await launch(
      order.arguments(state: directory, parameters: parameters.path)
        + ["--progress=none", "--events=-"], order.environment, in: folder
    ) { stream, bytes in
      if stream == .standardOutput { output.take(bytes) }
    }
    let number = process.processID
    // A signal may have come meanwhile.
    let isEnding = state.withLock { state in
      state.processes[number] = process
      return state.isEnding
    }
    if isEnding { process.interrupt() }
    process.whenEnded { [self] status in
      state.withLock { _ = $0.processes.removeValue(forKey: number) }
      output.ended(status)
    }
    switch await output.outcome() {
    case .run(let run): return run
    case .unrecorded:
      throw .failure(
        "the run has started, but it is not in the record: \(process.standardErrorTail)",
        remedy: "see the terminal; use --state DIR for a record that can be written")
    case .ended(let code):
      throw WebError(
        422, "not_started", StartedRuns.message(process.standardErrorTail, code))
    }
  }

  /// What a run would do, as JSON.
  ///
  /// - Throws: ``WebError``.
  func plan(_ order: RunOrder, in folder: ServedFolder, record directory: String)
    async throws(WebError) -> JSONObject
  {
    let output = Gathered()
    let parameters = try ParametersFile(order.parameters)
    let process = try await launch(
      order.arguments(state: directory, parameters: parameters.path)
        + ["--dry-run", "--json", "--progress=none"], order.environment, in: folder
    ) { stream, bytes in
      if stream == .standardOutput { output.add(bytes) }
    }
    let status = await process.waitForExit()
    guard let object = (try? JSONValue(parsing: await output.all()))?.object else {
      var code: Int32 = -1
      if case .exited(let number) = status { code = number }
      throw WebError(422, "not_started", StartedRuns.message(process.standardErrorTail, code))
    }
    return object
  }

  private func launch(
    _ arguments: [String], _ environment: [String: String], in folder: ServedFolder,
    _ onOutput: @escaping @Sendable (ChildProcess.OutputStream, [UInt8]) -> Void
  ) async throws(WebError) -> ChildProcess {
    var variables = EnvironmentBlock.inherited.texts.merging(environment) { $1 }
    // The code of a run needs no access to the server.
    variables["LYRE_UI_TOKEN"] = nil
    // This program, even if its file was replaced meanwhile.
    let command = ProcessCommand(
      executable: "/proc/self/exe", arguments: ["lyre"] + arguments, environment: variables)
    do throws(ProcessError) {
      return try await ChildProcess.launch(
        command, workingDirectory: folder.root, onOutput: onOutput)
    } catch {
      throw .failure("the run cannot be started: \(error)")
    }
  }

  /// The messages of a run that did not start, without the colours and labels of a terminal.
  private static func message(_ errors: String, _ code: Int32) -> String {
    let lines = errors.split(separator: "\n").map { line in
      line.hasPrefix("error: ") ? line.dropFirst("error: ".count) : line
    }
    return lines.isEmpty ? "the run ended with exit code \(code)" : lines.joined(separator: "\n")
  }

  // MARK: The end

  /// Interrupts a process if it is one of the runs.
  ///
  /// - Returns: whether it is.
  func interrupt(_ process: Int32) -> Bool {
    guard let own = state.withLock({ $0.processes[process] }) else { return false }
    own.interrupt()
    return true
  }

  /// Stops all runs as Ctrl-C does; a second time, as a second Ctrl-C does.
  package func interruptAll() {
    let processes = state.withLock { state in
      state.isEnding = true
      return Array(state.processes.values)
    }
    for process in processes { process.interrupt() }
  }

  /// Waits until all runs have ended.
  package func waitForAll() async {
    while let process = state.withLock({ $0.processes.values.first }) {
      _ = await process.waitForExit()
      state.withLock { _ = $0.processes.removeValue(forKey: process.processID) }
    }
  }

  /// The number of runs that go on.
  package var count: Int { state.withLock { $0.processes.count } }
}
