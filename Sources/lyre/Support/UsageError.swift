import ArgumentParser

/// An error: options that are invalid or cannot be combined.
struct UsageError: Error {
  var message: String
}

extension UsageError {
  /// Runs a function that checks options; the parser reports its errors with the usage.
  static func reported<Value>(_ body: () throws(UsageError) -> Value) throws(ValidationError)
    -> Value
  {
    do throws(UsageError) {
      return try body()
    } catch {
      throw ValidationError(error.message)
    }
  }
}
