import Pipelines
import Processes
import Synchronization

/// Runs scripts as processes on this machine.
struct LocalScriptRunner: NodeRunner {
  /// The Python for scripts; nil for that of the active environment.
  let python: String?

  func canRun(_ node: PipelineNode) -> Bool { node.isGeneric && node.kind != .notebook }

  func run(
    _ task: NodeTask, control: NodeControl, report: @escaping @Sendable (NodeReport) -> Void
  ) async -> NodeOutcome {
    let command: ProcessCommand
    do throws(ScriptCommand.Problem) {
      command = try ScriptCommand.make(
        task.node.kind, task.path, environment: task.environment, python: python)
    } catch {
      return NodeOutcome(status: .failed, message: error.message)
    }
    let tail = Mutex(LastLines(limit: 20))
    let ending = await ScriptRun(
      command: command, workingDirectory: task.workingDirectory, limit: task.limit,
      control: control, log: task.log,
      onLines: { isError, lines in
        if isError { tail.withLock { $0.take(lines) } }
        report(.lines(isStandardError: isError, lines))
      }
    ).run()
    let lastLines = tail.withLock { $0.text }
    switch ending {
    case .exited(.exited(0)): return NodeOutcome(status: .succeeded)
    case .exited(let status):
      let cause = ScriptError.line(of: lastLines).map { ": \($0)" } ?? ""
      return NodeOutcome(
        status: .failed, message: "the script \(status)\(cause)", standardErrorTail: lastLines)
    case .timedOut:
      return NodeOutcome(
        status: .timedOut, message: "took longer than its limit", standardErrorTail: lastLines)
    case .stopped: return NodeOutcome(status: .interrupted)
    case .notStarted(let why): return NodeOutcome(status: .failed, message: why)
    }
  }
}

/// The last lines of an output.
struct LastLines: Sendable {
  private let limit: Int
  private var lines: [String] = []

  /// Creates an empty buffer that keeps that many lines.
  init(limit: Int) {
    self.limit = limit
  }

  /// The lines, separated by line feeds.
  var text: String { lines.joined(separator: "\n") }

  /// Adds complete lines with their line endings.
  mutating func take(_ text: String) {
    let bytes = text.utf8
    var end = bytes.endIndex
    var new: [String] = []
    // From the end, so that only the last lines of a flood are examined.
    while end > bytes.startIndex, new.count < limit {
      let last = bytes.index(before: end)
      let start = bytes[..<last].lastIndex(of: 0x0A).map { bytes.index(after: $0) }
      new.append(String(text[(start ?? bytes.startIndex)..<last]))
      end = start ?? bytes.startIndex
    }
    lines = (lines + new.reversed()).suffix(limit)
  }
}
