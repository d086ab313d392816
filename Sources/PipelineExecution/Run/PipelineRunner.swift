import Glibc
import JSONCore
import KernelLauncher
import NotebookExecution
public import Pipelines
import Synchronization
import SystemSupport

/// Runs a pipeline on this machine, as Elyra's local run does, but for what can go on at once.
public struct PipelineRunner: Sendable {
  /// The nodes.
  public let graph: PipelineGraph
  /// What the pipeline is called: the name of its file, without the ending.
  public let name: String
  /// The pipeline's file, absolute.
  public let file: String
  /// How it is run.
  public let configuration: PipelineConfiguration
  /// The means to stop it.
  public let control: PipelineControl
  /// Where runs are remembered; nil for nowhere.
  let history: PipelineHistory?
  /// Called with everything that happens, in order for each node, on any thread.
  let report: @Sendable (PipelineEvent) -> Void

  /// What the run is called: the pipeline's name and when it was made.
  let runName: String
  let parameters: ParameterScope
  let pipelineDescription: String?
  private let warmStarts: WarmStarts?
  /// What runs the nodes, each of which takes the first that can.
  private let runners: [any NodeRunner]

  /// A run of a pipeline that is valid.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline.
  ///   - graph: its nodes.
  ///   - name: what it is called: the name of its file, without the ending.
  ///   - file: its file, absolute.
  ///   - configuration: how it is run.
  ///   - history: where runs are remembered; nil for nowhere.
  ///   - control: the means to stop it.
  ///   - report: called with everything that happens, in order for each node, on any thread.
  public init(
    _ pipeline: Pipeline, _ graph: PipelineGraph, name: String, file: String,
    configuration: PipelineConfiguration, history: PipelineHistory? = nil,
    control: PipelineControl = .init(), report: @escaping @Sendable (PipelineEvent) -> Void
  ) {
    self.graph = graph
    self.name = name
    self.file = file
    self.configuration = configuration
    self.history = history
    self.control = control
    self.report = report
    runName = PipelineRunner.runName(name)
    pipelineDescription = pipeline.description
    parameters = ParameterScope(pipeline, given: configuration.parameters)
    // One kernel alone is ready sooner when it is started from nothing.
    let notebooks = graph.nodes.count { $0.kind == .notebook }
    warmStarts = notebooks > 1 && configuration.startsWarm ? WarmStarts() : nil
    runners = [
      LocalNotebookRunner(
        startupTimeout: configuration.startupTimeout, fallback: configuration.kernelFallback,
        keepsOldOutputs: configuration.keepsOldOutputs, warmStarts: warmStarts),
      LocalScriptRunner(python: configuration.python),
    ]
  }

  /// The folder that paths of the pipeline begin in.
  var folder: String { PipelinePath.folder(file) }

  /// The pipeline's file without links: what its runs are known by.
  var identity: String { PipelineRunner.identity(of: file) }

