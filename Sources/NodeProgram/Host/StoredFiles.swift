import Glibc
import ObjectStorage
import Pipelines
import Synchronization
import SystemSupport

/// Puts the files of a node into a storage, named by their content: small ones together in an
/// archive, large ones each.
struct StoredFiles: Sendable {
  private let store: ObjectStore
  /// The folder of all contents.
  private let content: ObjectLocation
  private let known: KnownFiles

  init(_ store: ObjectStore, _ content: ObjectLocation, _ known: KnownFiles) {
    self.store = store
    self.content = content
    self.known = known
  }

  /// The size from which a file is an object of its own.
  static let large = 4 << 20

  /// Sends files, unless they are there.
  ///
  /// - Parameters:
  ///   - paths: files and folders, relative to `root`.
  ///   - root: an absolute folder.
  /// - Returns: where a node finds them.
  /// - Throws: `ObjectStorageError`.
  func upload(_ paths: [String], of root: String) async throws(ObjectStorageError)
    -> [NodeDescription.Source]
  {
    let parts = try await parts(of: paths, root)
    defer { parts.folder?.remove() }
    var sources: [NodeDescription.Source] = []
    if let archive = parts.archive {
      let place = content.appending("\(archive.hash).tar.gz")
      try await put(archive.path, to: place)
      sources.append(.archive(StoredFiles.place(place), sha256: archive.hash))
    }
    for file in parts.files {
      let place: ObjectLocation
      if let object = file.object {
        place = object
      } else {
        place = content.appending(file.hash)
        try await put("\(root)/\(file.path)", to: place)
      }
      sources.append(.object(StoredFiles.place(place), to: file.path, sha256: file.hash))
    }
    return sources
  }

  private static func place(_ location: ObjectLocation) -> FilesPlace {
    .object(bucket: location.bucket, key: location.key)
  }

  /// Sends a file, unless its content is there.
  private func put(_ path: String, to place: ObjectLocation) async throws(ObjectStorageError) {
    if known.has(place) { return }
    // Uploads appear as a whole; a size that differs is not theirs.
    if let object = try await store.head(place), object.size == FileStatus(path)?.size ?? -1 {
      known.add(place)
      return
    }
    try await store.put(file: path, to: place)
    known.add(place)
  }

  // MARK: Files

  /// How files are sent.
  private struct Parts: Sendable {
    /// A folder for the archive.
    var folder: WorkFolder?
    var archive: (path: String, hash: String)?
    var files: [File] = []
  }

  private struct File: Sendable {
    var path: String
    var hash: String
    /// The object that it is a copy of.
    var object: ObjectLocation?
  }

  private func parts(of paths: [String], _ root: String) async throws(ObjectStorageError) -> Parts {
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
      await onOwnThread { [self] in
        Result { () throws(TransferProblem) in
          try partsNow(of: paths, root) { cancellation.isSet }
        }
      }
    } onCancel: {
      cancellation.set()
    }
    do throws(TransferProblem) {
      return try result.get()
    } catch {
      throw ObjectStorageError(error.isStop ? .cancelled : .file, error.description)
    }
  }

  private func partsNow(
    of paths: [String], _ root: String, isStopped: @escaping @Sendable () -> Bool
  ) throws(TransferProblem) -> Parts {
    var parts = Parts()
    let copy = FileCopy(isStopped: isStopped)
    let folder = FolderStore(root: root, copy: copy)
    var small: [String] = []
    for path in try all(paths, in: folder) {
      let whole = "\(root)/\(path)"
      guard let signature = FileSignature(whole), let status = FileStatus(whole) else {
        throw TransferProblem(whole, "read", SystemError())
      }
      let object = known.object(of: whole, signature)
      // An object keeps no permissions.
      let isLarge = status.size >= StoredFiles.large && status.permissions & 0o100 == 0
      guard object != nil || isLarge else {
        small.append(path)
        continue
      }
      let hash: String
      if let before = known.hash(signature) {
        hash = before
      } else {
        hash = try copy.hash(of: whole)
        known.add(signature, hash: hash)
      }
      parts.files.append(File(path: path, hash: hash, object: object))
    }
    guard !small.isEmpty else { return parts }
    let temporary = try WorkFolder(temporaryIn: StoredFiles.temporaryFolder)
    parts.folder = temporary
    do throws(TransferProblem) {
      let archive = "\(temporary.path)/archive"
      try ArchiveWriter(isStopped: isStopped).write(small, of: root, to: archive)
      parts.archive = (archive, try copy.hash(of: archive))
      return parts
    } catch {
      temporary.remove()
      throw error
    }
  }

  /// The files of paths and folders, each once.
  private func all(_ paths: [String], in folder: FolderStore) throws(TransferProblem) -> [String] {
    var found: Set<String> = []
    for path in paths {
      guard let pattern = ExchangePattern(path) else { continue }
      // As a path: a name may have the characters of patterns.
      if FilePath.isFile("\(folder.root)/\(path)") {
        found.insert(path)
      } else {
        found.formUnion(try folder.pathsNow(pattern))
      }
    }
    return found.sorted()
  }

  private static var temporaryFolder: String {
    getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
  }
}

/// Whether the work of a task on another thread is to be given up.
private final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
