extension ObjectStore {
  /// A URL with which everyone who has it can read the object, until it expires.
  ///
  /// - Parameters:
  ///   - location: the object.
  ///   - seconds: for how long it is valid, at most a week; credentials that expire end it earlier.
  package func presignedGet(
    _ location: ObjectLocation, seconds: Int = 3600
  ) async throws(ObjectStorageError) -> String {
    try await presigned("GET", location, seconds)
  }

  /// A URL with which everyone who has it can write the object, until it expires.
  ///
  /// - Parameters:
  ///   - location: the object.
  ///   - seconds: for how long it is valid, at most a week; credentials that expire end it earlier.
  package func presignedPut(
    _ location: ObjectLocation, seconds: Int = 3600
  ) async throws(ObjectStorageError) -> String {
    try await presigned("PUT", location, seconds)
  }

  private func presigned(
    _ method: String, _ location: ObjectLocation, _ seconds: Int
  ) async throws(ObjectStorageError) -> String {
    guard (1...604_800).contains(seconds) else {
      throw ObjectStorageError(
        .usage, "a signed URL is valid for 1 second to a week, not for \(seconds) seconds")
    }
    let server = session.server(of: location.bucket)
    let (address, path) = server.target(location)
    guard let credentials = try await session.credentials.credentials() else {
      throw ObjectStorageError(.usage, "a URL cannot be signed without credentials").at(location)
    }
    let signature = RequestSignature(
      credentials: credentials, region: server.region, time: session.now)
    let query = signature.presignedQuery(
      .init(
        method: method, path: path, query: [], headers: [("host", address.authority)],
        payload: RequestSignature.unsignedPayload), seconds: seconds)
    return "\(address.origin)\(path)?\(query)"
  }
}
