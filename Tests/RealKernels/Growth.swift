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
    func least(_ size: Int) throws -> Double {
      var least = Double.infinity
      for _ in 0..<3 {
        let start = processorTime()
        try work(size)
        least = min(least, processorTime() - start)
      }
      return least
    }
    return try least(4 * size) / least(size)
  }

  /// The largest factor that counts as linear, with room for caches and logarithms.
  package static let proportional = 9.0

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
