package import ObjectStorage

/// Follows what a node leaves in a bucket while it runs, and waits for a storage that is away.
///
///     let follower = BucketFollower(BucketFeed(store, results))
///     // In a task that is cancelled when the engine says that the node has ended:
///     try await follower.follow { report in … }
///     // And then, for the rest:
///     try await follower.finish { report in … }
package actor BucketFollower {
  /// What a node did.
  package enum Report: Sendable, Hashable {
    /// Output.
    case log([UInt8])
    /// Events: complete lines, unless one is longer than a piece. ``ForeignEvents`` reads them.
    case events([UInt8])
    /// The engine has started the node again; what follows is a new log with new events.
    case restarted(start: Int)
    /// The content of `ending.json`; the engine may start the node again after it.
    case ended([UInt8])
    /// Something to know: a storage that is away or back, a damaged piece.
    case notice(String)
  }

  /// How long to wait for what.
  package struct Times: Sendable {
    /// The time before the next look after one without news.
    package var shortest = Duration.seconds(1)
    /// The time between two looks after some without any.
    package var longest = Duration.seconds(4)
    /// The time between two looks at a storage that is away.
    package var away = Duration.seconds(15)
    /// How long a storage may be away.
    package var patience = Duration.seconds(900)

    /// Creates the usual times.
    package init() {}
  }

  private var feed: BucketFeed
  private let times: Times
  /// Since when the storage is away; nil if it is there.
  private var awaySince: ContinuousClock.Instant?
  private var warnings = 0

  /// Creates a follower at the beginning of the results.
  package init(_ feed: BucketFeed, times: Times = .init()) {
    self.feed = feed
    self.times = times
  }

  /// The feed as far as it has been read, to fetch other results.
  package var position: BucketFeed { feed }

  /// Reports what there is until the task is cancelled.
  ///
  /// - Parameter report: called with everything, in order.
  /// - Throws: `ObjectStorageError` if the storage refuses to be read, or is away for too long.
  package func follow(_ report: @Sendable (Report) async -> Void) async throws(ObjectStorageError) {
    var pause = times.shortest
    while !Task.isCancelled {
      if let isNews = try await look(report, patience: times.patience) {
        pause = isNews ? times.shortest : min(pause * 3 / 2, times.longest)
        // There may be more at once.
        if isNews { continue }
      } else {
        pause = min(pause * 2, times.away)
      }
      if (try? await Task.sleep(for: pause)) == nil { return }
    }
  }

  /// Reports the rest, once the node has ended.
  ///
  /// - Parameters:
  ///   - patience: how long the storage may be away.
  ///   - report: called with everything, in order.
  /// - Throws: `ObjectStorageError` if it cannot be read.
  package func finish(
    patience: Duration = .seconds(120), _ report: @Sendable (Report) async -> Void
  ) async throws(ObjectStorageError) {
    var pause = Duration.milliseconds(100)
    if awaySince != nil { awaySince = .now }
    while !Task.isCancelled {
      switch try await look(report, patience: patience) {
      case true?: continue
      case false?: return
      case nil:
        pause = min(pause * 2, times.away)
        if (try? await Task.sleep(for: pause)) == nil { return }
      }
    }
  }

  /// Looks once.
  ///
  /// - Returns: whether there was news; nil if the storage is away.
  private func look(
    _ report: @Sendable (Report) async -> Void, patience: Duration
  ) async throws(ObjectStorageError) -> Bool? {
    let news: BucketFeed.News
    do throws(ObjectStorageError) {
      var feed = feed
      news = try await feed.look()
      self.feed = feed
    } catch {
      return try await missed(error, report, patience: patience)
    }
    if awaySince != nil {
      awaySince = nil
      await report(.notice("'\(feed.results)' can be read again"))
    }
    if news.isNewStart { await report(.restarted(start: news.start)) }
    if !news.log.isEmpty { await report(.log(news.log)) }
    if !news.events.isEmpty { await report(.events(news.events)) }
    for warning in news.warnings {
      // Who fills a bucket with damaged pieces does not fill a terminal.
      warnings += 1
      if warnings <= BucketFollower.mostWarnings { await report(.notice(warning)) }
    }
    if let ending = news.ending { await report(.ended(ending)) }
    return !news.isEmpty
  }

  private static let mostWarnings = 20

  private func missed(
    _ error: ObjectStorageError, _ report: @Sendable (Report) async -> Void, patience: Duration
  ) async throws(ObjectStorageError) -> Bool? {
    if error.kind == .cancelled { return nil }
    // Waiting does not help with these.
    guard error.kind != .usage, error.kind != .denied || awaySince != nil else { throw error }
    guard let since = awaySince else {
      awaySince = .now
      await report(
        .notice(
          "the node's events are unreadable now; Lyre tries again, and the node goes on: \(error)"))
      return nil
    }
    if .now - since > patience { throw error }
    return nil
  }
}
