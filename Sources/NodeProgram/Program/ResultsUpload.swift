import Glibc
import NodeResults
import Pipelines
import Synchronization
import SystemSupport

/// Stores the results of a node in a bucket while they are written to a folder here: events and log in
/// numbered pieces, the executed notebook now and then, and the ending last.
final class ResultsUpload: Sendable {
  /// How long news wait.
  private static let interval = Duration.milliseconds(1500)
  /// How long the executed notebook waits, because all of it is sent each time.
  private static let notebookInterval = Duration.seconds(15)

  private struct State {
    var files = [
      Pieces(kind: .log, file: NodeDescription.logName),
      Pieces(kind: .events, file: NodeDescription.eventsName),
    ]
    var notebook: FileSignature?
    var lastNotebook = ContinuousClock.now
    var failure: TransferProblem?
  }

  /// A file that is sent in pieces.
  private struct Pieces {
    let kind: ResultPieces
    let file: String
    /// The number of bytes that are stored, and of pieces.
    var sent = 0
    var number = 0
    /// The size of a piece that may be stored: sent again, it is the same, because it may have been
    /// read.
    var tried: Int?

    /// The name of the next piece.
    var next: String { kind.name(number + 1) }
  }

  private let folder: WorkFolder
  private let store: any FileStore
  private let isUrgent: @Sendable () -> Bool
  private let state = Mutex(State())

  /// Creates an upload, and claims its place.
  ///
  /// - Parameters:
  ///   - folder: the folder with the results, which is removed at the end.
  ///   - store: where they go.
  ///   - claim: the content of the first file.
  ///   - isUrgent: whether the executed notebook is sent at once, because this program may be killed.
  /// - Throws: ``TransferProblem``; it is a usage problem if another run has results there.
  init(
    _ folder: WorkFolder, to store: any FileStore, claim: [UInt8],
    isUrgent: @escaping @Sendable () -> Bool
  ) async throws(TransferProblem) {
    self.folder = folder
    self.isUrgent = isUrgent
    self.store = store
    guard try await store.claim(ResultPieces.claimName, claim) else {
      throw TransferProblem.used(store.place)
    }
  }

  /// The content of the first file at a place, by which a run knows its own.
  ///
  /// - Parameter folder: a folder for a copy, which is removed.
  static func claim(in store: any FileStore, _ folder: WorkFolder) async throws(TransferProblem)
    -> [UInt8]
  {
    guard let pattern = ExchangePattern(ResultPieces.claimName),
      try await !store.paths(pattern).isEmpty
    else {
      return []
    }
    return try await content(ofClaimIn: store, folder)
  }

  /// The content of the first file at a place that has it.
  ///
  /// - Parameter folder: a folder for a copy, which is removed.
  static func content(ofClaimIn store: any FileStore, _ folder: WorkFolder)
    async throws(TransferProblem) -> [UInt8]
  {
    let copy = ".\(ResultPieces.claimName)"
    try await store.fetch(ResultPieces.claimName, into: folder, as: copy)
    defer { unlink("\(folder.path)/\(copy)") }
    return (try? fileContent("\(folder.path)/\(copy)", maximum: 1 << 20)) ?? []
  }

  /// Sends news until the task is cancelled.
  func follow() async {
    while (try? await Task.sleep(for: ResultsUpload.interval)) != nil { await send(isLast: false) }
  }

  /// Sends what there is; what cannot be sent is sent with the next call.
  private func send(isLast: Bool) async {
    do throws(TransferProblem) {
      // The log first: whoever reads an event finds the output in the log.
      for place in 0..<2 { try await sendPieces(place) }
      try await sendNotebook(isLast: isLast)
      state.withLock { $0.failure = nil }
    } catch {
      state.withLock { $0.failure = error }
    }
  }

  private func sendPieces(_ place: Int) async throws(TransferProblem) {
    while true {
      let pieces = state.withLock { $0.files[place] }
      var bytes = try part(
        of: "\(folder.path)/\(pieces.file)", from: pieces.sent, most: pieces.tried)
      if pieces.tried == nil, pieces.kind == .events {
        // Complete lines, unless one is longer than a piece.
        let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 }
        bytes.removeLast(
          bytes.count - (end ?? (bytes.count == ResultPieces.size ? bytes.count : 0)))
      }
      if bytes.isEmpty { return }
      state.withLock { [count = bytes.count] in $0.files[place].tried = count }
      try await store.put(bytes, as: pieces.next)
      state.withLock { [count = bytes.count] state in
        state.files[place].sent += count
        state.files[place].number += 1
        state.files[place].tried = nil
      }
    }
  }

  /// The next bytes of a file, which may not exist.
  private func part(of path: String, from offset: Int, most: Int?) throws(TransferProblem)
    -> [UInt8]
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    let size = (FileStatus(descriptor: descriptor)?.size ?? 0) - offset
    guard size > 0, lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { return [] }
    var bytes: [UInt8] = []
    let most = min(size, most ?? ResultPieces.size)
    try FileCopy(isStopped: { false }).read(descriptor, path, most: most) {
      bytes.append(contentsOf: $0)
    }
    return bytes
  }

  private func sendNotebook(isLast: Bool) async throws(TransferProblem) {
    let path = "\(folder.path)/\(NodeDescription.executedName)"
    let signature = FileSignature(path)
    let isDue = state.withLock { state in
      signature != nil && signature != state.notebook
        && (isLast || isUrgent() || .now - state.lastNotebook > ResultsUpload.notebookInterval)
    }
    guard isDue else { return }
    try await store.put(path, as: NodeDescription.executedName)
    state.withLock { ($0.notebook, $0.lastNotebook) = (signature, .now) }
  }

  /// Sends the rest, and then the ending.
  ///
  /// - Throws: ``TransferProblem``; the ending is there only if everything else is. The folder with the
  ///   results is then kept.
  func finish() async throws(TransferProblem) {
    do throws(TransferProblem) {
      try await sendRest()
    } catch {
      folder.keep()
      throw TransferProblem(
        "the results are not complete in '\(store.place)': "
          + (error.isStop ? "the time after the signal was too short" : error.description)
          + ". All of them are in '\(folder.path)'")
    }
    if FilePath.exists("\(folder.path)/\(NodeDescription.outputsName)") {
      // They are nowhere else.
      folder.keep()
    } else {
      folder.remove()
    }
  }

  private func sendRest() async throws(TransferProblem) {
    await send(isLast: true)
    if let failure = state.withLock({ $0.failure }) { throw failure }
    for name in [NodeDescription.notebookName, NodeDescription.endingName] {
      let path = "\(folder.path)/\(name)"
      if FilePath.exists(path) { try await store.put(path, as: name) }
    }
  }
}
