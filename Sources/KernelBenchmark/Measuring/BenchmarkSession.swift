import JSONCore
import JupyterProtocol
import KernelClient

/// A kernel that is ready, and its events.
struct BenchmarkSession: Sendable {
  let kernel: Kernel
  let snippets: Snippets
  let language: String
  private let events: KernelEvents

  init(_ kernel: Kernel, snippets: Snippets, language: String) {
    self.kernel = kernel
    self.snippets = snippets
    self.language = language
    events = kernel.events()
  }

  /// The code for a purpose.
  func code(_ purpose: Snippets.Purpose, count: Int = 1, size: Int = 10) throws -> String {
    guard let code = snippets.code(purpose, count: count, size: size) else {
      throw BenchmarkFailure.noSnippet(purpose, language)
    }
    return code
  }

  /// Sends a request to run code.
  ///
  /// - Returns: the run to wait for.
  func send(_ code: String, isSilent: Bool = false) -> Run {
    let request = ExecuteRequest(
      code: code, isSilent: isSilent, storesHistory: !isSilent, stopsOnError: false)
    return Run(id: kernel.send(.executeRequest, request.json))
  }

  /// Runs code, and waits for its reply, its idle status and the expected outputs.
  ///
  /// - Returns: the finished run.
  @discardableResult
  func run(
    _ code: String, isSilent: Bool = false, expecting expected: Run.Expectation = .nothing
  ) async throws -> Run {
    var run = send(code, isSilent: isSilent)
    while !run.isDone(expected) {
      guard run.hasReply, let patience = expected.patience else {
        run.receive(try await next())
        continue
      }
      // Kernels that send faster than their sockets can take lose messages, even the idle status.
      let batch = try check(await events.next(until: ContinuousClock.now + patience))
      if batch.isEmpty { throw run.loss(expected) }
      run.receive(batch)
    }
    if let failure = run.failure { throw failure }
    return run
  }

  /// Returns all events that have arrived, waiting for at least one.
  func next() async throws -> [KernelEvent] {
    var iterator = events.makeAsyncIterator()
    return try check(await iterator.next())
  }

  /// Returns all events that have arrived, without waiting.
  func pending() async throws -> [KernelEvent] {
    try check(await events.next(until: ContinuousClock.now))
  }

  private func check(_ batch: [KernelEvent]?) throws -> [KernelEvent] {
    guard let batch else {
      throw Task.isCancelled
        ? CancellationError() : BenchmarkFailure("the kernel's channels were closed")
    }
    for event in batch {
      if case .exited(let status) = event { throw BenchmarkFailure("the kernel \(status)") }
    }
    return batch
  }
}

/// Code that a kernel runs, and the messages received about it.
struct Run: Sendable {
  /// The outputs to wait for, besides reply and idle.
  enum Expectation: Sendable {
    case nothing
    /// A number of displays, each with a number of bytes.
    case displays(Int, size: Int = 0)
    /// A text with a number of bytes, or many short ones.
    case text(bytes: Int, size: Int = 0)

    /// The silence after the reply after which missing outputs are lost: three seconds, plus the
    /// time that a slow kernel needs for a message of this size; nil if there is nothing to lose.
    var patience: Duration? {
      switch self {
      case .nothing: nil
      case .displays(_, let size), .text(_, let size): .seconds(3) + .microseconds(size)
      }
    }
  }

  let id: String
  private(set) var hasReply = false
  private(set) var isIdle = false
  private(set) var streams = 0
  private(set) var displays = 0
  /// The bytes of text and data received.
  private(set) var bytes = 0
  private(set) var error: ErrorContent?
  private var wasAborted = false

  init(id: String) {
    self.id = id
  }

  var hasEnded: Bool { hasReply && isIdle }

  /// Why the run is not valid; nil if the code succeeded.
  var failure: BenchmarkFailure? {
    if let error {
      let text = error.value.split(separator: "\n").first.map { ": \($0)" } ?? ""
      return BenchmarkFailure("the code failed with \(error.name)\(text)", leavesKernelUsable: true)
    }
    return wasAborted ? BenchmarkFailure("the kernel did not run the code") : nil
  }

  /// Whether everything has arrived; no outputs are expected of failed code.
  func isDone(_ expected: Expectation) -> Bool {
    guard hasEnded else { return false }
    if failure != nil { return true }
    return switch expected {
    case .nothing: true
    case .displays(let count, _): displays >= count
    case .text(let count, _): bytes >= count
    }
  }

  /// The outputs that are missing after the kernel's reply.
  func loss(_ expected: Expectation) -> BenchmarkFailure {
    switch expected {
    case .displays(let count, _) where displays < count:
      BenchmarkFailure("only \(displays) of \(count) displays arrived")
    case .text(let count, _) where bytes < count:
      BenchmarkFailure("only \(bytes) of \(count) printed bytes arrived")
    case .nothing, .displays, .text:
      BenchmarkFailure("the kernel did not report that it is idle after its reply")
    }
  }

  mutating func receive(_ batch: [KernelEvent]) {
    for event in batch { receive(event) }
  }

  mutating func receive(_ event: KernelEvent) {
    switch event {
    case .iopub(let message):
      guard message.parentHeader?.messageID == id else { return }
      receive(iopub: message)
    case .reply(let message, on: .shell):
      guard message.parentHeader?.messageID == id else { return }
      hasReply = true
      let reply = ExecuteReply(content: message.content)
      if reply.status == .error { error = reply.error }
      if reply.status == .aborted { wasAborted = true }
    case .reply, .inputRequest, .rejected, .exited: return
    }
  }

  private mutating func receive(iopub message: Message) {
    switch message.header.messageType {
    case .status:
      if message.content["execution_state"]?.string == "idle" { isIdle = true }
    case .stream:
      streams += 1
      bytes += message.content["text"]?.byteCount ?? 0
    case .displayData:
      displays += 1
      for member in message.content["data"]?.object ?? [:] { bytes += member.value.byteCount }
    default: break
    }
  }
}

extension JSONValue {
  /// The size of a text in UTF-8; 0 for other values.
  fileprivate var byteCount: Int {
    guard case .string(let text) = self else { return 0 }
    return text.withUTF8(\.count)
  }
}
