/// The five channels between a client and a kernel.
public enum Channel: String, CaseIterable, Sendable, Hashable {
  /// Requests that run code or ask about it, one after another.
  case shell
  /// Broadcasts of the kernel: outputs and status.
  case iopub
  /// Requests from the kernel to the client for input.
  case stdin
  /// Requests that must not wait behind running code: interrupt, shutdown, debug.
  case control
  /// Echoed bytes, to check whether the kernel responds.
  case heartbeat
}
