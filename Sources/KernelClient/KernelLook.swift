package import JupyterProtocol
import Processes

/// Looks whether a kernel that sends no message works, or a large message is arriving.
package struct KernelLook: Sendable {
  /// The processor time of its process at the last look, in nanoseconds.
  private var processorTime: UInt64?

  /// How much of it between two looks is work: an idle kernel wakes up now and then.
  private static let work: UInt64 = 5_000_000

  /// A look that has not been made.
  package init() {}

  /// What there is to see since the last look.
  package mutating func activity(of kernel: Kernel) -> ExecutionMachine.Activity {
    let before = processorTime
    processorTime = kernel.process?.processorTime
    if kernel.sockets.isArriving { return .arriving }
    guard let before, let processorTime else { return .none }
    return processorTime >= before + KernelLook.work ? .working : .none
  }
}
