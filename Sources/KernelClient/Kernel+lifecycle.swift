import Glibc
import JSONCore
import JupyterProtocol
import Processes
import Synchronization
import SystemSupport

extension Kernel {
  // MARK: Start

  /// Waits until the kernel can be used.
  func becomeReady(since start: ContinuousClock.Instant) async throws(KernelError) {
    var machine = ReadinessMachine(limit: configuration.startupTimeout)
    let events = events()
    defer { router.unsubscribe(events.mailbox) }
    var pending: [ReadinessMachine.Event] = [.time(.zero)]
    var deadline = start
    while true {
      for event in pending {
        var next = machine.receive(event, at: ContinuousClock.now - start)
        while case .ask = next {
          machine.asked(send(.kernelInfoRequest, [:]))
          next = machine.receive(.time(.zero), at: ContinuousClock.now - start)
        }
        switch next {
        case .wait(let until): deadline = start + until
        case .ready(let info):
          becameReady(info)
          // Nearly always it is there by now; some kernels have no stdin, and wait in vain.
          await waitForInputChannel(limit: .milliseconds(200))
          return
        case .died: throw diedBeforeReady()
        case .timedOut(let answered): throw startTimedOut(answered)
        case .ask: continue
        }
      }
      guard let batch = await events.next(until: deadline) else {
        if Task.isCancelled { throw cancelled(.kernelInfoRequest) }
        throw exitStatus != nil ? diedBeforeReady() : closed(.kernelInfoRequest)
      }
      pending = batch.compactMap { event in
        switch event {
        case .iopub(let message): .iopub(message)
        case .reply(let message, on: .shell): .reply(message)
        case .exited: .exited
        case .reply, .inputRequest, .rejected: nil
        }
      }
      if pending.isEmpty { pending = [.time(.zero)] }
    }
  }

  /// Waits until the kernel can ask for input.
  ///
  /// It drops its request when the connection for it is not made yet, which can be later than those
  /// for requests and outputs, and would wait for the answer for ever.
  ///
  /// - Parameter limit: how long to wait at most; there are kernels that never ask.
  public func waitForInputChannel(limit: Duration) async {
    await sockets.stdinIsKnown.wait(until: ContinuousClock.now + limit)
  }

  private var displayedName: String { spec.map { "kernel '\($0.name)'" } ?? "the kernel" }

  private func diedBeforeReady() -> KernelError {
    let status = exitStatus.map(\.description) ?? "ended"
    let tail = standardErrorTail
    return KernelError(
      .diedBeforeReady,
      "\(displayedName) \(status) before it was ready"
        + (tail.isEmpty ? "" : "; it wrote:\n\(tail)"),
      exitStatus: exitStatus, standardErrorTail: tail)
  }

  private func startTimedOut(_ shellAnswered: Bool) -> KernelError {
    let limit = configuration.startupTimeout
    let rejected = rejectedMessages.values.reduce(0, +)
    var reason = "it did not answer"
    if shellAnswered { reason = "it answers on shell, but sends nothing on iopub" }
    if rejected > 0 { reason += "; \(rejected) messages were not signed with its key" }
    return KernelError(
      .startTimedOut,
      "\(displayedName) was not ready within \(limit.secondsText) s: \(reason)",
      standardErrorTail: standardErrorTail)
  }

  /// Whether a start failed because another process took one of the ports.
  func lostItsPort(_ error: KernelError, _ transport: ConnectionInfo.Transport) -> Bool {
    guard transport == .tcp, error.code == .diedBeforeReady else { return false }
    return ["ddress already in use", "EADDRINUSE", "AddrInUse"].contains {
      error.standardErrorTail.contains($0)
    }
  }

  // MARK: End

  /// The process has ended: once all that it sent has come, everybody is told.
  func processEnded(_ status: ExitStatus) async {
    // What it sent last may still be on its way through the sockets: the end of the connection
    // follows it. A process that closed nothing, or is still held open by a child, gets a moment.
    await sockets.waitForDisconnect(limit: .milliseconds(250))
    router.finish(.exited(status))
  }

  /// Asks the kernel to shut down and does not wait: the end of the scope does.
  ///
  /// What is done meanwhile, such as writing a notebook, costs no time.
  public func beginShutdown() {
    guard process != nil, !shutdownBegun.exchange(true, ordering: .relaxed) else { return }
    // ipykernel takes a request on control on a thread that wants to write to iopub afterwards,
    // while the main thread is closing iopub already: now and then they wait for each other for ten
    // seconds. On shell it is the main thread that takes it.
    let isSafeOnShell = isIdle && info.implementation == "ipython"
    wasIdleAtShutdown.store(isIdle, ordering: .relaxed)
    send(.shutdownRequest, ["restart": false], on: isSafeOnShell ? .shell : .control)
  }

  /// Ends the process, if it is ours: a request, SIGTERM, SIGKILL, each bounded.
  func end() async {
    guard let process else { return }
    var machine = ShutdownMachine(patience: configuration.shutdownTimeout)
    var isCut = false
    // A kernel that never became ready has nothing to lose.
    if !isReady { process.kill() }
    while process.exitStatus == nil {
      switch machine.next() {
      case .request: beginShutdown()
      case .terminate:
        process.terminate()
        isCut = isReady
      case .kill: process.kill()
      case .wait(let limit): await process.waitForExit(limit: limit)
      case .giveUp: return
      }
    }
    if isCut { tellOfCut(process) }
  }

  /// Tells of an end that was cut short: not of one in the middle of a cell, which is told already.
  ///
  /// A process that takes SIGTERM as the wish to end, and exits, has done what it does at its end.
  private func tellOfCut(_ process: ChildProcess) {
    guard wasIdleAtShutdown.load(ordering: .relaxed) else { return }
    guard case .signaled(let signal) = process.exitStatus, [SIGTERM, SIGKILL].contains(signal)
    else { return }
    configuration.onCutShutdown?(
      .init(timeout: configuration.shutdownTimeout, signal: signal))
  }

  /// Interrupts the running code, as the kernelspec asks: SIGINT to the process group, or an
  /// `interrupt_request`.
  ///
  /// Not every kernel obeys, and some end: watch for ``KernelEvent/exited(_:)``.
  public func interrupt() {
    if let process, spec?.interruptMode != .message {
      process.interrupt()
    } else {
      send(.interruptRequest, [:], on: .control)
    }
  }

  /// Sends a signal to the kernel's process group; nothing for a kernel that somebody else started.
  ///
  /// - Parameter number: the signal.
  public func signal(_ number: Int32) {
    process?.signal(number)
  }
}

extension ChildProcess {
  /// Waits for the end, for a limited time.
  func waitForExit(limit: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = await self.waitForExit() }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }
}
