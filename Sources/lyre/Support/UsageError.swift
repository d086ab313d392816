import ArgumentParser

/// An error: options that are invalid or cannot be combined.
struct UsageError: Error {
  var message: String
}

extension UsageError {
  /// Refuses options that are for something else.
  ///
  /// - Parameters:
  ///   - options: the options, and whether each was given.
  ///   - purpose: what they are for.
  static func refuse(_ options: [(name: String, isGiven: Bool)], for purpose: String)
    throws(UsageError)
  {
    guard let given = options.first(where: \.isGiven) else { return }
    throw UsageError(message: "\(given.name) is for \(purpose)")
  }

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
