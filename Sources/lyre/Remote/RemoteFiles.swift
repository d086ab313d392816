import Glibc
import ObjectStorage
import Synchronization
import SystemSupport

/// The files of a command that are in object storage or in the web: each has a copy in a private folder of
/// this machine, which the command reads and writes in its place.
final class RemoteFiles: Sendable {
  /// A remote file and its copy.
  struct Copy: Sendable {
    /// As it was named, without what may be secret in a URL.
    var name: String
    var path: String
    /// Its place in object storage; nil for the web.
    var location: ObjectLocation?
    /// Whether the command writes it.
    var isWritten = false
    /// The copy as it was fetched or stored last; nil if it never was.
    var stored: FileSignature?
    /// The server's mark of the object as it was fetched or stored last; nil if it never was.
    var etag: String?
  }

  private struct State {
    /// By the text that named them.
    var copies: [String: Copy] = [:]
    var directory: String?
    var store: ObjectStore?
    var keeps = false
  }

  private let options: ObjectStorageOptions
  private let state = Mutex(State())

  init(_ options: ObjectStorageOptions) { self.options = options }

  /// Whether a text names a remote file.
  static func isRemote(_ text: String) -> Bool {
    ObjectLocation.isLocation(text) || WebFile.isURL(text)
  }

  /// Whether there are none.
  var isEmpty: Bool { state.withLock { $0.copies.isEmpty } }

  /// The files that the command writes, in the order of their names.
  var written: [Copy] {
    state.withLock { $0.copies.values.filter(\.isWritten) }.sorted { $0.name < $1.name }
  }

  // MARK: Names

  /// Whether a path is that of a copy.
  func isCopy(_ path: String) -> Bool {
    state.withLock { $0.copies.values.contains { $0.path == path } }
  }

  /// The name of the remote file behind a path; nil if there is none.
  func name(of path: String) -> String? {
    state.withLock { $0.copies.values.first { $0.path == path }?.name }
  }

  /// A message, in which the paths of copies are replaced by the names that the user knows.
  func spoken(_ message: String) -> String {
    state.withLock { state in
      guard state.directory.map(message.contains) == true else { return message }
      // Longer paths first: one may begin like another.
      return state.copies.values.sorted { $0.path.utf8.count > $1.path.utf8.count }.reduce(message)
      {
        $0.replacing($1.path, with: $1.name)
      }
    }
  }

  // MARK: Copies

  /// The path of the copy that the command writes, which goes to the remote file.
  ///
  /// - Parameters:
  ///   - text: the option's value; one that names no remote file is returned as it is.
  ///   - option: the option, for messages.
  /// - Throws: ``UsageError`` if it cannot be written.
  func output(_ text: String, option: String) throws(UsageError) -> String {
    guard RemoteFiles.isRemote(text) else { return text }
    guard ObjectLocation.isLocation(text) else {
      throw UsageError(
        message:
          "\(option): '\(WebFile.shown(text))' cannot be written: files of the web can be read "
          + "only; name a file or s3://BUCKET/KEY")
    }
    let copy = try copy(of: text, option)
    state.withLock { $0.copies[text]?.isWritten = true }
    return copy.path
  }

  /// The name of a file in a directory, either of which may be remote.
  func output(_ name: String, in directory: String, option: String) throws(UsageError) -> String {
    guard ObjectLocation.isLocation(directory) else {
      return try output("\(directory)/\(name)", option: option)
    }
    let place = try RemoteFiles.location(directory, option)
    return try output("\(place.appending(name))", option: option)
  }

  /// Marks a file that is read as one that is written, too.
  ///
  /// - Throws: ``UsageError`` if it cannot be written.
  func writesInPlace(_ path: String) throws(UsageError) {
    let named = state.withLock { state in state.copies.first { $0.value.path == path }?.key }
    guard let named else { return }
    guard ObjectLocation.isLocation(named) else {
      throw UsageError(
        message:
          "'\(WebFile.shown(named))' cannot be written in place: files of the web can be read "
          + "only; name a file for the result with --output, or use --no-save")
    }
    state.withLock { $0.copies[named]?.isWritten = true }
  }

