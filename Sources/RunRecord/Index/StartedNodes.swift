import Glibc
import SystemSupport

/// The file of a run's started nodes, which is written before they start.
///
/// The database is updated a moment later. After a crash this file shows which nodes were running,
/// so that a node that may have changed files is not treated as never run.
struct StartedNodes: Sendable {
  /// The folder of the run's output.
  let folder: String

  private var path: String { "\(folder)/started" }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - place: its place in the graph.
  ///   - log: the name of its log in the folder; nil if it has none.
  /// - Throws: ``SystemError`` when it cannot be written.
  func add(_ place: Int, log: String?) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    try writeAll(descriptor, Array("\(place) \(log ?? "")\n".utf8)[...])
  }

  /// The nodes that have started, with their logs; a truncated last line is ignored.
  var logs: [Int: String?] {
    guard let bytes = try? fileContent(path) else { return [:] }
    var result: [Int: String?] = [:]
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    for line in lines {
      let fields = line.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 2, let place = Int(fields[0]) else { continue }
      result[place] = .some(fields[1].isEmpty ? nil : "\(folder)/\(fields[1])")
    }
    return result
  }
}
