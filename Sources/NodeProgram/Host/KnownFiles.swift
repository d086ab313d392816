import ObjectStorage
import Synchronization
import SystemSupport

/// What a run knows of its storage: which contents are there, and which files here are copies of
/// objects.
final class KnownFiles: Sendable {
  private struct Copy {
    var signature: FileSignature
    var location: ObjectLocation
  }

  private struct State {
    var contents: Set<ObjectLocation> = []
    var copies: [String: Copy] = [:]
    var hashes: [FileSignature: String] = [:]
  }

  private let state = Mutex(State())

  /// Whether the storage has a content.
  func has(_ content: ObjectLocation) -> Bool { state.withLock { $0.contents.contains(content) } }

  /// Notes that the storage has a content.
  func add(_ content: ObjectLocation) { state.withLock { _ = $0.contents.insert(content) } }

  /// The object that a file is a copy of; nil if it is none, or has changed.
  func object(of path: String, _ signature: FileSignature) -> ObjectLocation? {
    state.withLock { state in
      guard let copy = state.copies[path], copy.signature == signature else { return nil }
      return copy.location
    }
  }

  /// Notes that a file is a copy of an object.
  func add(_ path: String, _ signature: FileSignature, copyOf location: ObjectLocation) {
    state.withLock { $0.copies[path] = Copy(signature: signature, location: location) }
  }

  /// The SHA-256 of a file that has not changed since it was noted; nil if it is not known.
  func hash(_ signature: FileSignature) -> String? { state.withLock { $0.hashes[signature] } }

  /// Notes the SHA-256 of a file.
  func add(_ signature: FileSignature, hash: String) {
    state.withLock { $0.hashes[signature] = hash }
  }
}
