import JSONCore
import JupyterProtocol
import KernelLauncher

/// The run of one cell: decides when it is finished, and how to end it when it takes too long.
///
/// A pure value: events in, actions out; the time is a parameter.
struct CellRun: Sendable {
  /// Why the kernel must stop the cell.
  enum Cause: Sendable, Hashable {
    case cellTimeout
    case totalTimeout
    case stop(signal: Int32)
  }

  /// The next action.
  enum Action: Sendable {
    /// Wait for the next event, or until this time; see ``nothingCame(_:at:)``.
    case wait(until: Duration?)
    /// Send a small request after the cell; see ``probed(_:)``.
    case probe
    /// Interrupt the kernel.
    case interrupt
    /// Send SIGTERM to the kernel's process group.
    case terminate
    /// Send SIGKILL to the kernel's process group.
    case kill
    /// The cell is finished.
    case done(ExecutionMachine.Outcome)
  }

  private enum Escalation: Sendable {
    case none
    case interrupted
    case terminated
    case killed
  }

  private(set) var machine: ExecutionMachine
  private(set) var cause: Cause?
  private var escalation = Escalation.none
  private var next: Duration?
  private let cellDeadline: Duration?
  private let totalDeadline: Duration?
  private let patience: Duration

  init(
    _ machine: ExecutionMachine, cellDeadline: Duration?, totalDeadline: Duration?,
    patience: Duration
  ) {
    self.machine = machine
    self.cellDeadline = cellDeadline
    self.totalDeadline = totalDeadline
    self.patience = patience
  }

  mutating func receive(iopub message: Message, at now: Duration) {
    _ = machine.receive(iopub: message, at: now)
  }

  mutating func receive(reply message: Message, at now: Duration) {
    _ = machine.receive(reply: message, at: now)
  }

  mutating func probed(_ messageID: String) { machine.probed(messageID) }

  mutating func nothingCame(_ activity: ExecutionMachine.Activity, at now: Duration) {
    machine.nothingCame(activity, at: now)
  }

  /// Ends the run before the cell is finished.
  mutating func stop(signal: Int32) {
    if cause == nil { cause = .stop(signal: signal) }
  }

  /// Returns the action at a time; call it again after each action.
  mutating func action(at now: Duration) -> Action {
    let wait: Duration?
    // After the reply only outputs are outstanding: no limit cuts them off.
    let isLate = [cellDeadline, totalDeadline].contains { $0.map { now >= $0 } ?? false }
    if machine.reply != nil, isLate || cause != nil { machine.hurry() }
    switch machine.next(at: now) {
    case .done(let outcome): return .done(outcome)
    case .probe: return .probe
    case .wait(let until): wait = until
    }
    if machine.reply == nil, cause == nil {
      if let cellDeadline, now >= cellDeadline { cause = .cellTimeout }
      if let totalDeadline, now >= totalDeadline { cause = .totalTimeout }
    }
    guard cause != nil else {
      let limits = machine.reply == nil ? [wait, cellDeadline, totalDeadline] : [wait]
      return .wait(until: limits.compactMap(\.self).min())
    }
    // Only the idle status is outstanding: nothing is left to interrupt.
    if machine.reply != nil, escalation == .none { return .wait(until: wait) }
    if let next, now < next { return .wait(until: [wait, next].compactMap(\.self).min()) }
    switch escalation {
    case .none:
      escalation = .interrupted
      next = now + patience
      return .interrupt
    case .interrupted:
      escalation = .terminated
      next = now + patience
      return .terminate
    case .terminated:
      escalation = .killed
      next = now + patience
      return .kill
    case .killed:
      // The system cannot end the process, or it belongs to another program: stop waiting.
      return .done(.noReply)
    }
  }

  /// Whether the kernel was interrupted, or ended by a signal.
  var wasInterrupted: Bool { escalation != .none }

  /// Whether the kernel was ended by a signal.
  var wasTerminated: Bool {
    switch escalation {
    case .none, .interrupted: false
    case .terminated, .killed: true
    }
  }
}
