import ArgumentParser

/// Options that do not go together, or make no sense.
struct UsageError: Error {
  var message: String
}

extension UsageError {
  /// Does something that options may be wrong for, and has the parser report that with the usage.
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
