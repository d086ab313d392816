import Synchronization

/// Hashes of large files in memory, each as long as the file's size, times and inode number stay the
/// same.
package final class FileMemory: Sendable {
  /// The hash of a file, and the signature of the file that had it.
  package struct Known: Sendable, Hashable {
    package var signature: String
    package var hash: String

    package init(signature: String, hash: String) {
      self.signature = signature
      self.hash = hash
    }
  }

  private struct State {
    var earlier: [String: Known]
    var used: [String: Known] = [:]
  }

  private let state: Mutex<State>
  /// A memory that is shared with others.
  private let shared: FileMemory?

  /// Creates a memory.
  ///
  /// - Parameters:
  ///   - earlier: the files known from earlier, by path.
  ///   - shared: a memory that is asked too, and that gets everything new.
  package init(_ earlier: [String: Known] = [:], sharing shared: FileMemory? = nil) {
    state = Mutex(State(earlier: earlier))
    self.shared = shared
  }

  /// The files whose hashes were looked up or added, by path.
  package var used: [String: Known] { state.withLock(\.used) }

  func hash(of path: String, signature: String) -> String? {
    let own = state.withLock { $0.used[path] ?? $0.earlier[path] }
    let known = own?.signature == signature ? own?.hash : nil
    guard let hash = known ?? shared?.hash(of: path, signature: signature) else { return nil }
    state.withLock { $0.used[path] = Known(signature: signature, hash: hash) }
    return hash
  }

  func add(_ path: String, signature: String, hash: String) {
    state.withLock { $0.used[path] = Known(signature: signature, hash: hash) }
    shared?.add(path, signature: signature, hash: hash)
  }
}
