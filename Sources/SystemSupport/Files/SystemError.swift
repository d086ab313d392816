import Glibc

/// What the system says of an error number.
package func systemReason(_ number: Int32) -> String { String(cString: strerror(number)) }

/// A call that the system refused.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The number, as in `errno`.
  package var number: Int32

  /// An error of that number; by default of the call that was refused last on this thread.
  package init(_ number: Int32 = errno) { self.number = number }

  /// The reason in words.
  package var description: String { systemReason(number) }
}
