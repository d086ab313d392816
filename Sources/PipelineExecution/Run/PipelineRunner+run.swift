import Glibc
import KernelLauncher
import NotebookExecution
import Pipelines
import RunEvents
import RunRecord
import SystemSupport

extension PipelineRunner {
  /// Runs the pipeline.
  ///
  /// - Returns: the result, however the run ended.
  /// - Throws: ``NodeSelection/Unknown`` when a selected node does not exist, and ``HistoryError``
  ///   when the record of runs cannot be used.
  public func run() async throws -> PipelineResult {
    let selection = try configuration.selection.places(in: graph)
    let session: RunSession? =
      if let history {
        try await context.begin(
          history, selection: selection, images: images)
      } else { nil }
    var runner = self
    if let session { runner.context = session.context }
    let result = await runner.run(session, session?.selection ?? selection)
    await session?.close()
    return result
  }

  private func run(_ session: RunSession?, _ selected: Set<Int>?) async -> PipelineResult {
    let start = ContinuousClock.now
    let started = wallClockNanoseconds()
    var nodes = graph.nodes.enumerated().map { place, node in
      NodeResult(place: place, id: node.id, label: node.label, file: node.file)
    }
    for place in nodes.indices where selected.map({ !$0.contains(place) }) ?? false {
      nodes[place].status = .skipped
    }
    let usual = session?.past.usualDurations ?? [:]
    context.tell(.pipelineStarted(context.start(nodes, usualDurations: usual)))
    await session?.warnOfStaleParents(control)
    var schedule = Schedule(
      parents: graph.parents,
      configuration: .init(
        jobs: configuration.jobs, keepsGoing: configuration.keepsGoing, selection: selected,
        retries: graph.nodes.map { max($0.lyre.retries, configuration.retries) },
        delayed: Set(graph.nodes.indices.filter { graph.nodes[$0].lyre.retryDelay > 0 }),
        claims: NodeClaims.all(of: graph.nodes, in: folder), weights: session?.weights ?? []))
    var delays: [Int: NodeControl] = [:]
    await withTaskGroup(of: Step.self) { group in
      func finish(_ place: Int) async {
        session?.ended(nodes[place])
        context.tell(.nodeFinished(nodes[place]), of: place)
      }
      func perform(_ actions: [Schedule.Action]) async {
        for action in actions {
          switch action {
          case .start(let place, let attempt):
            nodes[place].attempts = attempt
            nodes[place].status = .running
            nodes[place].log = session?.log(for: place)
            let log = nodes[place].log
            group.addTask {
              let (ending, reason) = await runNode(place, attempt: attempt, session, log: log)
              return .ended(place, ending, reason)
            }
          case .delay(let place):
            let pause = NodeControl()
            delays[place] = pause
            control.attach(pause, at: place)
            group.addTask { [delay = graph.nodes[place].lyre.retryDelay] in
              _ = await pause.pause(for: .seconds(delay))
              return .delayIsOver(place)
            }
          case .block(let place, let failed):
            nodes[place].status = .blocked
            nodes[place].message = "it needs '\(graph.nodes[failed].label)', which failed"
            await finish(place)
          }
        }
      }
      await perform(schedule.start())
      while let step = await group.next() {
        if control.stopSignal != nil { schedule.stop() }
        guard case .ended(let place, let ending, let reason) = step else {
          guard case .delayIsOver(let place) = step else { continue }
          delays[place] = nil
          control.detach(place)
          if schedule.states[place] == .failed {
            if control.stopSignal != nil { nodes[place].status = .interrupted }
            await finish(place)
          }
          await perform(schedule.delayIsOver(place))
          continue
        }
        nodes[place].status = ending.status
        nodes[place].message = ending.message
        nodes[place].cells = ending.cells
        nodes[place].standardErrorTail = ending.standardErrorTail
        nodes[place].executed = ending.result?.name
        // Comparing files before and after it is not part of its time.
        nodes[place].started = nodes[place].started ?? ending.started
        nodes[place].duration += ending.duration
        nodes[place].reason = nodes[place].reason ?? reason
        nodes[place].cachedRun = ending.cachedRun
        let isDone = ending.status.isDone
        let actions = schedule.ended(
          place, isDone ? .succeeded : .failed(mayRetry: ending.mayRetry))
        if !isDone, schedule.states[place] != .failed {
          let delay = Duration.seconds(graph.nodes[place].lyre.retryDelay)
          context.tell(.nodeRetried(nodes[place], delay: delay), of: place)
        } else {
          await finish(place)
        }
        await perform(actions)
        // A run that ends does not wait for attempts that will not start.
        for (place, pause) in delays where schedule.states[place] != .delayed {
          pause.stop(signal: SIGTERM)
        }
      }
    }
    await warmStarts?.end()
    for place in nodes.indices where nodes[place].status == .waiting {
      nodes[place].status = .notRun
      session?.ended(nodes[place])
      context.tell(.nodeFinished(nodes[place]), of: place)
    }
    let result = PipelineResult(
      run: session?.run, name: context.runName, started: started,
      duration: ContinuousClock.now - start,
      nodes: nodes, stopSignal: control.stopSignal,
      criticalPath: NodeResult.criticalPath(nodes, parents: graph.parents))
    await session?.finish(result)
    context.tell(.pipelineFinished(result.end))
    return result
  }

  /// An event that the run waits for.
  private enum Step: Sendable {
    case ended(Int, NodeOutcome, String?)
    case delayIsOver(Int)
  }
}
