import PipelineExecution
import RemoteEngines
import RunEvents

/// A run that Slurm has as a whole, as those who follow runs of engines see it.
struct SlurmEngineRun: EngineRun {
  private let watch: DetachedWatch
  private let submission: Submission

  /// - Parameters:
  ///   - submission: the run.
  ///   - environment: the variables, with the `PATH` on which Slurm's programs are.
  /// - Throws: ``EngineError`` if the settings of its storage are not usable here.
  init(_ submission: Submission, environment: [String: String]) throws(EngineError) {
    self.submission = submission
    watch = try DetachedWatch(submission, environment: environment)
  }

  func state() async throws(EngineError) -> EngineRunState {
    do throws(DetachedProblem) {
      return EngineRunState(try await watch.state(), submission)
    } catch {
      throw incomplete(error) ?? EngineError(error)
    }
  }

  func stop() async throws(EngineError) -> EngineRunState.Status? {
    do throws(DetachedProblem) {
      return try await watch.stop().map { EngineRunState($0, submission).status }
    } catch {
      throw EngineError(error)
    }
  }

  func retry() async throws(EngineError) {
    throw EngineError(
      .rejected,
      "Slurm does not run the nodes of a run again; submit what is left with `lyre pipeline run "
        + "\(submission.pipeline) --slurm --detach --from NODE`")
  }

  private func incomplete(_ problem: DetachedProblem) -> EngineError? {
    guard problem.kind == .incomplete else { return nil }
    return EngineError(
      .rejected,
      "\(problem.description); `lyre pipeline stop \(submission.number)` cancels what there is, and "
        + "then submit it again")
  }
}

extension EngineRunState {
  /// How a run on Slurm stands.
  init(_ state: DetachedState, _ submission: Submission) {
    let nodes = zip(submission.nodes, state.nodes).map { submitted, node in
      Node(
        task: submitted.task, status: node.status, started: node.started, ended: node.ended,
        message: node.message, isConclusive: node.hasEnded)
    }
    let status: Status
    if !state.isOver {
      status = nodes.allSatisfy { $0.status == .waiting } ? .waiting : .running
    } else if nodes.contains(where: \.status.isFailure) {
      status = .failed
    } else {
      status = nodes.allSatisfy(\.status.isDone) ? .succeeded : .stopped
    }
    self.init(
      status: status, started: submission.submitted,
      finished: state.isOver ? nodes.compactMap(\.ended).max() : nil, nodes: nodes)
  }
}

extension EngineError {
  /// The error of an engine for a problem with a run on Slurm.
  init(_ problem: DetachedProblem) {
    let kind: Kind =
      switch problem.kind {
      case .silence, .storage(isFinal: false): .unreachable
      case .storage(isFinal: true): .denied
      case .refused, .incomplete: .rejected
      case .unusable: .unusable
      case .missing: .missing
      case .file: .file
      case .stopped: .cancelled
      }
    self.init(kind, problem.description)
  }
}
