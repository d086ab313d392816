import ObjectStorage

extension EngineError {
  /// The failure of a request for which no answer came.
  ///
  /// - Parameters:
  ///   - error: why none came.
  ///   - server: the server's URL.
  ///   - request: what failed, for the message; nil for any request to the server.
  init(_ error: ObjectStorageError, server: String, request: String? = nil) {
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
    let what = request.map { "\($0): " } ?? ""
    self.init(kind, what + error.message + remedy, place: WebFile.shown(server))
  }
}
