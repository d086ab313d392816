import Glibc
import JSONCore
import SystemSupport

/// Saves a notebook during its run, and writes the result at the end.
///
/// While outputs arrive, the file is written again as long as that is cheap. If it is not, because
/// the notebook is large, new outputs go into a journal beside it (``recover(_:)``). Changes that
/// others save meanwhile are not overwritten: the results are merged into them. A result that
/// cannot be written to the file is written elsewhere instead of being lost.
public struct NotebookSaver: Sendable {
  /// Where the result was written.
  public struct Ending: Sendable, Hashable {
    /// Whether the file contains every result.
    public var isInFile: Bool
    /// Another file with the complete result; nil if there is none.
    public var elsewhere: String?
    /// A message for the user; nil if there is none.
    ///
    /// It says that someone else changed the file, or why the file could not be written.
    public var message: String?
  }

  /// The largest share of a run for writing the whole file again: one part in this.
  static let rewriteShare = 100

  private let path: String
  private let lock: NotebookLock?
  /// The notebook as it was read from the file; nil if it is from elsewhere.
  private let input: NotebookDocument?
  private let model: String?
  private var seen: FileSignature?
  private var journal: NotebookJournal?
  /// The cells that have changed since they were last saved.
  private var pending: Set<Int> = []
  /// The time to write the whole file, per byte.
  ///
  /// An estimate until the first write; slower disks correct it.
  var costPerByte = Duration.nanoseconds(5)
  /// The size of the file, including the content of the journal.
  private var size: Int
  private var lastRewrite: ContinuousClock.Instant?
  private let start = ContinuousClock.now

  /// Creates a saver for a new run.
  ///
  /// - Parameters:
  ///   - path: the file for the result.
  ///   - input: the notebook as it was read from that file; nil if it is from elsewhere, and the
  ///     content of the file is to be replaced.
  ///   - lock: the lock on the file; nil to acquire it here if it is free.
  ///   - model: the notebook whose permissions a new result file gets; nil for none.
  public init(
    _ path: String, input: NotebookDocument?, lock: NotebookLock? = nil, like model: String? = nil
  ) {
    self.path = path
    self.model = model
    self.lock = lock ?? (try? NotebookLock(path))
    self.input = input
    seen = FileSignature(path)
    size = input?.original.count ?? 0
    // An earlier run's journal for a file that is replaced is useless.
    if input == nil { NotebookJournal.discard(for: path) }
  }

  /// Saves the outputs so far.
  ///
  /// - Parameters:
  ///   - document: the notebook with its outputs.
  ///   - changed: the places of the cells that have changed since the last call.
  /// - Throws: ``NotebookError`` when they could not be saved; the next call tries again.
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
          // No journal can be created anywhere: the file itself is written, as rarely as the share
          // demands.
          return
        }
      }
      let cells = pending.sorted().map { place in
        (document.recordedCellWithoutOutputs(at: place), document.packedOutputs(at: place))
      }
      size += try journal?.append(cells) ?? 0
    }
    pending = []
  }

  /// Writes the result to the file, or elsewhere if that is not possible.
  ///
  /// - Parameter document: the notebook with its outputs.
  /// - Returns: where the result was written.
  public mutating func finish(_ document: NotebookDocument) -> Ending {
    let ending = end(document)
    journal?.close(removing: ending.isInFile || ending.elsewhere != nil)
    journal = nil
    return ending
  }

  /// Stops saving, and keeps the journal as it is.
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

  /// Whether someone else has written, removed or renamed the file that the notebook was read from.
  private var isChangedByOthers: Bool {
    guard input != nil, let seen else { return false }
    return FileSignature(path) != seen
  }

  /// Whether the file of that name no longer exists.
  private var isGone: Bool { input != nil && seen != nil && FileSignature(path) == nil }

  // MARK: Merging with changes by others

  private mutating func merge(_ document: NotebookDocument, _ result: [ArraySlice<UInt8>])
    throws(NotebookError) -> Ending
  {
    let what = "'\(path)' was changed by another program during the run"
    var unplaced: [Int] = []
    // Repeated if it changes again meanwhile, but not forever.
    for _ in 0..<5 {
      seen = FileSignature(path)
      lock?.follow()
      let present = try NotebookFile(path).read()
      if present == input?.original {
        // Only its time changed, or it was written again with the same content.
        try write(result)
        return Ending(isInFile: true)
      }
      var theirs: NotebookDocument
      do throws(NotebookError) {
        theirs = try NotebookDocument(present)
      } catch {
        return elsewhere(result, "\(what) and is no longer a notebook")
      }
      unplaced = theirs.merge(resultsOf: document, base: input)
      if unplaced.count == document.cellsWithResults.count, !unplaced.isEmpty { break }
      guard FileSignature(path) == seen else { continue }
      try write(theirs.pieces())
      if unplaced.isEmpty {
        return Ending(
          isInFile: true, message: "\(what); Lyre merged the outputs into the new version")
      }
      break
    }
    if unplaced.isEmpty { return elsewhere(result, "\(what), repeatedly") }
    let cells = unplaced.map { "\($0 + 1)" }.joined(separator: ", ")
    return elsewhere(
      result, "\(what), and no longer has a place for the outputs of cell \(cells)")
  }

  // MARK: Another destination

  /// Writes the result beside the file, or to the directory for temporary files.
  private func elsewhere(_ result: [ArraySlice<UInt8>], _ reason: String) -> Ending {
    if let place = NotebookSaver.writeBeside(path, result) {
      return Ending(
        isInFile: false, elsewhere: place, message: "\(reason); the result is in '\(place)'")
    }
    let rest =
      journal == nil ? "the result is lost" : "everything produced so far is in its journal"
    return Ending(
      isInFile: false, message: "\(reason), and the result cannot be written anywhere else; \(rest)"
    )
  }
}

extension FileSignature {
  /// The parts of the signature that survive a restart of the machine.
  var json: JSONValue {
    ["size": .init(size), "modified": [.init(seconds), .init(nanoseconds)]]
  }
}
