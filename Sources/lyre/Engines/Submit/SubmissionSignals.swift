import Synchronization
import SystemSupport

/// Signals while a pipeline is submitted: before the engine is told to start, they end the submission; then its
/// answer is waited for a moment, so that a run that was started is known.
final class SubmissionSignals: Sendable {
  private struct State {
    var signal: Int32?
    var waiting: AsyncStream<Int32>.Continuation?
  }

  private let state = Mutex(State())

  /// Takes the signals from now on.
  init() {
    Signals.handle { [self] signal in
      Stopping.ask()
      let waiting = state.withLock { state in
        state.signal = state.signal ?? signal
        return state.waiting
      }
      waiting?.yield(signal)
    }
  }

  /// The signal that stopped the submission; nil if none did.
  var last: Int32? { state.withLock { $0.signal } }

  /// How long the engine may take for its answer after a signal.
  private static let patience = Duration.seconds(10)

  /// Does something before the engine is told to start, and gives it up at a signal.
  ///
  /// - Parameter body: its task is cancelled then.
  /// - Throws: `ExitRequest`, after reporting the error, or that nothing was started.
  func before<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(ExitRequest) -> Value
  ) async throws(ExitRequest) -> Value {
    if let value = try await value(of: body, patience: .zero) { return value }
    throw stopped("stopped: nothing was started")
  }

  /// Tells the engine to start, and waits for its answer also for a moment after a signal.
  ///
  /// - Parameters:
  ///   - remedy: how to find out what became of it if there is no answer.
  ///   - body: its task is cancelled when the time is over.
  /// - Returns: the answer; ``last`` says whether there was a signal.
  /// - Throws: `ExitRequest`, after reporting the error.
  func starting<Value: Sendable>(
    _ remedy: String, _ body: @escaping @Sendable () async throws(ExitRequest) -> Value
  ) async throws(ExitRequest) -> Value {
    if let value = try await value(of: body, patience: SubmissionSignals.patience) { return value }
    throw stopped("stopped: the server has not said whether it has started it; \(remedy)")
  }

  /// Reports that the submission was stopped.
  ///
  /// - Returns: the end of the program.
  func stopped(_ message: String) -> ExitRequest {
    Printer.shared.log("\("error:", .red) \(message)")
    return ExitRequest(code: last.map { ExitCode(signal: $0) } ?? .interrupted, message: message)
  }

  private func value<Value: Sendable>(
    of body: @escaping @Sendable () async throws(ExitRequest) -> Value, patience: Duration
  ) async throws(ExitRequest) -> Value? {
    try await unless(
      {
        await self.wait()
        try? await Task.sleep(for: patience)
      }, body)
  }

  /// Waits for a signal, until the task is cancelled.
  private func wait() async {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    let signal = state.withLock { state in
      state.waiting = continuation
      return state.signal
    }
    if signal != nil { return }
    for await _ in signals { return }
  }
}
