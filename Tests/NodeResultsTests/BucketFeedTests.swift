import KernelTesting
import ObjectStorage
import RealKernels
import Synchronization
import Testing

@testable import NodeResults

@Suite("What a node leaves in a bucket, followed from here")
struct BucketFeedTests {
  /// A bucket `b` whose objects a test changes while it is read.
  final class Bucket: Sendable {
    private struct State {
      var objects: [String: [UInt8]] = [:]
      var isAway = false
      var refusal: TestServer.Reply?
      var gets = 0
    }

    private let state = Mutex(State())

    func put(_ text: String, _ key: String) { put(Array(text.utf8), key) }
    func put(_ bytes: [UInt8], _ key: String) { state.withLock { $0.objects["/b/\(key)"] = bytes } }
    func set(away: Bool) { state.withLock { $0.isAway = away } }
    func refuse(_ reply: TestServer.Reply?) { state.withLock { $0.refusal = reply } }
    var gets: Int { state.withLock { $0.gets } }

    func answer(_ request: TestServer.Request) -> TestServer.Answer {
      state.withLock { state in
        state.gets += 1
        if state.isAway { return .close }
        if let refusal = state.refusal { return .reply(refusal) }
        let path = request.target.split(separator: "?").first.map(String.init) ?? ""
        guard let bytes = state.objects[path] else {
          return .reply(.init(404, "<Error><Code>NoSuchKey</Code></Error>"))
        }
        return .reply(.init(200, bytes: bytes))
      }
    }

    static func with(
      mostStarts: Int = ResultPieces.mostStarts, _ body: (Bucket, BucketFeed) async throws -> Void
    ) async throws {
      let bucket = Bucket()
      try await TestServer.with { request, _ in
        bucket.answer(request)
      } run: { server in
        var settings = ObjectStorageSettings()
        settings.endpoint = server.url
        settings.credentials = .given(.init(accessKey: "key", secretKey: "secret-of-the-test"))
        settings.firstDelay = .milliseconds(1)
        settings.attempts = 2
        let store = try ObjectStore(settings, environment: [:])
        let place = ObjectLocation(bucket: "b", key: "r")
        try await body(bucket, BucketFeed(store, place, mostStarts: mostStarts))
      }
    }
  }

