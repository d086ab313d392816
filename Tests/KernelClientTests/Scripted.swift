import KernelClient
import KernelTesting
import Processes
import Testing

/// How a kernel ended: Swift Testing also has an `ExitStatus`.
typealias KernelExit = Processes.ExitStatus

/// Starts a scripted kernel for a test, and checks afterwards that it left no process or file.
@discardableResult
func withScriptedKernel<R>(
  _ options: [String] = [], members: [String: String] = [:],
  configuration: KernelConfiguration = .init(), sourceLocation: SourceLocation = #_sourceLocation,
  _ body: (Kernel) async throws -> R
) async throws -> R {
  try await TemporaryDirectory.with { directory in
    let scripted = try ScriptedKernelSpec(in: directory, options: options, members: members)
    let result: Result<R, any Error>
    do {
      result = .success(try await withKernel(scripted.spec, configuration: configuration, body))
    } catch {
      result = .failure(error)
    }
    #expect(!scripted.starts.isEmpty, sourceLocation: sourceLocation)
    #expect(await scripted.leftovers() == [], sourceLocation: sourceLocation)
    return try result.get()
  }
}

/// Starts a scripted kernel that should not become ready, and returns the error.
func failureOfStart(
  _ options: [String], configuration: KernelConfiguration = .init(),
  sourceLocation: SourceLocation = #_sourceLocation
) async throws -> KernelError {
  do {
    try await withScriptedKernel(
      options, configuration: configuration, sourceLocation: sourceLocation
    ) { _ in
      Issue.record("it became ready", sourceLocation: sourceLocation)
    }
  } catch let error as KernelError {
    return error
  }
  return KernelError(.closed, "no error")
}

/// The results of a cell: a line for each message on iopub, and the reply.
struct CellResult {
  var outputs: [String] = []
  var reply: ExecuteReply?
}

extension Kernel {
  /// Runs a script to its end.
  func run(_ lines: String..., limits: ExecutionMachine.Limits = .init()) async throws
    -> CellResult
  {
    let execution = execute(lines.joined(separator: "\n"), limits: limits)
    var result = CellResult()
    var iterator = execution.makeAsyncIterator()
    while let content = try await iterator.next() {
      if let line = content.line { result.outputs.append(line) }
    }
    if case .replied(let reply) = iterator.outcome { result.reply = reply }
    return result
  }
}

extension IOPubContent {
  /// The content in short; nil for status and input, which every cell has.
  var line: String? {
    switch self {
    case .status, .executeInput, .welcome: nil
    case .stream(let stream): "\(stream.name): \(stream.text)"
    case .displayData(let display): "display: \(display.text)"
    case .updateDisplayData(let display): "update \(display.displayID ?? ""): \(display.text)"
    case .executeResult(let display, let count): "result \(count ?? 0): \(display.text)"
    case .error(let error): "error: \(error.name): \(error.value)"
    case .clearOutput(let wait): "clear\(wait ? " wait" : "")"
    case .comm(let comm): "comm \(comm.action) \(comm.commID)"
    case .other(let type): "other: \(type)"
    }
  }
}

extension DisplayContent {
  fileprivate var text: String {
    data["text/plain"]?.string ?? JSONValue.object(data).description
  }
}

/// Receives all messages of a kernel in order.
final class Listener {
  private var iterator: KernelEvents.AsyncIterator
  private var pending: ArraySlice<KernelEvent> = []

  init(_ kernel: Kernel) {
    iterator = kernel.events().makeAsyncIterator()
  }

  /// The next event; nil if there are no more.
  func next() async -> KernelEvent? {
    while pending.isEmpty {
      guard let batch = await iterator.next() else { return nil }
      pending = batch[...]
    }
    return pending.removeFirst()
  }

  /// Waits for an event with a value; nil if there are no more.
  func first<T>(_ value: (KernelEvent) -> T?) async -> T? {
    while let event = await next() { if let value = value(event) { return value } }
    return nil
  }

  /// Waits for a line of output with any parent.
  func waitFor(line: String) async -> Message? {
    await first { event in
      guard case .iopub(let message) = event, IOPubContent(message).line == line else {
        return nil
      }
      return message
    }
  }
}
