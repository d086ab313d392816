/// The five channels between a client and a kernel.
public enum Channel: String, CaseIterable, Sendable, Hashable {
  /// Requests that run code or ask about it, one after another.
  case shell
  /// What the kernel broadcasts: outputs and status.
  case iopub
  /// Requests of the kernel to the client, for input.
  case stdin
  /// Requests that must not wait behind running code: interrupt, shutdown, debug.
  case control
  /// Bytes that are echoed, to see whether the kernel is there.
  case heartbeat
}
