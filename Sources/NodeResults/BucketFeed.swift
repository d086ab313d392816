package import ObjectStorage
import Pipelines

/// What a node leaves in a bucket, read piece by piece while it runs there: a value that looks once
/// when it is asked to.
///
/// If the engine starts the same node again, its results are beside the first ones, in `attempt-2`:
/// they are read when those before have been.
package struct BucketFeed: Sendable {
  /// What one look has found.
  package struct News: Sendable, Hashable {
    /// The number of the engine's start of the node, from 1.
    package var start = 1
    /// Whether this is the first look at that start.
    package var isNewStart = false
    /// The next output.
    package var log: [UInt8] = []
    /// The next events: complete lines, unless one is longer than a piece.
    package var events: [UInt8] = []
    /// The content of `ending.json`, once all events and output have been returned.
    package var ending: [UInt8]?
    /// What is wrong with what is there.
    package var warnings: [String] = []

    /// Whether nothing is new.
    package var isEmpty: Bool {
      log.isEmpty && events.isEmpty && ending == nil && warnings.isEmpty && !isNewStart
    }
  }

  /// The place of the results of the first start.
  package let results: ObjectLocation
  private let store: ObjectStore
  private let mostStarts: Int
  private var start = 1
  private var events: PieceReader
  private var log: PieceReader
  private var isNewStart = false
  private var ending: [UInt8]?
  private var hasEnded = false

  /// Creates a feed at the beginning of the results.
  ///
  /// - Parameters:
  ///   - store: the storage.
  ///   - results: the place that the node's description names.
  ///   - mostStarts: how many starts are read; no program of this project makes more.
  package init(
    _ store: ObjectStore, _ results: ObjectLocation, mostStarts: Int = ResultPieces.mostStarts
  ) {
    self.store = store
    self.results = results
    self.mostStarts = mostStarts
    events = PieceReader(.events, at: results)
    log = PieceReader(.log, at: results)
  }

  /// The place of the results of the start that is read.
  package var current: ObjectLocation { place(of: start) }

  private func place(of start: Int) -> ObjectLocation {
    start > 1 ? results.appending(ResultPieces.folder(ofStart: start)) : results
  }

  /// The largest ending that is read.
  private static let longestEnding = 4 << 20

  /// Looks once: at most one piece of events and one of output are read.
  ///
  /// - Returns: what is new; empty if nothing is.
  /// - Throws: `ObjectStorageError`; nothing is lost then, and the next look reads the same.
  package mutating func look() async throws(ObjectStorageError) -> News {
    var news = News()
    news.start = start
    news.isNewStart = isNewStart
    // The output was stored before the events that follow from it.
    let (before, beforeLog) = (events, log)
    do throws(ObjectStorageError) {
      news.events = try await events.next(store, &news.warnings)
      news.log = try await log.next(store, &news.warnings)
    } catch {
      (events, log) = (before, beforeLog)
      throw error
    }
    isNewStart = false
    guard news.isEmpty else { return news }
    if let ending {
      // It is written last: everything else has been read now.
      (self.ending, hasEnded) = (nil, true)
      news.ending = ending
      return news
    }
    if !hasEnded, let ending = try await content(of: NodeDescription.endingName, at: current) {
      self.ending = ending
      return try await look()
    }
    if start < mostStarts, try await hasStarted(start + 1) {
      start += 1
      (isNewStart, hasEnded) = (true, false)
      events = PieceReader(.events, at: current)
      log = PieceReader(.log, at: current)
      return try await look()
    }
    return news
  }

  /// Stores the executed notebook as far as it is there in a file.
  ///
  /// - Parameters:
  ///   - name: its name among the results, such as ``Pipelines/NodeDescription/executedName``.
  ///   - path: the file, which is replaced.
  ///   - attempts: how often to try it; nil for as often as what would be lost otherwise.
  /// - Returns: whether it is there.
  /// - Throws: `ObjectStorageError`.
  package func fetch(_ name: String, toFile path: String, attempts: Int? = 5)
    async throws(ObjectStorageError) -> Bool
  {
    do throws(ObjectStorageError) {
      try await (attempts.map(store.trying) ?? store.patient).get(
        current.appending(name), toFile: path)
      return true
    } catch {
      guard error.kind == .noObject else { throw error }
      return false
    }
  }

  private func hasStarted(_ start: Int) async throws(ObjectStorageError) -> Bool {
    do throws(ObjectStorageError) {
      return try await content(of: ResultPieces.claimName, at: place(of: start)) != nil
    } catch {
      // What is too large for a claim is none.
      guard error.status == nil, error.kind == .usage || error.kind == .server else { throw error }
      return false
    }
  }

  private func content(of name: String, at place: ObjectLocation) async throws(ObjectStorageError)
    -> [UInt8]?
  {
    do throws(ObjectStorageError) {
      return try await store.get(place.appending(name), maximum: BucketFeed.longestEnding)
    } catch {
      guard error.kind == .noObject else { throw error }
      return nil
    }
  }
}
