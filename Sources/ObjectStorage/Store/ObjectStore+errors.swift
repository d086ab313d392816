import SystemSupport

extension ObjectStore {
  /// The error for an attempt after which no other one follows.
  func error(
    _ outcome: RetryPlan.Outcome, _ request: StorageRequest, _ credentials: StorageCredentials?,
    attempts: Int
  ) -> ObjectStorageError {
    var error =
      switch outcome {
      case .failure(let failure): ObjectStore.error(failure, request)
      case .fault(let fault): ObjectStore.error(fault, request, isSigned: credentials != nil)
      }
    error = error.at(request.location)
    if case .grant(let grant) = settings.credentials {
      var fault: ServerFault?
      if case .fault(let found) = outcome { fault = found }
      error = grant.explaining(error, fault)
    }
    error.server =
      session.server(of: request.location.bucket).target(request.location).server.origin
    error.attempts = attempts
    if let credentials { error.message = credentials.redacted(error.message) }
    return error
  }

  private static func error(_ failure: TransportFailure, _ request: StorageRequest)
    -> ObjectStorageError
  {
    let message = "could not \(request.purpose): \(failure.message)"
    switch failure.kind {
    case .cancelled: return ObjectStorageError(.cancelled, failure.message)
    case .timeLimit:
      return ObjectStorageError(.timeLimit, message, remedy: "Check the server and the network.")
    case .connection:
      return ObjectStorageError(
        .unreachable, message,
        remedy: "Check the server's URL (AWS_ENDPOINT_URL_S3) and that it runs.")
    case .interrupted:
      return ObjectStorageError(.unreachable, message, remedy: "Check the server and the network.")
    case .certificates:
      return ObjectStorageError(
        .unreachable, message,
        remedy: "Name a file with the authority's certificate in AWS_CA_BUNDLE.")
    case .request: return ObjectStorageError(.usage, message)
    case .damaged: return ObjectStorageError(.damaged, message, remedy: "Check the network.")
    }
  }

  private static func error(_ fault: ServerFault, _ request: StorageRequest, isSigned: Bool)
    -> ObjectStorageError
  {
    let (kind, remedy) = meaning(of: fault, request, isSigned: isSigned)
    var error = ObjectStorageError(kind, "could not \(request.purpose)", remedy: remedy)
    switch kind {
    case .noBucket: error.message += ": there is no such bucket"
    case .noObject: error.message += ": there is no such object"
    case .condition: error.message += ": the object is there already, or was replaced"
    default: error.message += ": " + (fault.message ?? "the server refused")
    }
    while error.message.hasSuffix(".") { error.message.removeLast() }
    (error.status, error.code, error.requestID) = (fault.status, fault.code, fault.requestID)
    return error
  }

  private static func meaning(of fault: ServerFault, _ request: StorageRequest, isSigned: Bool)
    -> (ObjectStorageError.Kind, String?)
  {
    switch fault.code {
    case "NoSuchBucket": return (.noBucket, "Create it, or check its name and the server's URL.")
    case "NoSuchKey", "NoSuchUpload": return (.noObject, nil)
    case "PreconditionFailed", "ConditionalRequestConflict": return (.condition, nil)
    case "InvalidAccessKeyId":
      return (.denied, "The server does not know the access key: check it, and the server's URL.")
    case "SignatureDoesNotMatch":
      return (.denied, "Check the secret key (AWS_SECRET_ACCESS_KEY).")
    case "RequestTimeTooSkewed": return (.denied, "Set this machine's clock.")
    case "ExpiredToken", "TokenRefreshRequired":
      return (.denied, "Get new credentials: these have expired.")
    case "EntityTooLarge":
      return (.server, "The server does not take objects of this size.")
    case "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage":
      return (.server, "Free space on the server.")
    default: break
    }
    switch fault.status {
    case 401, 403:
      let remedy =
        isSigned
        ? "Check that the credentials allow this, and the names of bucket and key."
        : "The bucket is not public: give credentials."
      return (.denied, remedy)
    case 404: return (request.location.key.isEmpty ? .noBucket : .noObject, nil)
    case 412: return (.condition, nil)
    case 301, 307:
      return (.server, "The bucket is in another region: name it (AWS_REGION).")
    default: return (.server, nil)
    }
  }
}

extension ObjectStorageError {
  /// The same error with a place, unless it has one.
  func at(_ location: ObjectLocation) -> ObjectStorageError {
    var error = self
    error.place = place ?? (location.bucket.isEmpty ? nil : "\(location)")
    return error
  }
}
