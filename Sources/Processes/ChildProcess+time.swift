import CSystemShims

extension ChildProcess {
  /// The processor time that the process has used so far, in nanoseconds; 0 once it has ended.
  ///
  /// One system call: cheaper than ``ProcessUsage``, and without descendants.
  package var processorTime: UInt64 { lyre_processor_time(processID) }
}
