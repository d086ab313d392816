package import JupyterProtocol
import Processes

/// Checks whether a kernel that sends no messages is working, or a large message is arriving.
package struct KernelLook: Sendable {
  /// The processor time of its process at the last look, in nanoseconds.
  private var processorTime: UInt64?

  /// The processor time between two checks that counts as work: an idle kernel wakes up now and
  /// then.
  private static let work: UInt64 = 5_000_000

  /// Creates a check without an earlier one to compare with.
  package init() {}

  /// Returns the activity since the last check.
  package mutating func activity(of kernel: Kernel) -> ExecutionMachine.Activity {
    let before = processorTime
    processorTime = kernel.process?.processorTime
    if kernel.sockets.isArriving { return .arriving }
    guard let before, let processorTime else { return .none }
    return processorTime >= before + KernelLook.work ? .working : .none
  }
}
