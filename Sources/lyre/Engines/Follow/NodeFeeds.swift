import NodeResults
import ObjectStorage
import RemoteEngines
import RunEvents

/// The events that the nodes of a run leave in a bucket, as they come.
struct NodeFeeds: RunFeeds {
  private struct Feed: Sendable {
    var feed: BucketFeed
    var events: ForeignEvents
  }

  private let store: ObjectStore
  private let bucket: String
  private let run: String
  private let nodes: [SubmittedNode]
  private var feeds: [Int: Feed] = [:]
  private var warnings = 0

  /// - Parameters:
  ///   - store: the storage.
  ///   - bucket: the bucket.
  ///   - run: the engine's id of the run.
  ///   - nodes: the nodes.
  init(_ store: ObjectStore, bucket: String, run: String, _ nodes: [SubmittedNode]) {
    self.store = store
    self.bucket = bucket
    self.run = run
    self.nodes = nodes
  }

  /// How many nodes are looked at together.
  private static let mostAtOnce = 8

  /// Looks once for news of some nodes, several at the same time.
  mutating func look(_ places: [Int]) async -> RunNews {
    typealias Look = (
      place: Int, feed: BucketFeed, found: Result<BucketFeed.News, ObjectStorageError>
    )
    let current = places.compactMap { place in feed(place).map { (place, $0) } }
    let looks = await withTaskGroup(of: Look.self) { group in
      var looks: [Look] = []
      for (index, (place, feed)) in current.enumerated() {
        // Each may have pieces of many megabytes.
        if index >= NodeFeeds.mostAtOnce, let look = await group.next() { looks.append(look) }
        group.addTask {
          var next = feed.feed
          do throws(ObjectStorageError) {
            let news = try await next.look()
            return (place, next, .success(news))
          } catch {
            return (place, feed.feed, .failure(error))
          }
        }
      }
      return await group.reduce(into: looks) { $0.append($1) }
    }
    var news = RunNews()
    for look in looks.sorted(by: { $0.place < $1.place }) {
      switch look.found {
      case .failure(let error):
        // Waiting does not help with some.
        news.failure = RunNews.Failure(
          description: error.description,
          isFinal: [.denied, .usage, .noBucket].contains(error.kind))
      case .success(let found): take(found, look.feed, look.place, &news)
      }
    }
    return news
  }

  private mutating func feed(_ place: Int) -> Feed? {
    if let feed = feeds[place] { return feed }
    guard let results = nodes[place].results else { return nil }
    let feed = Feed(
      feed: BucketFeed(store, ObjectLocation(bucket: bucket, key: results)), events: reader(place))
    feeds[place] = feed
    return feed
  }

  /// A reader of the events of one start of a node.
  private func reader(_ place: Int) -> ForeignEvents {
    let (run, id) = (RunID.name(run), nodes[place].id)
    return ForeignEvents { $0.run == run && $0.node?.id == id }
  }

  private static let mostWarnings = 20

  private mutating func take(
    _ found: BucketFeed.News, _ feed: BucketFeed, _ place: Int, _ news: inout RunNews
  ) {
    if found.isNewStart {
      let reader = reader(place)
      feeds[place]?.events = reader
    }
    feeds[place]?.feed = feed
    if found.isEmpty { news.drained.insert(place) }
    var problems = found.warnings
    for item in feeds[place]?.events.take(found.events) ?? [] {
      switch item {
      case .event(let event): news.events.append((event, place, found.start))
      case .warning(let message): problems.append(message)
      }
    }
    for message in problems where warnings < NodeFeeds.mostWarnings {
      warnings += 1
      news.warnings.append((message, place))
    }
  }
}
