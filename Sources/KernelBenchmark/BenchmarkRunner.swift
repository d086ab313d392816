import Glibc
import JupyterProtocol
import KernelClient
import KernelLauncher
import Synchronization
import SystemSupport

/// Measures kernels side by side.
///
/// In each round every kernel is measured in turn, so that other load on the machine affects all
/// alike, and each round begins with another kernel. A kernel process exists for one round; a
/// measurement that breaks it is recorded as failed, and the rest uses a new one.
public struct BenchmarkRunner {
  private let configuration: BenchmarkConfiguration
  private let directory: String
  private let report: @Sendable (BenchmarkProgress) -> Void
  private var states: [SubjectState]

  /// An error: the directory for the kernels could not be created.
  public struct NoDirectory: Error, Sendable, CustomStringConvertible {
    /// The directory, and the reason.
    public var description: String
  }

  /// Runs the measurements; if the task is cancelled, returns the results so far.
  ///
  /// - Parameters:
  ///   - configuration: what to measure.
  ///   - version: the version of Lyre, for the report.
  ///   - progress: called when a new measurement begins.
  /// - Returns: the results of complete and partial rounds.
  /// - Throws: ``NoDirectory``.
  public static func run(
    _ configuration: BenchmarkConfiguration, version: String,
    progress: @escaping @Sendable (BenchmarkProgress) -> Void
  ) async throws(NoDirectory) -> BenchmarkReport {
    let machine = Machine()
    let date = now()
    let directory: String
    do throws(SystemError) {
      // A path that is short enough for sockets.
      directory = try FilePath.makeTemporaryFolder("lyre-bench-", in: "/tmp")
    } catch {
      throw NoDirectory(description: "cannot create a directory in /tmp: \(error)")
    }
    defer { FilePath.removeTree(directory) }
    var runner = BenchmarkRunner(
      configuration: configuration, directory: directory, report: progress,
      states: configuration.subjects.map { SubjectState($0) })
    await runner.run()
    return BenchmarkReport(
      version: version, date: date, machine: machine,
      kernels: runner.states.map { $0.report(configuration.measurements) })
  }

  private static func now() -> String {
    let text = MessageDate.text(nanoseconds: wallClockNanoseconds())
    return text.prefix(19) + "Z"
  }

  private mutating func run() async {
    let begin = ContinuousClock.now
    for round in 1...max(1, configuration.rounds) {
      if let time = configuration.time, round > 1, ContinuousClock.now - begin > time { return }
      for turn in states.indices {
        let index = (turn + round - 1) % states.count
        guard !Task.isCancelled else { return }
        await measure(index, round)
      }
    }
  }

  /// Runs one round of one kernel, with as many processes as required.
  private mutating func measure(_ index: Int, _ round: Int) async {
    var rest = Measurement.allCases.filter {
      configuration.measurements.contains($0) && states[index].failures[$0] == nil
    }
    guard states[index].startFailure == nil else { return }
    await startOnly(index, round, rest)
    repeat {
      var turn = Turn(
        state: states[index], configuration: configuration, directory: directory, rest: rest,
        progress: progress(index, round))
      await turn.run()
      states[index] = turn.state
      rest = turn.rest
    } while !rest.isEmpty && states[index].startFailure == nil && !Task.isCancelled
    if !Task.isCancelled { states[index].rounds += 1 }
  }

  /// Starts and ends the kernel a few more times if that is quick, because one start per round is
  /// not significant.
  private mutating func startOnly(_ index: Int, _ round: Int, _ rest: [Measurement]) async {
    let wanted = rest.filter { $0 == .start || $0 == .shutdown }
    guard !wanted.isEmpty else { return }
    let begin = ContinuousClock.now
    for _ in 0..<3 {
      var turn = Turn(
        state: states[index], configuration: configuration, directory: directory, rest: wanted,
        progress: progress(index, round))
      await turn.run()
      states[index] = turn.state
      let isOver = ContinuousClock.now - begin > configuration.slice * 3
      if isOver || Task.isCancelled || states[index].startFailure != nil { return }
    }
  }

  private func progress(_ index: Int, _ round: Int) -> @Sendable (Measurement) -> Void {
    let state = states[index]
    let (rounds, report) = (configuration.rounds, report)
    return { measurement in
      report(
        BenchmarkProgress(
          round: round, rounds: rounds, kernel: state.subject.spec.name,
          transport: state.transport, measurement: measurement))
    }
  }
}

/// The results of a kernel so far.
struct SubjectState: Sendable {
  let subject: BenchmarkConfiguration.Subject
  var samples: [Measurement: Samples] = [:]
  var failures: [Measurement: String] = [:]
  /// The numbers of items that fill the time of a rate.
  var counts: [Measurement: Int] = [:]
  var implementation = ""
  var rounds = 0
  var startFailure: String?

  init(_ subject: BenchmarkConfiguration.Subject) {
    self.subject = subject
  }

  var transport: String {
    switch subject.transport {
    case .auto: subject.spec.speaksIPC ? "ipc" : "tcp"
    case .ipc: "ipc"
    case .tcp: "tcp"
    }
  }

  mutating func add(_ values: [Double], to measurement: Measurement) {
    samples[measurement, default: Samples(measurement.unit)].add(values)
  }

  func report(_ wanted: Set<Measurement>) -> KernelReport {
    var results: [Measurement: KernelReport.Outcome] = [:]
    for measurement in Measurement.allCases where wanted.contains(measurement) {
      if let reason = failures[measurement] {
        results[measurement] = .failed(reason)
      } else if let figures = samples[measurement]?.figures {
        results[measurement] = .measured(figures)
      } else if let reason = startFailure {
        results[measurement] = .failed(measurement == .start ? reason : "it did not start")
      }
    }
    // Whichever measurements were requested, a kernel that does not start reports the reason.
    if let reason = startFailure { results[.start] = .failed(reason) }
    return KernelReport(
      name: subject.spec.name, displayName: subject.spec.displayName,
      language: subject.spec.language, implementation: implementation, transport: transport,
      rounds: rounds, results: results)
  }
}
