import Glibc
import SystemSupport

/// Which nodes of a run have begun, written down before they begin.
///
/// The database learns of it a moment later; after a crash this file tells what was running, so that
/// no node that may have changed something is taken for one that never ran.
struct StartedNodes: Sendable {
  /// The folder of what the run's nodes write.
  let folder: String

  private var path: String { "\(folder)/started" }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - place: its place in the graph.
  ///   - log: the name of its log in the folder; nil when it has none.
  /// - Throws: ``SystemError`` when it cannot be written.
  func add(_ place: Int, log: String?) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    try writeAll(descriptor, Array("\(place) \(log ?? "")\n".utf8)[...])
  }

  /// The nodes that have begun, with their logs; a last line that was cut off does not count.
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
