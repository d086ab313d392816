import Reports
import RunEvents

/// Shows a node that `lyre node` runs: its output unchanged, and how it ended.
final class NodeReporter: Sendable {
  private let writesOutput: Bool
  private let printer = Printer.shared

  /// - Parameter writesOutput: whether to show the output of its cells or its script.
  init(writesOutput: Bool) { self.writesOutput = writesOutput }

  /// Shows an event.
  func take(_ event: RunEvent) {
    let name = event.subject.node?.label ?? ""
    switch event.kind {
    case .lines(let isError, let text): show(text, toError: isError)
    case .text(_, let stream, let text): show(text, toError: stream == "stderr")
    case .cellFinished(let cell):
      guard writesOutput, cell.status == .failed, let error = cell.error else { return }
      let lines = [error.summary] + error.traceback
      printer.log("\(name): \(colored: lines.joined(separator: "\n"))")
    case .warning(let warning): printer.log("\("warning:", .yellow) \(name): \(warning.text)")
    case .nodeFinished(let node): printer.log("\(name): \(PipelineReporter.ending(of: node))")
    default: break
    }
  }

  private func show(_ text: String, toError: Bool) {
    guard writesOutput else { return }
    printer.waitForRoom(toError: toError)
    printer.passThrough(text, toError: toError)
  }
}
