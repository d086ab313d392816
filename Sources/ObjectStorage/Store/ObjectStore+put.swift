import Glibc
import Hashing
import JSONCore
import SystemSupport

extension ObjectStore {
  /// Stores bytes as an object.
  ///
  /// Others see the whole object or the one before.
  ///
  /// - Returns: the object.
  @discardableResult
  package func put(
    _ bytes: [UInt8], to location: ObjectLocation, _ options: PutOptions = .init()
  ) async throws(ObjectStorageError) -> StoredObject {
    try await put(.bytes(bytes), ContentHash.of(bytes), location, options) {
      () throws(ObjectStorageError) in ContentHash.of(bytes, .md5)
    }
  }

  /// Stores the content of a file as an object, of any size, in parts if it is large.
  ///
  /// Others see the whole object or the one before; of an upload that fails, nothing stays on the
  /// server.
  ///
  /// - Returns: the object.
  @discardableResult
  package func put(
    file path: String, to location: ObjectLocation, _ options: PutOptions = .init()
  ) async throws(ObjectStorageError) -> StoredObject {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ObjectStorageError(.file, "\(path) could not be read: \(SystemError())")
    }
    let file = OpenFile(descriptor, path: path)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw file.failure("could not be read") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ObjectStorageError(.file, "\(path) is not a regular file")
    }
    let part = FilePart(file: file, range: 0..<Int(status.st_size))
    // A form is one request.
    if part.range.count > settings.partSize, !isGranted {
      return try await putInParts(part, location, options)
    }
    let hash = try part.hash()
    return try await put(.file(part), hash, location, options) {
      () throws(ObjectStorageError) in try part.hash(.md5)
    }
  }

  /// Stores an object with one request.
  private func put(
    _ body: WebRequest.Body, _ hash: [UInt8], _ location: ObjectLocation, _ options: PutOptions,
    md5: () throws(ObjectStorageError) -> [UInt8]
  ) async throws(ObjectStorageError) -> StoredObject {
    var request = StorageRequest(
      "PUT", location, to: "be written",
      headers: options.headers(for: location.key) + options.conditionHeaders
        + [("x-amz-checksum-sha256", Base64.encoded(hash))])
    request.body = body
    request.payload = hexadecimal(hash)
    do throws(ObjectStorageError) {
      return try await perform(request) { answer in
        var object = StoredObject(location, answer)
        object.size = body.count
        return object
      }
    } catch {
      // An attempt whose answer was lost may have done it.
      guard error.kind == .condition, error.attempts > 1, let object = try? await head(location),
        object.size == body.count, object.etag == hexadecimal(try md5())
      else { throw error }
      return object
    }
  }

  /// Stores a large file with several requests.
  private func putInParts(
    _ content: FilePart, _ location: ObjectLocation, _ options: PutOptions
  ) async throws(ObjectStorageError) -> StoredObject {
    let transfer = PartedTransfer(store: self, location: location, options: options)
    return try await transfer.run(size: content.range.count, partSize: settings.partSize) {
      upload, number, range in
      let part = FilePart(file: content.file, range: range)
      let hash = try part.hash()
      var request = StorageRequest(
        "PUT", location, to: "write part \(number)",
        query: [("partNumber", String(number)), ("uploadId", upload.id)])
      if upload.hasChecksums {
        request.headers.append(("x-amz-checksum-sha256", Base64.encoded(hash)))
      }
      request.body = .file(part)
      request.payload = hexadecimal(hash)
      return try await perform(request) { answer in
        guard let etag = answer["etag"] else {
          throw TransportFailure(.damaged, "the server's answer to part \(number) has no ETag")
        }
        return PartedTransfer.Part(etag: etag, hash: upload.hasChecksums ? hash : nil)
      }
    }
  }
}
