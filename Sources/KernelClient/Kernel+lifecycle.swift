import Glibc
import JSONCore
import JupyterProtocol
import Processes
import Synchronization
import SystemSupport

extension Kernel {
  // MARK: Start

  /// Waits until the kernel is ready for requests.
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
          // The connection is nearly always made by now; for kernels without stdin this waits in
          // vain.
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
  /// The stdin connection can be made later than those for requests and outputs. A kernel that asks
  /// before then loses its request and waits forever for the answer.
  ///
  /// - Parameter limit: the maximum wait, since some kernels never connect stdin.
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

  /// Whether the start failed because another process took one of the ports.
  func lostItsPort(_ error: KernelError, _ transport: ConnectionInfo.Transport) -> Bool {
    guard transport == .tcp, error.code == .diedBeforeReady else { return false }
    return ["ddress already in use", "EADDRINUSE", "AddrInUse"].contains {
      error.standardErrorTail.contains($0)
    }
  }

  // MARK: End

  /// Reports the process's exit to all subscribers, after all messages that it sent have arrived.
  func processEnded(_ status: ExitStatus) async {
    // Its last messages may still be in the sockets: the end of the connection follows them. If the
    // process did not close it, or a child still holds it open, wait a moment.
    await sockets.waitForDisconnect(limit: .milliseconds(250))
    router.finish(.exited(status))
  }

  /// Asks the kernel to shut down without waiting; the end of the scope waits.
  ///
  /// Call this before other work, such as writing a notebook, to do both at the same time.
  public func beginShutdown() {
    guard process != nil, !shutdownBegun.exchange(true, ordering: .relaxed) else { return }
    // ipykernel handles a request on control in a thread that writes to iopub afterwards, while the
    // main thread is already closing iopub: sometimes they block each other for ten seconds. A
    // request on shell is handled by the main thread.
    let isSafeOnShell = isIdle && info.implementation == "ipython"
    wasIdleAtShutdown.store(isIdle, ordering: .relaxed)
    send(.shutdownRequest, ["restart": false], on: isSafeOnShell ? .shell : .control)
  }

  /// Ends a process that this program started: shutdown request, SIGTERM, SIGKILL, each with a
  /// limit.
  func end() async {
    guard let process else { return }
    var machine = ShutdownMachine(patience: configuration.shutdownTimeout)
    var isCut = false
    // A kernel that never became ready has no work to lose.
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

  /// Reports a shutdown that was cut short, except during a cell, which reports it itself.
  ///
  /// A process that handles SIGTERM and exits has finished its shutdown.
  private func tellOfCut(_ process: ChildProcess) {
    guard wasIdleAtShutdown.load(ordering: .relaxed) else { return }
    guard case .signaled(let signal) = process.exitStatus, [SIGTERM, SIGKILL].contains(signal)
    else { return }
    configuration.onCutShutdown?(
      .init(timeout: configuration.shutdownTimeout, signal: signal))
  }

  /// Interrupts the running code by the kernelspec's method: SIGINT to the process group, or an
  /// `interrupt_request`.
  ///
  /// Some kernels ignore the interrupt, and some exit: watch for ``KernelEvent/exited(_:)``.
  public func interrupt() {
    if let process, spec?.interruptMode != .message {
      process.interrupt()
    } else {
      send(.interruptRequest, [:], on: .control)
    }
  }

  /// Sends a signal to the kernel's process group; does nothing for a kernel started elsewhere.
  ///
  /// - Parameter number: the signal number.
  public func signal(_ number: Int32) {
    process?.signal(number)
  }
}

extension ChildProcess {
  /// Waits for the exit of the process, for a limited time.
  func waitForExit(limit: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = await self.waitForExit() }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }
}
