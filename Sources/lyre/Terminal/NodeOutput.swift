import PipelineExecution
import Synchronization

/// Prints the output of several nodes: complete lines, each after the label of its node.
final class NodeOutput: Sendable {
  private let printer = Printer.shared
  /// Incomplete lines, by the node's place, of standard output and of standard error.
  private let partialLines = Mutex<[Int: [Bool: OutputLines]]>([:])

  /// Prints complete lines with their line endings.
  ///
  /// - Parameters:
  ///   - label: the node's label, with control characters made visible.
  ///   - toError: whether they go to standard error.
  func print(_ lines: String, after label: String, toError: Bool) {
    guard !lines.isEmpty else { return }
    let shown = ControlSequences.inLines(lines, keepsColors: printer.terminal.usesColor)
    printer.waitForRoom(toError: toError)
    printer.passThrough(NodeOutput.lines(shown, after: "\(label) | "), toError: toError)
  }

  /// Adds text of a stream, and returns the lines that it completes.
  func complete(_ text: String, of place: Int, isError: Bool) -> String {
    partialLines.withLock {
      $0[place, default: [:]][isError, default: OutputLines()].takeLines(Array(text.utf8))
    }
  }

  /// Returns the incomplete lines of a node that has ended, as complete ones.
  func finish(_ place: Int) -> [(isError: Bool, line: String)] {
    let rest = partialLines.withLock { $0.removeValue(forKey: place) } ?? [:]
    return rest.sorted { !$0.key && $1.key }.compactMap { isError, lines in
      var lines = lines
      return lines.finish().map { (isError, $0 + "\n") }
    }
  }

  /// Complete lines with a prefix before each.
  private static func lines(_ text: String, after prefix: String) -> [UInt8] {
    let (bytes, prefix) = (Array(text.utf8), Array(prefix.utf8))
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 2 * prefix.count)
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      result.append(contentsOf: prefix)
      result.append(contentsOf: bytes[start...end])
      start = end + 1
    }
    return result
  }
}
