import Glibc
import JSONCore
import SystemSupport

/// Keeps the file of a notebook that is being run up to date, and puts the result into it.
///
/// While outputs come the file is written again as long as that is cheap; where it is not, for the
/// notebook is large, what is new goes into a journal beside it (``recover(_:)``). Nothing that
/// somebody else saves meanwhile is overwritten: the results are put into what is there then. A
/// result that cannot be written where it should be is written somewhere else rather than lost.
public struct NotebookSaver: Sendable {
  /// Where the result is.
  public struct Ending: Sendable, Hashable {
    /// Whether the file holds every result.
    public var isInFile: Bool
    /// Where else the whole result was written; nil when nowhere.
    public var elsewhere: String?
    /// What a person should know; nil when there is nothing.
    ///
    /// That somebody else had changed the file, or why it could not be written.
    public var message: String?
  }

  /// The largest share of a run that is spent on writing the whole file again: one part in this.
  static let rewriteShare = 100

  private let path: String
  private let lock: NotebookLock?
  /// The notebook as it was read from the file; nil when it came from elsewhere.
  private let input: NotebookDocument?
  private let model: String?
  private var seen: FileSignature?
  private var journal: NotebookJournal?
  /// The cells that have changed since they were last written.
  private var pending: Set<Int> = []
  /// How long it takes to write the whole file, for each byte.
  ///
  /// Of the first time nothing is known; disks that are slower tell afterwards.
  var costPerByte = Duration.nanoseconds(5)
  /// How large the file is, with what is in the journal only.
  private var size: Int
  private var lastRewrite: ContinuousClock.Instant?
  private let start = ContinuousClock.now

  /// The saving of a run that begins now.
  ///
  /// - Parameters:
  ///   - path: the file that the result goes to.
  ///   - input: the notebook as it was read from that file; nil when it came from elsewhere, and
  ///     what is in the file is to be replaced.
  ///   - lock: the lock on the file; nil to take it here, as far as it is free.
  ///   - model: the notebook whose permissions a result has that becomes a new file; nil where there
  ///     is none.
  public init(
    _ path: String, input: NotebookDocument?, lock: NotebookLock? = nil, like model: String? = nil
  ) {
    self.path = path
    self.model = model
    self.lock = lock ?? (try? NotebookLock(path))
    self.input = input
    seen = FileSignature(path)
    size = input?.original.count ?? 0
    // What another run has left for a file that is replaced now is of no use to anybody.
    if input == nil { NotebookJournal.discard(for: path) }
  }

  /// Saves what has come so far.
  ///
  /// - Parameters:
  ///   - document: the notebook with its outputs.
  ///   - changed: the places of the cells that have changed since the last call.
  /// - Throws: ``NotebookError`` when it could not be saved; the next call tries it again.
  public mutating func save(_ document: NotebookDocument, changed: Set<Int>) throws(NotebookError) {
    pending.formUnion(changed)
    let now = ContinuousClock.now
    let isCheap =
      costPerByte * (size * NotebookSaver.rewriteShare) <= now - (lastRewrite ?? start)
    let isNew = input == nil && lastRewrite == nil
    let isChangedByOthers = isChangedByOthers
    if isChangedByOthers { lock?.follow() }
    if !isChangedByOthers, isCheap || isNew {
      let pieces = document.pieces()
      try write(pieces)
      let end = ContinuousClock.now
      size = pieces.reduce(0) { $0 + $1.count }
      costPerByte = (end - now) / max(size, 1)
      lastRewrite = end
      try journal?.restart(seen)
    } else {
      if journal == nil {
        do throws(NotebookError) {
          journal = try NotebookJournal(for: path, seen)
        } catch {
          // There is no room for one anywhere. Then the file itself is written, as seldom as the
          // share says.
          return
        }
      }
      size += try journal?.append(pending.sorted().map { document.recordedCell(at: $0) }) ?? 0
    }
    pending = []
  }

  /// Puts the result into the file, or somewhere else when that cannot be.
  ///
  /// - Parameter document: the notebook with its outputs.
  /// - Returns: where the result is.
  public mutating func finish(_ document: NotebookDocument) -> Ending {
    let ending = end(document)
    journal?.close(removing: ending.isInFile || ending.elsewhere != nil)
    journal = nil
    return ending
  }

