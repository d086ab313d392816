import Glibc
import Hashing
import JSONCore
import NIOCore
import SystemSupport

extension ObjectStore {
  /// Reads an object, or a part of it, into memory.
  ///
  /// - Parameters:
  ///   - location: where it is.
  ///   - maximum: how many bytes it may have.
  ///   - range: the part to read; nil for all. Beyond the end there is nothing.
  /// - Returns: its content.
  package func get(
    _ location: ObjectLocation, maximum: Int = 64 << 20, range: Range<Int>? = nil
  ) async throws(ObjectStorageError) -> [UInt8] {
    if let range, range.isEmpty { return [] }
    var request = StorageRequest("GET", location, to: "be read")
    if let range {
      request.headers.append(("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
    } else {
      request.headers.append(("x-amz-checksum-mode", "ENABLED"))
    }
    do throws(ObjectStorageError) {
      return try await perform(request, moving: min(maximum, range?.count ?? maximum)) { answer in
        if let length = answer.length, length > maximum, range == nil || answer.status == 206 {
          throw ObjectStorageError(
            .server, "the object has \(length) bytes, more than \(maximum)"
          ).at(location)
        }
        let all = answer.status == 206 ? range?.count ?? maximum : maximum
        var bytes = try await answer.bytes(maximum: all)
        try answer.check(count: bytes.count)
        // Servers may ignore the range.
        if let range, answer.status != 206 {
          bytes = Array(bytes.dropFirst(range.lowerBound).prefix(range.count))
        } else if range == nil {
          try answer.check(sha256: ContentHash.of(bytes))
        }
        return bytes
      }
    } catch {
      // The range begins at or behind the end.
      if range != nil, error.status == 416 { return [] }
      throw error
    }
  }

  /// Reads an object of any size into a file.
  ///
  /// Of a large one it reads several parts at once, and each goes on from where it was interrupted.
  /// The file is replaced when all of it is there.
  ///
  /// - Returns: the object.
  @discardableResult
  package func get(
    _ location: ObjectLocation, toFile path: String
  ) async throws(ObjectStorageError) -> StoredObject {
    // Beside the file that a link leads to, because a rename there is atomic.
    let target = FilePath.target(path)
    let temporary = FilePath.hidden(target, "lyre-\(hexadecimal(randomBytes(count: 6)))")
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw ObjectStorageError(.file, "\(path) could not be written: \(SystemError())")
    }
    let file = OpenFile(descriptor, path: path)
    do throws(ObjectStorageError) {
      let object = try await Download(self, location, file).run()
      guard rename(temporary, target) == 0 else { throw file.failure("could not be replaced") }
      return object
    } catch {
      unlink(temporary)
      throw error
    }
  }
}

extension WebAnswer {
  /// Checks that the whole announced body came.
  ///
  /// - Throws: ``TransportFailure`` if it did not.
  func check(count: Int) throws(TransportFailure) {
    if let length, length != count {
      throw TransportFailure(.damaged, "\(count) of \(length) bytes came")
    }
  }

  /// Checks the hash that the server keeps of the whole object.
  ///
  /// - Throws: ``TransportFailure`` if it is another one.
  func check(sha256 hash: [UInt8]) throws(TransportFailure) {
    if let stored = sha256, stored != hash {
      throw TransportFailure(.damaged, "the content does not have the server's SHA-256")
    }
  }

  /// The hash that the server keeps of the whole object; nil if it keeps none.
  var sha256: [UInt8]? {
    // Of an object of parts it is a hash of hashes, with their number behind it.
    guard let stored = self["x-amz-checksum-sha256"], !stored.contains("-"),
      self["x-amz-checksum-type"]?.uppercased() != "COMPOSITE"
    else { return nil }
    return Base64.decoded(stored)
  }
}
