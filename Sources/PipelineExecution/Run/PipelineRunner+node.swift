import NotebookExecution
import Pipelines
import RunEvents
import RunRecord
import SystemSupport

extension PipelineRunner {
  /// Runs a node once, or uses an earlier result.
  func runNode(
    _ place: Int, attempt: Int, _ session: RunSession?, log path: String?
  ) async -> (NodeOutcome, reason: String?) {
    let node = graph.nodes[place]
    let control = NodeControl()
    self.control.attach(control, at: place)
    defer { self.control.detach(place) }
    var reason: String?
    var inputs: Fingerprint?
    if let session {
      switch await session.decide(place, attempt: attempt, log: path, control) {
      case .stopped: return (NodeOutcome(status: .interrupted), nil)
      case .reuse(let run, let executed):
        return (NodeOutcome(status: .cached, result: executed, cachedRun: run), nil)
      case .run(let why, let found):
        reason = why
        inputs = found
      }
    }
    if control.stopSignal != nil { return (NodeOutcome(status: .interrupted), reason) }
    context.tell(.nodeStarted(reason: reason), of: place, attempt: attempt)
    let started = (clock: ContinuousClock.now, time: wallClockNanoseconds())
    let nodeAttempt = NodeAttempt(
      node: node, folder: folder, configuration: configuration, scope: context.parameters,
      runName: context.runName, destination: configuration.destinations[place],
      subject: context.subject(of: place, attempt: attempt), runners: runners)
    var outcome = await nodeAttempt.run(
      NodeLog(path, appends: attempt > 1), control: control,
      report: { report in
        switch report {
        case .lines(let isError, let text):
          context.tell(
            .lines(isStandardError: isError, text: text), of: place, attempt: attempt)
        case .notebook(let event): context.report(event)
        case .warning(let message):
          context.tell(.warning(RunWarning(message)), of: place, attempt: attempt)
        }
      })
    outcome.duration = ContinuousClock.now - started.clock
    outcome.started = started.time
    if let document = outcome.executed {
      outcome.result = await session?.keep(document, of: place) ?? .unrecorded(document)
      if case .unrecorded(let document) = outcome.result { keepUnrecorded?(place, document) }
    }
    if let session, let inputs {
      if outcome.status == .succeeded {
        await session.succeeded(place, inputs, executed: outcome.executed, control)
      } else {
        await session.failed(place, executed: outcome.executed)
      }
    }
    outcome.executed = nil
    if control.stopSignal != nil, outcome.status.isFailure { outcome.status = .interrupted }
    return (outcome, reason)
  }
}
