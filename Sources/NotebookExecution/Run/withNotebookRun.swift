public import KernelClient
public import KernelLauncher
public import NotebookDocument
public import RunEvents

/// A notebook that runs: what happens, as an asynchronous sequence, and what comes of it.
///
/// It exists in the scope of ``withNotebookRun(_:with:kernelConfiguration:configuration:_:)``.
public struct NotebookRun: Sendable {
  /// Everything that happens, in order; it ends when the run is over and the kernel gone.
  ///
  /// Nothing is dropped, and a slow reader holds nothing up. One task consumes it.
  public let events: AsyncStream<RunEvent>

  /// The means to stop the run.
  public let control: RunControl

  let ending: RunEnding

  /// The notebook with its outputs, and how the run ended: once it is over.
  ///
  /// - Returns: the document and the result.
  /// - Throws: `KernelError` when the kernel could not be started.
  public func finished() async throws -> (document: NotebookDocument, result: RunResult) {
    try await ending.value()
  }
}

/// Runs a notebook in a kernel of its own, with everything that happens as an asynchronous sequence.
///
/// The run goes on beside `body`. When `body` returns or throws before the run is over, the run is
/// stopped: its cell is interrupted and its kernel ended.
///
/// - Parameters:
///   - document: the notebook.
///   - spec: the kernel to start.
///   - kernelConfiguration: how the kernel is started.
///   - configuration: how the notebook is run.
///   - body: reads the events, and waits for the end.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws; a kernel that does not start is told by ``NotebookRun/finished()``.
public func withNotebookRun<Value>(
  _ document: NotebookDocument, with spec: KernelSpec,
  kernelConfiguration: KernelConfiguration = .init(), configuration: RunConfiguration = .init(),
  _ body: (NotebookRun) async throws -> Value
) async throws -> Value {
  let (events, continuation) = AsyncStream.makeStream(of: RunEvent.self)
  let run = NotebookRun(events: events, control: RunControl(), ending: RunEnding())
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      var last = document
      do {
        let result = try await runNotebook(
          document, with: spec, kernelConfiguration: kernelConfiguration,
          configuration: configuration, control: run.control,
          finish: { document, _ in last = document },
          report: { continuation.yield($0) })
        run.ending.end(.success((last, result)))
      } catch {
        run.ending.end(.failure(error))
      }
      continuation.finish()
    }
    defer { group.cancelAll() }
    return try await body(run)
  }
}
