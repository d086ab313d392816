public import JupyterProtocol
import Processes

/// Code that runs in a kernel: an asynchronous sequence of its outputs, and its reply.
///
/// The sequence ends when both the reply and the idle status have arrived. Leaving it early does
/// not interrupt the code. Releasing the execution unsubscribes it;
/// ``Kernel/withExecution(of:allowsStdin:storesHistory:isSilent:limits:isolation:_:)`` unsubscribes
/// at a defined point.
public final class Execution: AsyncSequence, Sendable {
  /// The content of an iopub message.
  public typealias Element = IOPubContent

  /// The error that ends the sequence early.
  public typealias Failure = KernelError

  /// The message id of the execute request.
  public let messageID: String

  private let kernel: Kernel
  let mailbox: Mailbox<KernelEvent>
  private let limits: ExecutionMachine.Limits

  init(
    kernel: Kernel, messageID: String, mailbox: Mailbox<KernelEvent>,
    limits: ExecutionMachine.Limits
  ) {
    self.kernel = kernel
    self.messageID = messageID
    self.mailbox = mailbox
    self.limits = limits
  }

  /// Iterates over the outputs.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let execution: Execution
    var machine: ExecutionMachine
    var contents: ArraySlice<IOPubContent> = []
    private var look = KernelLook()
    /// The kernel's exit status, if it arrived together with outputs that must be returned first.
    private var exit: ExitStatus?

    init(_ execution: Execution) {
      self.execution = execution
      machine = ExecutionMachine(messageID: execution.messageID, limits: execution.limits)
    }

    /// Whether outputs may be missing, because no idle status arrived and the wait for it timed
    /// out.
    public var isIncomplete: Bool { machine.isIncomplete }

    /// How the code ended, with its reply if there was one; set once ``next()`` has returned nil.
    public internal(set) var outcome: ExecutionMachine.Outcome?

    /// Returns the next output, or nil when the execution is finished.
    ///
    /// - Throws: ``KernelError`` when the kernel ends first or the task is cancelled.
    public mutating func next() async throws(KernelError) -> IOPubContent? {
      while contents.isEmpty {
        if outcome != nil { return nil }
        contents = try await batch()[...]
      }
      return contents.removeFirst()
    }

    /// Returns all outputs that have arrived, and sets the outcome when they are the last.
    mutating func batch() async throws(KernelError) -> [IOPubContent] {
      if let exit { throw execution.kernel.died(exit) }
      let now = execution.now
      let deadline: ContinuousClock.Instant? =
        switch machine.next(at: now) {
        case .wait(let until): until.map { ContinuousClock.now + ($0 - now) }
        // The time is up: take only the events that have already arrived.
        case .done, .probe: ContinuousClock.now
        }
      let events = KernelEvents(mailbox: execution.mailbox)
      guard let batch = await events.next(until: deadline) else {
        throw Task.isCancelled
          ? execution.kernel.cancelled(.executeRequest)
          : execution.kernel.closed(.executeRequest)
      }
      if batch.isEmpty, case .wait = machine.next(at: now) {
        machine.nothingCame(look.activity(of: execution.kernel), at: execution.now)
      }
      var contents: [IOPubContent] = []
      var action = machine.next(at: execution.now)
      for event in batch {
        switch event {
        case .iopub(let message):
          action = machine.receive(iopub: message, at: execution.now)
          contents.append(IOPubContent(message))
        case .reply(let message, _): action = machine.receive(reply: message, at: execution.now)
        case .inputRequest(let message):
          // No user is there to answer: an empty line is better than waiting forever.
          execution.kernel.answerInput("", to: message)
        case .exited(let status):
          // Return the outputs before reporting the kernel's exit.
          guard !contents.isEmpty else { throw execution.kernel.died(status) }
          exit = status
          return contents
        case .rejected: continue
        }
      }
      if batch.isEmpty { action = machine.next(at: execution.now) }
      if case .probe = action { machine.probed(execution.probe()) }
      if case .done(let outcome) = action {
        self.outcome = outcome
        execution.kernel.router.forget(execution.mailbox)
      }
      return contents
    }
  }

  /// Makes an iterator over the outputs.
  ///
  /// Iterate once, from one task: two concurrent waits for the next output are a programming error.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(self)
  }

  /// Waits for the end of the code and discards its outputs.
  ///
  /// - Returns: the reply; nil if the kernel became idle without sending one.
  /// - Throws: ``KernelError`` when the kernel ends first or the task is cancelled.
  public func reply() async throws(KernelError) -> ExecuteReply? {
    var iterator = makeAsyncIterator()
    while iterator.outcome == nil { _ = try await iterator.batch() }
    if case .replied(let reply) = iterator.outcome { return reply }
    return nil
  }

  /// Sends a small request to run after the code; its answers arrive here too.
  private func probe() -> String {
    kernel.probe { id in kernel.router.expect(id, in: mailbox) }
  }

  // Unsubscribes, whether or not the code has finished.
  deinit { kernel.router.forget(mailbox) }

  private let start = ContinuousClock.now

  var now: Duration { ContinuousClock.now - start }
}

extension Kernel {
  /// Runs code.
  ///
  /// - Parameters:
  ///   - code: the code.
  ///   - allowsStdin: whether the code may ask for input; see ``answerInput(_:to:)``.
  ///   - storesHistory: whether the code is stored in the kernel's history and counted.
  ///   - isSilent: whether the kernel broadcasts no outputs.
  ///   - limits: how long to wait for messages that are overdue.
  /// - Returns: the execution, which gives outputs and the reply as they arrive.
  public func execute(
    _ code: String, allowsStdin: Bool = false, storesHistory: Bool = true, isSilent: Bool = false,
    limits: ExecutionMachine.Limits = .init()
  ) -> Execution {
    let request = ExecuteRequest(
      code: code, isSilent: isSilent, storesHistory: storesHistory, allowsStdin: allowsStdin)
    let message = makeMessage(.executeRequest, request.json)
    let mailbox = router.expect(message.header.messageID)
    send(message, on: .shell)
    return Execution(
      kernel: self, messageID: message.header.messageID, mailbox: mailbox, limits: limits)
  }

  /// Runs code, and passes the execution to `body`; unsubscribes when `body` returns or throws.
  ///
  /// Outputs that arrive later are discarded. The code itself is not interrupted.
  ///
  /// - Parameters:
  ///   - code: the code.
  ///   - allowsStdin: whether the code may ask for input; see ``answerInput(_:to:)``.
  ///   - storesHistory: whether the code is stored in the kernel's history and counted.
  ///   - isSilent: whether the kernel broadcasts no outputs.
  ///   - limits: how long to wait for messages that are overdue.
  ///   - isolation: the actor on which `body` runs.
  ///   - body: receives the execution.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  public func withExecution<Result, Failure>(
    of code: String, allowsStdin: Bool = false, storesHistory: Bool = true, isSilent: Bool = false,
    limits: ExecutionMachine.Limits = .init(), isolation: isolated (any Actor)? = #isolation,
    _ body: (Execution) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let execution = execute(
      code, allowsStdin: allowsStdin, storesHistory: storesHistory, isSilent: isSilent,
      limits: limits)
    defer { router.forget(execution.mailbox) }
    return try await body(execution)
  }

  /// Answers a kernel's request for input.
  ///
  /// - Parameters:
  ///   - value: the line that the user entered, without a line ending.
  ///   - request: the kernel's input request.
  public func answerInput(_ value: String, to request: Message) {
    send(.inputReply, ["value": .init(value), "status": "ok"], on: .stdin, parent: request.header)
  }
}
