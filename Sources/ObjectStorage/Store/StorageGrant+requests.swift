import Hashing

extension StorageGrant {
  /// A request as it is sent.
  ///
  /// - Throws: ``ObjectStorageError`` if the grant does not have it.
  func addressed(_ request: StorageRequest) throws(ObjectStorageError) -> WebRequest {
    switch request.method {
    case "GET" where request.query.isEmpty:
      guard let url = reads[request.location] else { throw missing(request) }
      // Amazon refuses headers of its own that are not signed.
      let headers = request.headers.filter { !$0.name.lowercased().hasPrefix("x-amz-") }
      return WebRequest(method: "GET", url: url, headers: headers)
    case "GET":
      let prefix = ObjectLocation(
        bucket: request.location.bucket,
        key: request.query.first { $0.name == "prefix" }?.value ?? "")
      let signed = ObjectListing.query(prefix, delimiter: "/").map { "\($0.name)=\($0.value)" }
      guard let url = lists[prefix], request.query.map({ "\($0.name)=\($0.value)" }) == signed
      else { throw missing(request) }
      return WebRequest(method: "GET", url: url)
    case "PUT" where request.query.isEmpty: return try filled(request)
    default: throw missing(request)
    }
  }

  /// The form with an object.
  private func filled(_ request: StorageRequest) throws(ObjectStorageError) -> WebRequest {
    let location = request.location
    guard location.bucket == form.prefix.bucket, location.key.hasPrefix(form.prefix.key),
      !request.headers.contains(where: { $0.name == "if-none-match" || $0.name == "if-match" })
    else { throw missing(request) }
    guard request.body.count <= form.largest else {
      throw ObjectStorageError(
        .usage,
        "could not be written: it has \(request.body.count) bytes, and with presigned URLs an object "
          + "has at most \(form.largest)",
        remedy: "Write smaller files, or submit the pipeline with --secret instead of --presigned."
      ).at(location)
    }
    let type = request.headers.first { $0.name == "content-type" }?.value
    let fields =
      [("key", location.key), ("Content-Type", type ?? "application/octet-stream")]
      + form.fields.map { ($0.name, $0.value) }
    let boundary = "lyre-\(hexadecimal(randomBytes(count: 16)))"
    var head = ""
    for (name, value) in fields {
      head +=
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }
    // The object is last: servers do not look behind it.
    head +=
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n"
      + "Content-Type: application/octet-stream\r\n\r\n"
    let tail = "\r\n--\(boundary)--\r\n"
    let body: WebRequest.Body
    switch request.body {
    case .none: body = .bytes(Array((head + tail).utf8))
    case .bytes(let bytes): body = .bytes(Array(head.utf8) + bytes + Array(tail.utf8))
    case .file(let part): body = .framed(Array(head.utf8), part, Array(tail.utf8))
    case .framed: throw missing(request)
    }
    return WebRequest(
      method: "POST", url: form.url,
      headers: [("content-type", "multipart/form-data; boundary=\(boundary)")], body: body)
  }

  private func missing(_ request: StorageRequest) -> ObjectStorageError {
    ObjectStorageError(
      .denied, "could not \(request.purpose): the presigned URLs of the run do not include it",
      remedy: "Submit the pipeline again, with --secret instead of --presigned if that is no help."
    ).at(request.location)
  }

  /// An error that also says that the grant has expired, if it has.
  ///
  /// - Parameters:
  ///   - error: the error.
  ///   - fault: what the server said; nil if it said nothing.
  func explaining(_ error: ObjectStorageError, _ fault: ServerFault?) -> ObjectStorageError {
    var error = error
    error.message = redacted(error.message)
    guard let fault, (400..<500).contains(fault.status) else { return error }
    let expired = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]
    if (fault.time ?? .now()).seconds >= expires {
      error.kind = .denied
      error.message += ": the presigned URLs of the run held until \(expiresText)"
      error.remedy = StorageGrant.expiredRemedy
    } else if fault.code.map(expired.contains) == true {
      error.message += ": the credentials that signed the URLs of the run have ended"
      error.remedy = StorageGrant.expiredRemedy
    } else if error.kind == .denied {
      error.remedy = "Check that whoever submitted the run may do this, and submit it again."
    }
    return error
  }

  /// What to do when signed URLs have expired.
  package static let expiredRemedy =
    "Submit the pipeline again, with a longer --presigned-for, or with --secret instead of --presigned."
}
