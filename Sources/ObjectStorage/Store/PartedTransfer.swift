import Hashing
import JSONCore

/// An object that is made of parts: several at once, each tried again by itself, and given up as a whole.
struct PartedTransfer: Sendable {
  /// An upload that the server has begun.
  struct Upload: Sendable {
    var id: String
    /// Whether the server keeps the SHA-256 of each part.
    var hasChecksums: Bool
  }

  /// A part that the server has.
  struct Part: Sendable {
    var etag: String
    /// Its SHA-256; nil if the server does not keep it.
    var hash: [UInt8]?
  }

  /// The most parts that an upload may have.
  static let maximumParts = 10_000

  let store: ObjectStore
  let location: ObjectLocation
  let options: ObjectStore.PutOptions

  /// The size of parts: so that there are not too many, in whole MiB.
  static func partSize(_ size: Int, atLeast least: Int) -> Int {
    let needed = (size + maximumParts - 1) / maximumParts
    guard needed > least else { return least }
    let unit = 1 << 20
    return (needed + unit - 1) / unit * unit
  }

  /// Makes the object.
  ///
  /// - Parameters:
  ///   - size: its size.
  ///   - partSize: the size of parts, at least.
  ///   - send: brings a part to the server: its number, from 1, and its place in the object.
  func run(
    size: Int, partSize: Int,
    _ send: @escaping @Sendable (Upload, Int, Range<Int>) async throws -> Part
  ) async throws(ObjectStorageError) -> StoredObject {
    let upload = try await begin()
    do throws(ObjectStorageError) {
      let partSize = PartedTransfer.partSize(size, atLeast: partSize)
      let parts = try await sendParts(size, partSize) { try await send(upload, $0, $1) }
      return try await complete(upload, parts, size: size)
    } catch {
      // Also when the task is cancelled: the server would keep the parts, and charge for them.
      await Task { try? await abort(upload.id) }.value
      throw error
    }
  }

  private func begin() async throws(ObjectStorageError) -> Upload {
    var headers = options.headers(for: location.key)
    // The signature of a part has its SHA-256, which the server checks. To keep it, too, it would
    // compute it once more, and readers could not check a whole object by those of its parts.
    if case .none = store.settings.credentials {
      headers.append(("x-amz-checksum-algorithm", "SHA256"))
    }
    let request = StorageRequest(
      "POST", location, to: "begin an upload", query: [("uploads", "")], headers: headers)
    return try await store.perform(request) { answer in
      let root = try answer.document(await answer.bytes(maximum: 1 << 20))
      guard let id = root.text("UploadId"), !id.isEmpty else {
        throw TransportFailure(.damaged, "the server's answer has no id of the upload")
      }
      return Upload(
        id: id, hasChecksums: answer["x-amz-checksum-algorithm"]?.uppercased() == "SHA256")
    }
  }

  private func sendParts(
    _ size: Int, _ partSize: Int, _ send: @escaping @Sendable (Int, Range<Int>) async throws -> Part
  ) async throws(ObjectStorageError) -> [(number: Int, part: Part)] {
    let count = (size + partSize - 1) / partSize
    do {
      return try await withThrowingTaskGroup(of: (number: Int, part: Part).self) { group in
        var sent: [(number: Int, part: Part)] = []
        for number in 1...count {
          if number > store.settings.parallelParts, let done = try await group.next() {
            sent.append(done)
          }
          let start = (number - 1) * partSize
          group.addTask { (number, try await send(number, start..<min(start + partSize, size))) }
        }
        for try await done in group { sent.append(done) }
        return sent.sorted { $0.number < $1.number }
      }
    } catch {
      throw ObjectStorageError(error, location)
    }
  }

  private func complete(_ upload: Upload, _ parts: [(number: Int, part: Part)], size: Int)
    async throws(ObjectStorageError) -> StoredObject
  {
    let list = parts.map { number, part in
      let etag = XMLElement.escaped(part.etag) ?? ""
      let checksum =
        part.hash.map { "<ChecksumSHA256>\(Base64.encoded($0))</ChecksumSHA256>" } ?? ""
      return "<Part><PartNumber>\(number)</PartNumber><ETag>\(etag)</ETag>\(checksum)</Part>"
    }
    let body =
      "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      + list.joined() + "</CompleteMultipartUpload>"
    let request = StorageRequest(
      "POST", location, to: "complete the upload", query: [("uploadId", upload.id)],
      headers: [("content-type", "application/xml")] + options.conditionHeaders
    ).with(Array(body.utf8))
    do throws(ObjectStorageError) {
      return try await store.perform(request) { answer in
        // The server may say that it failed after it has said that it succeeds.
        let root = try answer.document(await answer.bytes(maximum: 1 << 20))
        return StoredObject(
          location, size: size, etag: root.text("ETag") ?? answer["etag"] ?? "")
      }
    } catch {
      // An attempt whose answer was lost may have done it: then the upload is gone, and the object is
      // there with the tag of these parts.
      guard error.attempts > 1, error.kind == .noObject || error.kind == .condition,
        let object = try? await store.head(location), object.size == size,
        object.etag == PartedTransfer.tag(of: parts.map(\.part.etag))
      else { throw error }
      return object
    }
  }

  /// The tag of an object of parts: the MD5 of their tags' bytes, and how many there are.
  static func tag(of parts: [String]) -> String {
    var hash = ContentHash(.md5)
    for part in parts {
      let digits = Array(StoredObject.unquoted(part))
      hash.add(
        stride(from: 0, to: digits.count - 1, by: 2).map {
          UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
        })
    }
    return "\(hash.hexadecimal())-\(parts.count)"
  }

  private func abort(_ id: String) async throws(ObjectStorageError) {
    let request = StorageRequest(
      "DELETE", location, to: "abort the upload", query: [("uploadId", id)])
    try await store.perform(request) { _ in }
  }
}

extension ObjectStorageError {
  /// An error of a group of tasks.
  init(_ error: any Error, _ location: ObjectLocation) {
    self =
      (error as? ObjectStorageError)
      ?? ObjectStorageError(.cancelled, "the task was cancelled").at(location)
  }
}

extension WebAnswer {
  /// The document of a good answer.
  ///
  /// - Throws: ``ServerFault`` if it is an error all the same; ``TransportFailure`` if it cannot be read.
  func document(_ bytes: [UInt8]) throws -> XMLElement {
    let root: XMLElement
    do throws(XMLReader.Failure) {
      root = try XMLReader.read(bytes)
    } catch {
      throw TransportFailure(.damaged, "the server's answer is not XML: \(error)")
    }
    if root.name == "Error" {
      var fault = ServerFault(status: status, error: root)
      // The status says success: what happened is the server's affair.
      if fault.code == nil { fault.code = "InternalError" }
      throw fault
    }
    return root
  }
}
