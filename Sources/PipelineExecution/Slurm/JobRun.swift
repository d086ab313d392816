import RunEvents
import SystemSupport

/// A job from its submission to its end.
struct JobRun: Sendable {
  let slurm: SlurmCommands
  let job: String
  /// The file that `lyre node` writes last.
  let ending: String
  let control: NodeControl
  let report: @Sendable (NodeReport) -> Void

  /// How often to look for the ending and for signals.
  private static let tick = Duration.milliseconds(100)
  /// How often to ask Slurm after a change.
  private static let firstInterval = Duration.milliseconds(500)
  /// How often to ask Slurm if nothing changes.
  private static let longestInterval = Duration.seconds(10)
  /// How long `lyre node` may take to save after a signal.
  private static let patience = Duration.seconds(30)

  private enum Wake {
    case timeIsUp
    case hasResult
    case isStopped
    case isKilled
  }

  /// Waits for the end of the job.
  ///
  /// - Returns: its last known state; nil if Slurm forgot it.
  func run() async -> JobState? {
    var interval = JobRun.firstInterval
    var lastState: JobState?
    var (hasStopped, hasKilled, hasWarned) = (false, false, false)
    var deadline: ContinuousClock.Instant?
    while true {
      switch await wait(interval, hasStopped: hasStopped, hasKilled: hasKilled) {
      case .hasResult: return lastState
      case .isStopped:
        hasStopped = true
        deadline = .now + JobRun.patience
        await slurm.end(job, await isRunning ? .tell(signal: "TERM") : .end)
        interval = JobRun.firstInterval
        continue
      case .isKilled:
        hasKilled = true
        await slurm.end(job, .kill)
        interval = JobRun.firstInterval
        continue
      case .timeIsUp: break
      }
      if let due = deadline, ContinuousClock.now > due {
        deadline = nil
        await slurm.end(job, .end)
      }
      switch await slurm.state(of: job) {
      case .state(let state):
        if lastState?.name != state.name { interval = JobRun.firstInterval }
        lastState = state
        if state.hasEnded { return state }
        if state.obstacle != nil {
          await slurm.end(job, .end)
          return state
        }
      case .forgotten: return nil
      case .silence(let reason):
        // The job goes on without its scheduler.
        if !hasWarned {
          report(.warning("Slurm does not answer about job \(job), which may go on: \(reason)"))
        }
        hasWarned = true
      }
      interval = min(interval * 3 / 2, JobRun.longestInterval)
    }
  }

  private var isRunning: Bool {
    get async {
      guard case .state(let state) = await slurm.state(of: job) else { return false }
      return !state.isWaiting
    }
  }

  private func wait(_ interval: Duration, hasStopped: Bool, hasKilled: Bool) async -> Wake {
    let end = ContinuousClock.now + interval
    while ContinuousClock.now < end {
      if FilePath.exists(ending) { return .hasResult }
      if !hasStopped, control.stopSignal != nil { return .isStopped }
      if !hasKilled, control.isKilled { return .isKilled }
      // A cancelled task does not wait, and nobody wants its result.
      if (try? await Task.sleep(for: JobRun.tick)) == nil { await Task.yield() }
    }
    return .timeIsUp
  }

  /// The last state of a job that has left its result, which follows soon.
  ///
  /// - Parameter last: its last known state.
  func settled(_ last: JobState?) async -> JobState? {
    var state = last
    let end = ContinuousClock.now + JobRun.patience
    while ContinuousClock.now < end, state.map({ !$0.hasEnded }) ?? true {
      guard case .state(let new) = await slurm.state(of: job) else { return state }
      state = new
      if new.hasEnded { break }
      guard (try? await Task.sleep(for: JobRun.firstInterval)) != nil else { break }
    }
    return state
  }
}