  /// What was reported, in words.
  private final class Reports: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }

    func take(_ report: BucketFollower.Report) {
      let text =
        switch report {
        case .log(let bytes): "log \(String(decoding: bytes, as: UTF8.self))"
        case .events(let bytes): "events \(String(decoding: bytes, as: UTF8.self))"
        case .restarted(let start): "start \(start)"
        case .ended(let bytes): "ended \(String(decoding: bytes, as: UTF8.self))"
        case .notice(let text): "! \(text)"
        }
      texts.withLock { $0.append(text) }
    }
  }

  private static let times: BucketFollower.Times = {
    var times = BucketFollower.Times()
    times.shortest = .milliseconds(10)
    times.longest = .milliseconds(20)
    times.away = .milliseconds(20)
    times.patience = .seconds(60)
    return times
  }()

  @Test("pieces come in order, output before events, and the ending after everything else")
  func order() async throws {
    try await Bucket.with { bucket, feed in
      var feed = feed
      var news = try await feed.look()
      #expect(news.isEmpty)
      bucket.put("out1", "r/log/000001.log")
      bucket.put("e1\n", "r/events/000001.ndjson")
      bucket.put("e2\n", "r/events/000002.ndjson")
      bucket.put("out2", "r/log/000002.log")
      bucket.put("{}", "r/ending.json")
      news = try await feed.look()
      #expect(news.log == Array("out1".utf8) && news.events == Array("e1\n".utf8))
      news = try await feed.look()
      #expect(news.log == Array("out2".utf8) && news.events == Array("e2\n".utf8))
      #expect(news.ending == nil)
      news = try await feed.look()
      #expect(news.ending == Array("{}".utf8))
      news = try await feed.look()
      #expect(news.isEmpty)
    }
  }

  @Test("what was stored between the looks for pieces and for the ending is not lost")
  func race() async throws {
    try await Bucket.with { bucket, feed in
      var feed = feed
      // Pieces that appear with the ending.
      bucket.put("{}", "r/ending.json")
      bucket.put("late", "r/log/000001.log")
      var news = try await feed.look()
      #expect(news.log == Array("late".utf8))
      news = try await feed.look()
      #expect(news.ending != nil)
    }
  }

  @Test("the engine's further starts are read after the first, each from its beginning")
  func starts() async throws {
    try await Bucket.with { bucket, feed in
      bucket.put("one\n", "r/events/000001.ndjson")
      bucket.put("{1}", "r/ending.json")
      bucket.put("{}", "r/attempt-2/started.json")
      bucket.put("two\n", "r/attempt-2/events/000001.ndjson")
      bucket.put("{}", "r/attempt-3/started.json")
      bucket.put("three\n", "r/attempt-3/events/000001.ndjson")
      bucket.put("nb", "r/attempt-3/executed.ipynb")
      let follower = BucketFollower(feed, times: Self.times)
      let reports = Reports()
      try await follower.finish { reports.take($0) }
      #expect(
        reports.all == [
          "events one\n", "ended {1}", "start 2", "events two\n", "start 3", "events three\n",
        ])
      #expect(await follower.position.current.description == "s3://b/r/attempt-3")
    }
  }

  @Test("who fills a bucket with starts does not keep the reader busy for ever")
  func mostStarts() async throws {
    try await Bucket.with(mostStarts: 2) { bucket, feed in
      for start in 2...4 {
        bucket.put("{}", "r/attempt-\(start)/started.json")
        bucket.put("\(start)\n", "r/attempt-\(start)/events/000001.ndjson")
      }
      let reports = Reports()
      try await BucketFollower(feed, times: Self.times).finish { reports.take($0) }
      #expect(reports.all == ["start 2", "events 2\n"])
    }
  }

  @Test("a storage that is away is reported once, and so is its return; nothing is lost or doubled")
  func away() async throws {
    try await Bucket.with { bucket, feed in
      let follower = BucketFollower(feed, times: Self.times)
      let reports = Reports()
      bucket.put("one\n", "r/events/000001.ndjson")
      try await withThrowingTaskGroup { group in
        group.addTask { try await follower.follow { reports.take($0) } }
        #expect(await eventually { reports.all == ["events one\n"] })
        bucket.set(away: true)
        #expect(await eventually { reports.all.count == 2 })
        let gets = bucket.gets
        #expect(await eventually { bucket.gets > gets + 10 })
        bucket.put("two\n", "r/events/000002.ndjson")
        bucket.set(away: false)
        #expect(await eventually { reports.all.last == "events two\n" })
        group.cancelAll()
        try await group.waitForAll()
      }
      try await follower.finish { reports.take($0) }
      #expect(reports.all.count == 4)
      #expect(
        reports.all[1].hasPrefix(
          "! the node's events are unreadable now; Lyre tries again, and the node goes on: s3://b/r/"
        ),
        "\(reports.all)")
      #expect(reports.all[2] == "! 's3://b/r' can be read again")
    }
  }

  @Test("a storage that refuses is an error at once, and one that stays away after a time")
  func errors() async throws {
    try await Bucket.with { bucket, feed in
      let follower = BucketFollower(feed, times: Self.times)
      bucket.refuse(.init(403, "<Error><Code>AccessDenied</Code></Error>"))
      let denied = await #expect(throws: ObjectStorageError.self) {
        try await follower.follow { _ in }
      }
      #expect(denied?.kind == .denied)
      bucket.refuse(nil)
      bucket.set(away: true)
      let other = BucketFollower(feed, times: Self.times)
      let gone = await #expect(throws: ObjectStorageError.self) {
        try await other.finish(patience: .zero) { _ in }
      }
      #expect(gone?.kind == .unreachable)
      bucket.refuse(.init(404, "<Error><Code>NoSuchBucket</Code></Error>"))
      bucket.set(away: false)
      let none = await #expect(throws: ObjectStorageError.self) {
        try await other.finish(patience: .zero) { _ in }
      }
      #expect(none?.kind == .noBucket)
    }
  }

  @Test("hostile pieces are bounded, and damage stays within a line")
  func hostile() async throws {
    try await Bucket.with { bucket, feed in
      var feed = feed
      bucket.put("half a li", "r/events/000001.ndjson")
      bucket.put("", "r/events/000002.ndjson")
      bucket.put("whole\n", "r/events/000003.ndjson")
      bucket.put([UInt8](repeating: 0x61, count: PieceReader.most + 1), "r/log/000001.log")
      bucket.put("after", "r/log/000002.log")
      let first = try await feed.look()
      #expect(first.events == Array("half a li\n".utf8))
      #expect(first.log == [])
      #expect(
        first.warnings == [
          "'s3://b/r/events/000001.ndjson' ends in the middle of a line; it was changed",
          "'s3://b/r/log/000001.log' is too large for a piece of what a node leaves; it and what "
            + "follows are not read",
        ])
      let second = try await feed.look()
      #expect(second.warnings == ["'s3://b/r/events/000002.ndjson' is empty, which no piece is"])
      let third = try await feed.look()
      #expect(third.events == Array("whole\n".utf8))
      let last = try await feed.look()
      #expect(last.isEmpty)
    }
  }
}
