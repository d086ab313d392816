import Hashing
import NIOCore
import Synchronization

/// A download into an open file.
///
/// The first answer tells the size. A small object comes with it; of a large one it brings the first part, and the
/// others are asked for at the same time, on condition that the object is still the same.
struct Download: Sendable {
  /// How far a part has come, which outlives its attempts.
  private final class Progress: Sendable {
    let range: Range<Int>
    private let done = Mutex(0)

    init(_ range: Range<Int>) { self.range = range }

    var offset: Int { range.lowerBound + done.withLock { $0 } }
    func advance(_ count: Int) { done.withLock { $0 += count } }
  }

  private let store: ObjectStore
  private let location: ObjectLocation
  private let file: OpenFile

  init(_ store: ObjectStore, _ location: ObjectLocation, _ file: OpenFile) {
    self.store = store
    self.location = location
    self.file = file
  }

  /// What the first answer brought.
  private struct Begun: Sendable {
    var object: StoredObject
    /// How many bytes are in the file.
    var received: Int
    /// The server's SHA-256 of the whole object, if it was not compared yet.
    var unchecked: [UInt8]?
  }

  func run() async throws(ObjectStorageError) -> StoredObject {
    let begun = try await begin()
    let object = begun.object
    let partSize = store.settings.partSize
    let starts = Array(stride(from: begun.received, to: object.size, by: partSize))
    guard !starts.isEmpty else { return object }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, start) in starts.enumerated() {
          if index >= store.settings.parallelParts { try await group.next() }
          group.addTask {
            try await fetch(Progress(start..<min(start + partSize, object.size)), object)
          }
        }
        try await group.waitForAll()
      }
    } catch {
      throw ObjectStorageError(error, location)
    }
    if let hash = begun.unchecked, try FilePart(file: file, range: 0..<object.size).hash() != hash {
      throw ObjectStorageError(
        .damaged, "could not be read: the content does not have the server's SHA-256"
      ).at(location)
    }
    return object
  }

  /// Reads a small object, or the beginning of a large one.
  private func begin() async throws(ObjectStorageError) -> Begun {
    var request = StorageRequest("GET", location, to: "be read")
    request.headers.append(("x-amz-checksum-mode", "ENABLED"))
    let partSize = store.settings.partSize
    return try await store.perform(request, moving: 2 * partSize) { answer in
      let object = StoredObject(location, answer)
      // Without a length, the end of the body is the end of the object.
      let whole = answer.length == nil || object.size <= 2 * partSize
      let progress = Progress(0..<(whole ? Int.max : partSize))
      var hash = ContentHash()
      do {
        try await receive(answer, progress) { hash.add($0) }
      } catch let failure as TransportFailure {
        // What has come need not come again, if the rest can be asked for.
        guard failure.isTransient, answer.length != nil, !object.etag.isEmpty, progress.offset > 0
        else { throw failure }
        return Begun(object: object, received: progress.offset, unchecked: answer.sha256)
      }
      guard whole else {
        return Begun(object: object, received: partSize, unchecked: answer.sha256)
      }
      try answer.check(count: progress.offset)
      try answer.check(sha256: hash.bytes())
      var complete = object
      complete.size = progress.offset
      return Begun(object: complete, received: progress.offset)
    }
  }

  private func fetch(_ progress: Progress, _ object: StoredObject)
    async throws(ObjectStorageError)
  {
    let request = { () -> StorageRequest in
      var request = StorageRequest("GET", location, to: "be read")
      request.headers.append(("range", "bytes=\(progress.offset)-\(progress.range.upperBound - 1)"))
      if !object.etag.isEmpty { request.headers.append(("if-match", "\"\(object.etag)\"")) }
      return request
    }
    do throws(ObjectStorageError) {
      try await store.perform(request, moving: progress.range.count) { answer in
        let range = answer["content-range"].flatMap { ContentRange($0) }
        if answer.status == 206, let range {
          guard range.range == progress.offset..<progress.range.upperBound,
            range.total == object.size
          else {
            throw TransportFailure(
              .damaged, "the server sent another part than that it was asked for")
          }
        } else {
          throw ObjectStorageError(
            .server, "could not be read: the server does not send parts of objects")
        }
        try await receive(answer, progress) { _ in }
        guard progress.offset == progress.range.upperBound else {
          throw TransportFailure(.damaged, "the body ended before its announced length")
        }
      }
    } catch {
      if error.kind == .condition {
        throw ObjectStorageError(
          .condition, "the object was replaced while it was read", remedy: "Try again."
        ).at(location)
      }
      throw error.at(location)
    }
  }

  /// Writes the body into the file, until the end of the part.
  private func receive(
    _ answer: WebAnswer, _ progress: Progress, _ use: (UnsafeRawBufferPointer) -> Void
  ) async throws {
    try await answer.forEach { piece in
      let room = progress.range.upperBound - progress.offset
      try piece.withUnsafeReadableBytes { bytes in
        let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
        try file.write(bytes, at: progress.offset)
        use(bytes)
        progress.advance(bytes.count)
      }
      return progress.offset < progress.range.upperBound
    }
  }
}
