import Processes

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

  /// What was used between an earlier measurement and a later one.
  init(_ now: ProcessUsage, since earlier: ProcessUsage?) {
    // A child that has ended takes its time with it when nobody waited for it.
    processorTime = max(.zero, now.processorTime - (earlier?.processorTime ?? .zero))
    memory = now.memory
    peakMemory = now.peakMemory
  }
}