  /// A pipeline's file without links: what its runs are known by.
  public static func identity(of file: String) -> String {
    guard let resolved = realpath(file, nil) else { return file }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// What Elyra puts into `ELYRA_RUN_NAME`: the pipeline's name and month, day and time.
  private static func runName(_ name: String) -> String {
    var now = time(nil)
    var local = tm()
    localtime_r(&now, &local)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return name + "-" + two(local.tm_mon + 1) + two(local.tm_mday) + two(local.tm_hour)
      + two(local.tm_min) + two(local.tm_sec)
  }

  /// Runs the pipeline.
  ///
  /// - Returns: what became of it, however it ended.
  /// - Throws: ``NodeSelection/Unknown`` when a node that was asked for is not there, and
  ///   ``HistoryError`` when the record of runs cannot be used.
  public func run() async throws -> PipelineResult {
    let selection = try configuration.selection.places(in: graph)
    let session = try await history?.begin(self, selection: selection)
    let selected = session?.selection ?? selection
    let start = ContinuousClock.now
    let started = wallClockNanoseconds()
    var nodes = graph.nodes.enumerated().map { place, node in
      NodeResult(place: place, id: node.id, label: node.label, file: node.file)
    }
    for place in nodes.indices where selected.map({ !$0.contains(place) }) ?? false {
      nodes[place].status = .skipped
    }
    tell(.runStarted(name: runName, run: session?.run, nodes: nodes))
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
        await session?.ended(nodes[place])
        tell(.nodeFinished(nodes[place]))
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
        nodes[place].executed = ending.result
        // What was looked at before and after it is not its time.
        nodes[place].started = nodes[place].started ?? ending.started
        nodes[place].duration += ending.duration
        nodes[place].reason = nodes[place].reason ?? reason
        nodes[place].cachedRun = ending.cachedRun
        let isDone = ending.status.isDone
        let actions = schedule.ended(
          place, isDone ? .succeeded : .failed(mayRetry: ending.mayRetry))
        if !isDone, schedule.states[place] != .failed {
          let delay = Duration.seconds(graph.nodes[place].lyre.retryDelay)
          tell(.nodeFailedOnce(nodes[place], nextIn: delay))
        } else {
          await finish(place)
        }
        await perform(actions)
        // A run that ends does not wait for attempts that will not come.
        for (place, pause) in delays where schedule.states[place] != .delayed {
          pause.stop(signal: SIGTERM)
        }
      }
    }
    await warmStarts?.end()
    for place in nodes.indices where nodes[place].status == .waiting {
      nodes[place].status = .notRun
      await session?.ended(nodes[place])
      tell(.nodeFinished(nodes[place]))
    }
    let result = PipelineResult(
      run: session?.run, name: runName, started: started, duration: ContinuousClock.now - start,
      nodes: nodes, stopSignal: control.stopSignal,
      criticalPath: NodeResult.criticalPath(nodes, parents: graph.parents))
    await session?.finish(result)
    tell(.runFinished(result))
    return result
  }

  /// What the run waits for.
  private enum Step: Sendable {
    case ended(Int, NodeOutcome, String?)
    case delayIsOver(Int)
  }

  func tell(_ kind: PipelineEvent.Kind) {
    report(PipelineEvent(time: wallClockNanoseconds(), kind: kind))
  }

  // MARK: One node

  private func runNode(
    _ place: Int, attempt: Int, _ session: PipelineHistory.Session?, log path: String?
  ) async -> (NodeOutcome, reason: String?) {
    let node = graph.nodes[place]
    let control = NodeControl()
    self.control.attach(control, at: place)
    defer { self.control.detach(place) }
    var reason: String?
    var inputs: NodeInputs?
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
    tell(.nodeStarted(place, attempt: attempt, reason: reason))
    let started = (clock: ContinuousClock.now, time: wallClockNanoseconds())
    let attemptToRun = NodeAttempt(
      node: node, folder: folder, configuration: configuration, scope: parameters,
      runName: runName, destination: configuration.destinations[place], runners: runners)
    var ending = await attemptToRun.run(
      NodeLog(path, appends: attempt > 1), control: control,
      report: { report in
        switch report {
        case .lines(let isError, let text):
          tell(.lines(place, isStandardError: isError, text))
        case .notebook(let event): tell(.notebook(place, event))
        case .warning(let message): tell(.warning(message, node: place))
        }
      })
    ending.duration = ContinuousClock.now - started.clock
    ending.started = started.time
    if let document = ending.executed {
      ending.result = await session?.keep(document, of: place) ?? .unrecorded(document)
    }
    if let session, let inputs {
      if ending.status == .succeeded {
        await session.succeeded(place, inputs, executed: ending.executed, control)
      } else {
        await session.failed(place, executed: ending.executed)
      }
    }
    ending.executed = nil
    if control.stopSignal != nil, ending.status.isFailure { ending.status = .interrupted }
    return (ending, reason)
  }
}
