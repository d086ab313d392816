import Pipelines
import SystemSupport

/// An error: files of a node could not be fetched, checked or brought back; what happened, where, and
/// what to do.
package struct TransferProblem: Error, Sendable, CustomStringConvertible {
  /// The message.
  package var description: String
  /// Whether the description asks for what cannot be, and nothing was done.
  package var isUsage = false
  /// Whether the node was stopped meanwhile.
  var isStop = false
  /// Whether what was asked for is not there.
  var isMissing = false

  init(_ description: String) { self.description = description }

  /// A file of the system that cannot be used.
  init(_ path: String, _ what: String, _ error: SystemError) {
    description = "'\(path)' cannot be \(what): \(error)"
  }

  /// The place for results has those of another run.
  static func used(_ place: FilesPlace) -> TransferProblem {
    var problem = TransferProblem(
      "'\(place)' has the results of another run, which would be mixed with this one's; name an empty "
        + "or new place in results.to")
    problem.isUsage = true
    return problem
  }

  /// The node was stopped.
  static let stopped: TransferProblem = {
    var problem = TransferProblem("the node was stopped")
    problem.isStop = true
    return problem
  }()
}
