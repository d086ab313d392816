import Glibc

/// The system's description of an error number.
package func systemReason(_ number: Int32) -> String { String(cString: strerror(number)) }

/// An error of a system call.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The number, as in `errno`.
  package var number: Int32

  /// Creates an error; by default that of the last failed call on this thread.
  package init(_ number: Int32 = errno) { self.number = number }

  /// The reason in words.
  package var description: String { systemReason(number) }
}
