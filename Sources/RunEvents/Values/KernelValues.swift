/// Describes a kernel that is ready.
public struct KernelDescription: Sendable, Hashable {
  /// The name of its kernelspec.
  public var name: String
  /// Its process ID; nil if unknown.
  public var processID: Int32?
  /// The name of its implementation.
  public var implementation: String
  /// The version of its implementation.
  public var implementationVersion: String
  /// The protocol version that it declares.
  public var protocolVersion: String
  /// How long its start took.
  public var startDuration: Duration

  /// Creates a description.
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
  /// How it ended, as the predicate of a sentence about the kernel: `was killed by SIGTERM`.
  public var description: String
  /// Its exit code; nil if a signal ended it or the code is unknown.
  public var exitCode: Int32?
  /// The number of the signal that ended it; nil if none did.
  public var signal: Int32?

  /// Creates a value from its parts.
  public init(description: String, exitCode: Int32? = nil, signal: Int32? = nil) {
    self.description = description
    self.exitCode = exitCode
    self.signal = signal
  }
}

/// The resources that a kernel used.
public struct ResourceUse: Sendable, Hashable {
  /// The processor time of its process and that process's descendants, in user and system mode.
  ///
  /// For a cell, the time used during the cell; for a run, since the kernel's start.
  public var processorTime: Duration
  /// The memory that they used at the end, in bytes; shared pages count for each process.
  public var memory: Int
  /// The peak memory of the kernel's process, in bytes; nil if unknown.
  public var peakMemory: Int?

  /// Creates a value from its parts.
  public init(processorTime: Duration, memory: Int, peakMemory: Int? = nil) {
    self.processorTime = processorTime
    self.memory = memory
    self.peakMemory = peakMemory
  }
}
