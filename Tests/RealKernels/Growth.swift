import Glibc

/// Measures how work grows with its size, independently of the machine's load.
package enum Growth {
  /// The factor by which work takes longer on four times the size: about 4 for linear work, 16 for
  /// quadratic work.
  ///
  /// It is measured in processor time of this thread, as the minimum of three times.
  ///
  /// - Parameters:
  ///   - size: the smaller size; the work on it should take some milliseconds.
  ///   - work: does the work for a given size.
  package static func factor(from size: Int, _ work: (Int) throws -> Void) rethrows -> Double {
    try least { try work(4 * size) } / least { try work(size) }
  }

  /// The processor time of this thread for work, in seconds.
  package static func processorTime(of work: () throws -> Void) rethrows -> Double {
    let start = processorTime()
    try work()
    return processorTime() - start
  }

  /// The minimum of three times.
  private static func least(_ work: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<3 { least = min(least, try processorTime(of: work)) }
    return least
  }

  /// The largest factor that counts as linear, with room for caches and logarithms.
  package static let proportional = 9.0

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