  /// Ends the saving as it stands: what the journal holds stays there.
  mutating func abandon() {
    journal?.close(removing: false)
    journal = nil
  }

  private mutating func end(_ document: NotebookDocument) -> Ending {
    let pieces = document.pieces()
    do throws(NotebookError) {
      if isGone {
        try write(pieces)
        return Ending(
          isInFile: true,
          message: "'\(path)' was removed or renamed by another program during the run; "
            + "the result was written there again")
      }
      if isChangedByOthers { return try merge(document, pieces) }
      try write(pieces)
      return Ending(isInFile: true)
    } catch {
      return elsewhere(pieces, "\(error)")
    }
  }

  private mutating func write(_ pieces: [ArraySlice<UInt8>]) throws(NotebookError) {
    if let lock {
      try lock.write(pieces, like: model)
    } else {
      var lock: FileLock?
      try NotebookFile(path).write(pieces: pieces, lock: &lock, like: model)
    }
    seen = FileSignature(path)
  }

  /// Whether somebody else has written, removed or renamed the file that the notebook was read from.
  private var isChangedByOthers: Bool {
    guard input != nil, let seen else { return false }
    return FileSignature(path) != seen
  }

  /// Whether there is no file of the name any more.
  private var isGone: Bool { input != nil && seen != nil && FileSignature(path) == nil }

  // MARK: Meeting with what others saved

  private mutating func merge(_ document: NotebookDocument, _ result: [ArraySlice<UInt8>])
    throws(NotebookError) -> Ending
  {
    let what = "'\(path)' was changed by another program during the run"
    var unplaced: [Int] = []
    // Again when it is changed once more while that goes on; not for ever.
    for _ in 0..<5 {
      seen = FileSignature(path)
      lock?.follow()
      let present = try NotebookFile(path).read()
      if present == input?.original {
        // It was only touched, or written again as it was.
        try write(result)
        return Ending(isInFile: true)
      }
      var theirs: NotebookDocument
      do throws(NotebookError) {
        theirs = try NotebookDocument(present)
      } catch {
        return elsewhere(result, "\(what) and is not a notebook now")
      }
      unplaced = theirs.merge(resultsOf: document, base: input)
      if unplaced.count == document.cellsWithResults.count, !unplaced.isEmpty { break }
      guard FileSignature(path) == seen else { continue }
      try write(theirs.pieces())
      if unplaced.isEmpty {
        return Ending(
          isInFile: true, message: "\(what); the outputs were put into what is there now")
      }
      break
    }
    if unplaced.isEmpty { return elsewhere(result, "\(what), again and again") }
    let cells = unplaced.map { "\($0 + 1)" }.joined(separator: ", ")
    return elsewhere(
      result, "\(what), and there is no place in it for the outputs of cell \(cells)")
  }

  // MARK: Another place

  /// Writes the result beside the file, or where temporary files go.
  private func elsewhere(_ result: [ArraySlice<UInt8>], _ reason: String) -> Ending {
    if let place = NotebookSaver.writeBeside(path, result) {
      return Ending(
        isInFile: false, elsewhere: place, message: "\(reason); the result is in '\(place)'")
    }
    let rest =
      journal == nil ? "the result is lost" : "everything produced so far is in its journal"
    return Ending(
      isInFile: false, message: "\(reason), and nowhere else can it be written; \(rest)")
  }

  /// Writes a notebook under a new name beside a file, or where temporary files go.
  ///
  /// It is as private as the file.
  ///
  /// - Returns: where; nil when it could be written nowhere.
  static func writeBeside(_ path: String, _ pieces: [ArraySlice<UInt8>]) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? "notebook.ipynb"
    let stem = name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
    let directory = FilePath.parts(path).directory
    let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    for place in [directory.isEmpty ? "/" : directory, temporary, "/tmp"] {
      for number in 0..<100 {
        let candidate = "\(place)/\(stem).lyre\(number == 0 ? "" : "-\(number)").ipynb"
        do throws(WriteFailure) {
          if try DurableFile(candidate).create(pieces, like: path) { return candidate }
        } catch {
          break
        }
      }
    }
    return nil
  }
}

extension FileSignature {
  /// What of it stays the same when the machine is started again.
  var json: JSONValue {
    ["size": .init(size), "modified": [.init(seconds), .init(nanoseconds)]]
  }
}
