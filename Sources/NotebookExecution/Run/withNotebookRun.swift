public import KernelClient
public import KernelLauncher
public import NotebookDocument
public import RunEvents

/// A running notebook: an asynchronous sequence of its events, and its result.
///
/// It exists in the scope of ``withNotebookRun(_:with:kernelConfiguration:configuration:_:)``.
public struct NotebookRun: Sendable {
  /// All events in order; the sequence ends when the run is over and the kernel has ended.
  ///
  /// No event is dropped, and a slow reader does not delay the run. One task consumes it.
  public let events: AsyncStream<RunEvent>

  /// Stops the run.
  public let control: RunControl

  let completion: RunCompletion

  /// Waits for the end of the run.
  ///
  /// - Returns: the document with its outputs, and the result.
  /// - Throws: `KernelError` when the kernel could not be started.
  public func finished() async throws -> (document: NotebookDocument, result: RunResult) {
    try await completion.value()
  }
}

/// Runs a notebook in a kernel of its own, with its events as an asynchronous sequence.
///
/// The run proceeds concurrently with `body`. When `body` returns or throws before the run is over,
/// the run is stopped: its cell is interrupted and its kernel ended.
///
/// - Parameters:
///   - document: the notebook.
///   - spec: the kernel to start.
///   - kernelConfiguration: how to start the kernel.
///   - configuration: how to run the notebook.
///   - body: reads the events, and waits for the end.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws; ``NotebookRun/finished()`` throws the error of a kernel that does
///   not start.
public func withNotebookRun<Value>(
  _ document: NotebookDocument, with spec: KernelSpec,
  kernelConfiguration: KernelConfiguration = .init(), configuration: RunConfiguration = .init(),
  _ body: (NotebookRun) async throws -> Value
) async throws -> Value {
  let (events, continuation) = AsyncStream.makeStream(of: RunEvent.self)
  let run = NotebookRun(events: events, control: RunControl(), completion: RunCompletion())
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      var last = document
      do {
        let result = try await runNotebook(
          document, with: spec, kernelConfiguration: kernelConfiguration,
          configuration: configuration, control: run.control,
          finish: { document, _ in last = document },
          report: { continuation.yield($0) })
        run.completion.complete(.success((last, result)))
      } catch {
        run.completion.complete(.failure(error))
      }
      continuation.finish()
    }
    defer { group.cancelAll() }
    return try await body(run)
  }
}
