import Glibc

/// How work grows with what it is done on: a test of that does not depend on how busy the machine is.
package enum Growth {
  /// How many times as long work takes on four times as much: about 4 where it grows in proportion,
  /// 16 where it grows with the square.
  ///
  /// It is measured in processor time of this thread, the least of three times.
  ///
  /// - Parameters:
  ///   - size: the smaller size; the work on it should take some milliseconds.
  ///   - work: does the work on as much as it is given.
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

  /// The largest factor of work that counts as growing in proportion: room for caches and logarithms.
  package static let proportional = 9.0

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