  /// Fetches a file that the command reads.
  ///
  /// - Returns: the path of its copy; the text itself if it names no remote file.
  /// - Throws: ``UsageError`` if the text is no location; `ObjectStorageError` if it cannot be read.
  func input(_ text: String, option: String) async throws -> String {
    guard RemoteFiles.isRemote(text) else { return text }
    if let known = state.withLock({ $0.copies[text] }), known.stored != nil { return known.path }
    let copy = try copy(of: text, option)
    var etag: String?
    if let location = copy.location {
      etag = try await store().get(location, toFile: copy.path).etag
    } else {
      let bytes = try await WebFile.get(text, maximum: 256 << 20)
      do throws(SystemError) {
        try createPrivateFile(copy.path, [bytes[...]])
      } catch {
        throw ObjectStorageError(.file, "\(copy.path) could not be written: \(error)")
      }
    }
    state.withLock { state in
      state.copies[text]?.stored = FileSignature(copy.path)
      state.copies[text]?.etag = etag
    }
    return copy.path
  }

  /// Notes that a copy was stored.
  func stored(_ copy: Copy, _ signature: FileSignature?, etag: String) {
    state.withLock { state in
      guard let key = state.copies.first(where: { $0.value.path == copy.path })?.key else { return }
      state.copies[key]?.stored = signature
      state.copies[key]?.etag = etag
    }
  }

  /// Keeps the copies when the command has ended, because one of them could not be stored.
  func keep() { state.withLock { $0.keeps = true } }

  /// Removes the copies.
  func remove() {
    let directory = state.withLock { state in
      defer { state.directory = nil }
      return state.keeps ? nil : state.directory
    }
    if let directory { FilePath.removeTree(directory) }
  }

  /// The storage, created with its first use.
  ///
  /// - Throws: `ObjectStorageError` if a setting is not usable.
  func store() throws -> ObjectStore {
    try state.withLock { state in
      if let store = state.store { return store }
      let store = try ObjectStore(options.settings)
      state.store = store
      return store
    }
  }

  private static func location(_ text: String, _ option: String) throws(UsageError)
    -> ObjectLocation
  {
    do throws(ObjectStorageError) {
      return try ObjectLocation(text)
    } catch {
      throw UsageError(message: "\(option): \(error.message)")
    }
  }

  private func copy(of text: String, _ option: String) throws(UsageError) -> Copy {
    let location = ObjectLocation.isLocation(text) ? try RemoteFiles.location(text, option) : nil
    if let location, location.key.isEmpty || location.key.hasSuffix("/") {
      throw UsageError(message: "\(option): '\(text)' does not name an object: the key is missing")
    }
    let shown = location == nil ? WebFile.shown(text) : text
    let name = RemoteFiles.fileName(
      location?.name ?? String(shown.split(separator: "/").last ?? ""))
    let made = state.withLock { state -> Result<Copy, SystemError> in
      if let known = state.copies[text] { return .success(known) }
      do throws(SystemError) {
        let directory: String
        if let known = state.directory {
          directory = known
        } else {
          directory = try FilePath.makeTemporaryFolder("lyre-")
        }
        state.directory = directory
        let folder = "\(directory)/\(state.copies.count)"
        try FilePath.makeDirectories(folder, mode: 0o700)
        let copy = Copy(name: shown, path: "\(folder)/\(name)", location: location)
        state.copies[text] = copy
        return .success(copy)
      } catch {
        return .failure(error)
      }
    }
    do throws(SystemError) {
      return try made.get()
    } catch {
      throw UsageError(
        message: "\(option): a folder for the copy of '\(shown)' cannot be made: \(error)")
    }
  }

  /// A name that every file system takes; the rest of a key may be anything.
  private static func fileName(_ name: String) -> String {
    let isUsable = !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 200
    return isUsable ? name : "notebook.ipynb"
  }
}
