import Glibc
import JSONCore
import RunEvents
import SystemSupport

extension DetachedRun {
  /// The file with the mark of the program that submitted the run.
  var ownerFile: String { "\(folder)/owner" }

  /// The program that submitted the run; nil if that is not known.
  var owner: OwnerMark? {
    (try? fileContent(ownerFile, maximum: 4096)).flatMap {
      OwnerMark(String(decoding: $0, as: UTF8.self))
    }
  }

  /// Removes the folders of runs whose program was ended before it had submitted all jobs: none of
  /// these will start.
  ///
  /// - Parameter parent: the folder in which they are.
  static func removeIncomplete(in parent: String) {
    for name in FilePath.names(in: parent) where !NodeFolder.isName(name) {
      let run = DetachedRun(folder: "\(parent)/\(name)", nodes: [])
      guard run.owner?.life == .hasEnded, !run.has(.complete), !run.has(.stopped) else { continue }
      FilePath.removeTree(run.folder)
    }
  }

  /// Removes the variables and credentials of nodes that were never started, and will not be.
  func removeSecrets() {
    for place in nodes.indices {
      unlink(variables(of: place))
      unlink(credentials(of: place))
    }
  }

  /// How a node ended, as it says itself; nil if that cannot be read, or is about another run.
  ///
  /// - Parameters:
  ///   - place: its place.
  ///   - bytes: the content of its `ending.json`.
  func outcome(of place: Int, _ bytes: [UInt8]) -> NodeOutcome? {
    guard let json = try? JSONValue(parsing: bytes), let ending = NodeEnding(json: json),
      ending.subject.run == .name(id), ending.subject.node?.id == nodes[place].id,
      !ending.result.status.isOpen
    else { return nil }
    var outcome = NodeOutcome(
      status: ending.result.status, message: ending.result.message,
      standardErrorTail: ending.result.standardErrorTail)
    outcome.started = ending.result.started
    outcome.duration = ending.result.duration
    return outcome
  }
}
