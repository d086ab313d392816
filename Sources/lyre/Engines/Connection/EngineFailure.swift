import ObjectStorage
import RemoteEngines

/// Reports failures of engines and of their storage to the user.
enum EngineFailure {
  /// Does something with an engine, and reports its failure.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  static func reported<Value>(_ body: () async throws(EngineError) -> Value)
    async throws(ExitRequest) -> Value
  {
    do throws(EngineError) {
      return try await body()
    } catch {
      throw report(error)
    }
  }

  /// Does something with a storage, and reports its failure.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  static func reportedStorage<Value>(_ body: () async throws(ObjectStorageError) -> Value)
    async throws(ExitRequest) -> Value
  {
    do throws(ObjectStorageError) {
      return try await body()
    } catch {
      let kind: EngineError.Kind =
        switch error.kind {
        case .timeLimit: .timeLimit
        case .file: .file
        case .cancelled: .cancelled
        default: .unreachable
        }
      throw report(EngineError(kind, error.description))
    }
  }

  /// Reports an error.
  static func report(_ error: EngineError) -> ExitRequest {
    // What a signal ends is told by whoever takes the signal.
    if error.kind != .cancelled || Signals.last == nil {
      Printer.shared.log("\("error:", .red) \(error.description)")
    }
    return ExitRequest(code: ExitCode(error), message: error.description)
  }
}

extension ExitCode {
  /// The exit code for a failure of an engine.
  init(_ error: EngineError) {
    self =
      switch error.kind {
      case .timeLimit: .timedOut
      case .file: .notWritten
      case .cancelled: .interrupted
      default: .unusableInput
      }
  }
}
