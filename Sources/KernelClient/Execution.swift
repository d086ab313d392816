public import JupyterProtocol
import Processes

/// Code that runs in a kernel: what it outputs as an asynchronous sequence, and its reply.
///
/// The sequence ends when the reply and the idle have both come. Leaving it early does not
/// interrupt the code. Who lets go of it, at its end or before, gives back what it holds of the kernel;
/// ``Kernel/withExecution(of:allowsStdin:storesHistory:isSilent:limits:isolation:_:)`` says when that is.
public final class Execution: AsyncSequence, Sendable {
  /// What came on iopub.
  public typealias Element = IOPubContent

  /// Why there are no more outputs.
  public typealias Failure = KernelError

  /// The id of the request.
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
    /// How the kernel ended, where that came with outputs that had to be handed on first.
    private var exit: ExitStatus?

    init(_ execution: Execution) {
      self.execution = execution
      machine = ExecutionMachine(messageID: execution.messageID, limits: execution.limits)
    }

    /// Whether outputs may be missing: the kernel did not say that it is idle, and was silent for so
    /// long that it was given up.
    public var isIncomplete: Bool { machine.isIncomplete }

    /// How the code ended, once ``next()`` has given nil; with the reply, if there was one.
    public internal(set) var outcome: ExecutionMachine.Outcome?

    /// The next output, or nil when the code is done.
    ///
    /// - Throws: ``KernelError`` when the kernel ends first or the task is cancelled.
    public mutating func next() async throws(KernelError) -> IOPubContent? {
      while contents.isEmpty {
        if outcome != nil { return nil }
        contents = try await batch()[...]
      }
      return contents.removeFirst()
    }

    /// Everything that has come since, and the outcome when that is all.
    mutating func batch() async throws(KernelError) -> [IOPubContent] {
      if let exit { throw execution.kernel.died(exit) }
      let now = execution.now
      let deadline: ContinuousClock.Instant? =
        switch machine.next(at: now) {
        case .wait(let until): until.map { ContinuousClock.now + ($0 - now) }
        // The time is up, but for what has come meanwhile.
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
          // Nobody is there to answer: an empty line is better than waiting for ever.
          execution.kernel.answerInput("", to: message)
        case .exited(let status):
          // What came before the end is handed on before the end is told.
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

  /// An iterator over the outputs.
  ///
  /// One task iterates, once: that two wait for the next output at once is a programming error.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(self)
  }

  /// Waits for the end of the code and passes over its outputs.
  ///
  /// - Returns: the reply; nil from a kernel that becomes idle without one.
  /// - Throws: ``KernelError`` when the kernel ends first or the task is cancelled.
  public func reply() async throws(KernelError) -> ExecuteReply? {
    var iterator = makeAsyncIterator()
    while iterator.outcome == nil { _ = try await iterator.batch() }
    if case .replied(let reply) = iterator.outcome { return reply }
    return nil
  }

  /// Asks the kernel something small behind the code, whose answer comes here as well.
  private func probe() -> String {
    kernel.probe { id in kernel.router.expect(id, in: mailbox) }
  }

  // Whoever lets it go, at its end or before, gets nothing more.
  deinit { kernel.router.forget(mailbox) }

  private let start = ContinuousClock.now

  var now: Duration { ContinuousClock.now - start }
}

extension Kernel {
  /// Runs code.
  ///
  /// - Parameters:
  ///   - code: the code.
  ///   - allowsStdin: whether it may ask for input; see ``answerInput(_:to:)``.
  ///   - storesHistory: whether it goes into the kernel's history and counts.
  ///   - isSilent: whether it is to show nothing.
  ///   - limits: how long is waited for what should have come already.
  /// - Returns: its outputs and reply, as they come.
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

  /// Runs code, and hands over its outputs and reply until `body` returns or throws.
  ///
  /// What comes of the code after that is kept by nobody. The code itself is not interrupted.
  ///
  /// - Parameters:
  ///   - code: the code.
  ///   - allowsStdin: whether it may ask for input; see ``answerInput(_:to:)``.
  ///   - storesHistory: whether it goes into the kernel's history and counts.
  ///   - isSilent: whether it is to show nothing.
  ///   - limits: how long is waited for what should have come already.
  ///   - isolation: where `body` runs.
  ///   - body: what is done with it.
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

  /// Answers a request for input.
  ///
  /// - Parameters:
  ///   - value: what the user entered, without the end of the line.
  ///   - request: the request.
  public func answerInput(_ value: String, to request: Message) {
    send(.inputReply, ["value": .init(value), "status": "ok"], on: .stdin, parent: request.header)
  }
}
