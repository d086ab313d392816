import RunEvents
import SystemSupport

/// What an engine says about a run that it was told to run again, without what it only repeats: a value
/// without I/O.
///
/// Some engines show the failures of the attempt before for a moment, until they have looked at the run
/// themselves.
package struct RetriedRun: Sendable {
  private let before: EngineRunState
  private let end: Int64
  /// Whether something else was said about the run since then.
  private var isNew = false
  /// The tasks that something else was said about.
  private var newTasks: Set<String> = []
  /// Whether what the engine repeats is taken for the truth: it has said nothing else for too long.
  package private(set) var hasGivenUp = false

  /// - Parameters:
  ///   - before: what the engine said before.
  ///   - now: the time, in nanoseconds.
  ///   - patience: how long to wait until it says something else.
  package init(
    after before: EngineRunState, now: Int64, patience: Duration = RetriedRun.patience
  ) {
    self.before = before
    end = now + patience.totalNanoseconds
  }

  /// How long an engine may take until it shows that a run goes on.
  package static let patience = Duration.seconds(120)

  /// Takes what the engine says.
  ///
  /// - Returns: the same without what is from before: such a run waits, and such tasks are left out.
  package mutating func take(_ state: EngineRunState, now: Int64) -> EngineRunState {
    let isOld =
      state.status.isFinal && state.status == before.status && state.finished == before.finished
      // Without a time, the same end may have come again.
      && (state.finished != nil || !isNew)
    if !isOld { isNew = true }
    let old = Dictionary(before.nodes.map { ($0.task, $0) }) { first, _ in first }
    let shown = Set(state.nodes.map(\.task))
    newTasks.formUnion(old.keys.filter { !shown.contains($0) })
    var result = state
    result.nodes = state.nodes.filter { node in
      // What succeeded is not run again.
      if node.status == .succeeded || node.status == .cached { return true }
      let isSame = node == old[node.task]
      if !isSame { newTasks.insert(node.task) }
      return !isSame || node.ended == nil && newTasks.contains(node.task)
    }
    guard isOld else {
      // Some have not been run again.
      if state.status.isFinal { result.nodes = state.nodes }
      return result
    }
    if now >= end {
      hasGivenUp = true
      return state
    }
    result.status = .waiting
    (result.finished, result.message) = (nil, nil)
    return result
  }
}
