import Pipelines
import SystemSupport

/// Where the nodes of a run that Slurm has as a whole leave how they began and ended.
package protocol DetachedResults: Sendable {
  /// What a node has left so far.
  ///
  /// - Parameters:
  ///   - place: its place in the run.
  ///   - hasStarted: whether it is known that it has begun.
  /// - Throws: ``NodeStorageProblem`` if that cannot be learned.
  func left(of place: Int, hasStarted: Bool) async throws(NodeStorageProblem) -> DetachedTraces
}

/// What a node has left so far.
package struct DetachedTraces: Sendable, Hashable {
  /// Whether it has begun.
  package var hasStarted: Bool
  /// The content of its `ending.json`; nil if there is none.
  package var ending: [UInt8]?

  /// Creates a value.
  package init(hasStarted: Bool, ending: [UInt8]? = nil) {
    self.hasStarted = hasStarted
    self.ending = ending
  }
}

/// The results in the folder of the run, which all machines see.
struct FolderResults: DetachedResults {
  let run: DetachedRun

  func left(of place: Int, hasStarted: Bool) async throws(NodeStorageProblem) -> DetachedTraces {
    let results = run.results(of: place)
    let path = "\(results)/\(NodeDescription.endingName)"
    let ending = FilePath.exists(path) ? try? fileContent(path) : nil
    return DetachedTraces(
      hasStarted: ending != nil || FilePath.exists("\(results)/\(NodeDescription.eventsName)"),
      ending: ending)
  }
}
