import ObjectStorage

extension EngineError {
  /// The failure of a request for which no answer came.
  init(_ error: ObjectStorageError, server: String) {
    let remedy =
      switch error.kind {
      case .timeLimit: "; it may be busy: try again later"
      case .unreachable:
        "; check the address of the runtime configuration, and that this machine reaches it"
      default: ""
      }
    let kind: Kind =
      switch error.kind {
      case .cancelled: .cancelled
      case .timeLimit: .timeLimit
      case .usage: .unusable
      default: .unreachable
      }
    self.init(kind, error.message + remedy, place: WebFile.shown(server))
  }
}
