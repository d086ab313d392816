import Glibc
import KernelBenchmark
import Reports
import Synchronization

/// A benchmark that a signal can stop, with its progress on the terminal.
struct BenchRun {
  var configuration: BenchmarkConfiguration

  private enum End: Sendable {
    case measured(BenchmarkReport)
    case failed(String)
    case stopped(Int32)
  }

  /// Runs the benchmark.
  ///
  /// - Returns: the report, and the signal that stopped it, if any.
  /// - Throws: ``ExitRequest`` when nothing could be measured.
  func run() async throws(ExitRequest) -> (BenchmarkReport, Int32?) {
    let (signals, sender) = AsyncStream<Int32>.makeStream()
    let wasTold = Atomic<Bool>(false)
    Signals.handle { signal in
      // After a second signal, do not wait for the kernel: the guardian ends it.
      if wasTold.exchange(true, ordering: .relaxed) { _exit(128 + signal) }
      sender.yield(signal)
    }
    let progress = Progress()
    if Printer.shared.terminal.errorIsTerminal {
      Printer.shared.setStatus { "\(progress.text)" }
    }
    defer { Printer.shared.setStatus(nil) }
    var stopped: Int32?
    var report: BenchmarkReport?
    var failure = "nothing was measured"
    await withTaskGroup(of: End?.self) { group in
      let configuration = configuration
      group.addTask {
        do throws(BenchmarkRunner.NoDirectory) {
          return .measured(
            try await BenchmarkRunner.run(configuration, version: LyreVersion.text) {
              progress.note($0)
            })
        } catch {
          return .failed("\(error)")
        }
      }
      group.addTask {
        for await signal in signals { return .stopped(signal) }
        return nil
      }
      for await end in group {
        switch end {
        case .measured(let measured): report = measured
        case .failed(let reason): failure = reason
        case .stopped(let signal): stopped = signal
        case nil: break
        }
        group.cancelAll()
      }
    }
    guard let report else {
      Printer.shared.log("error: \(failure)")
      throw ExitRequest(code: .notWritten)
    }
    return (report, stopped)
  }

  /// The progress of the benchmark for the status line.
  private final class Progress: Sendable {
    private let state = Mutex<BenchmarkProgress?>(nil)
    private let begin = ContinuousClock.now

    func note(_ progress: BenchmarkProgress) {
      state.withLock { $0 = progress }
    }

    var text: String {
      guard let progress = state.withLock({ $0 }) else { return "" }
      let time = Format.duration(ContinuousClock.now - begin)
      let rounds = progress.rounds < 1000 ? "/\(progress.rounds)" : ""
      return "round \(progress.round)\(rounds)  \(progress.kernel) \(progress.transport)  "
        + "\(progress.measurement.title)  \(time)"
    }
  }
}
