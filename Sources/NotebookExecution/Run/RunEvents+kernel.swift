import JupyterProtocol
package import KernelClient
import KernelLauncher
@_exported public import RunEvents
import SystemSupport

// Conversions of kernel values to those of run events.

extension RunEvent {
  /// Creates an event that happens now.
  package init(_ kind: Kind, of subject: RunSubject) {
    self.init(kind, of: subject, time: wallClockNanoseconds())
  }
}

extension CellError {
  init(_ error: ErrorContent) {
    self.init(name: error.name, value: error.value, traceback: error.traceback)
  }
}

extension ErrorContent {
  init(_ error: CellError) {
    self.init(name: error.name, value: error.value, traceback: error.traceback)
  }
}

extension KernelEnd {
  init(_ status: ExitStatus) {
    self.init(description: status.description)
    switch status {
    case .exited(let code) where code >= 0: exitCode = code
    case .signaled(let number): signal = number
    case .exited, .lost: break
    }
  }
}

extension KernelDescription {
  /// Describes a kernel that is ready.
  package init(_ kernel: Kernel, startDuration: Duration) {
    self.init(
      name: kernel.spec?.name ?? "", processID: kernel.processID,
      implementation: kernel.info.implementation,
      implementationVersion: kernel.info.implementationVersion,
      protocolVersion: kernel.info.protocolVersion, startDuration: startDuration)
  }
}

extension ResourceUse {
  /// The resources used between an earlier measurement and a later one.
  init(_ now: ProcessUsage, since earlier: ProcessUsage?) {
    // The time of a child process that ended without being waited for is lost.
    self.init(
      processorTime: max(.zero, now.processorTime - (earlier?.processorTime ?? .zero)),
      memory: now.memory, peakMemory: now.peakMemory)
  }
}
