/// A kernel that is ready.
public struct KernelDescription: Sendable, Hashable {
  /// The name of its kernelspec.
  public var name: String
  /// Its process; nil where that is not known.
  public var processID: Int32?
  /// The name that the kernel gives itself.
  public var implementation: String
  /// Its version.
  public var implementationVersion: String
  /// The version of the protocol that it says it speaks.
  public var protocolVersion: String
  /// How long its start took.
  public var startDuration: Duration

  /// A kernel.
  public init(
    name: String, processID: Int32?, implementation: String, implementationVersion: String,
    protocolVersion: String, startDuration: Duration
  ) {
    self.name = name
    self.processID = processID
    self.implementation = implementation
    self.implementationVersion = implementationVersion
    self.protocolVersion = protocolVersion
    self.startDuration = startDuration
  }
}

/// How a kernel ended by itself.
public struct KernelEnd: Sendable, Hashable, CustomStringConvertible {
  /// How, as the end of a sentence that begins with the kernel: `was killed by SIGTERM`.
  public var description: String
  /// Its exit code; nil where it was ended by a signal, or where that is not known.
  public var exitCode: Int32?
  /// The number of the signal that ended it; nil where none did.
  public var signal: Int32?

  /// An end.
  public init(description: String, exitCode: Int32? = nil, signal: Int32? = nil) {
    self.description = description
    self.exitCode = exitCode
    self.signal = signal
  }
}

/// What a kernel used of the machine.
public struct ResourceUse: Sendable, Hashable {
  /// The processor time of its process and of what that started, in user and system mode.
  ///
  /// Of a cell: while the cell ran. Of a run: from the kernel's start on.
  public var processorTime: Duration
  /// The memory that they held at the end, in bytes; pages that they share count for each.
  public var memory: Int
  /// The most memory that the kernel's process ever held, in bytes; nil where it is not known.
  public var peakMemory: Int?

  /// What was used.
  public init(processorTime: Duration, memory: Int, peakMemory: Int? = nil) {
    self.processorTime = processorTime
    self.memory = memory
    self.peakMemory = peakMemory
  }
}
