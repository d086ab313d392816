import Glibc
import NodeResults
import ObjectStorage
import PipelineExecution
import Pipelines
import Synchronization
import SystemSupport

/// Writes what a node leaves in a bucket to a folder of this machine, as if it ran over that folder.
final class BucketMirror: ResultsMirror {
  private struct State {
    /// The ending that is written once everything else is there.
    var ending: [UInt8]?
    /// Why something is missing.
    var problem: String?
    var hasEnded = false
    /// Whether there is a second start, which does not count.
    var isRestarted = false
  }

  private let follower: BucketFollower
  /// The results of the first start.
  private let first: BucketFeed
  private let folder: String
  private let state = Mutex(State())

  init(_ feed: BucketFeed, into folder: String) {
    follower = BucketFollower(feed)
    first = feed
    self.folder = folder
  }

  func follow(_ warn: @escaping @Sendable (String) -> Void) async {
    do throws(ObjectStorageError) {
      try await follower.follow { await self.take($0, warn) }
    } catch {
      warn("its events and output are unreadable from now on: \(error)")
    }
  }

  func finish(patience: Duration, _ warn: @escaping @Sendable (String) -> Void) async -> String? {
    do throws(ObjectStorageError) {
      try await follower.finish(patience: patience) { await self.take($0, warn) }
      let (ending, hasEnded) = state.withLock { ($0.ending, $0.hasEnded) }
      if ending != nil || !hasEnded { try await complete(nil) }
    } catch {
      return error.description
    }
    return state.withLock { $0.problem }
  }

  private func take(_ report: BucketFollower.Report, _ warn: @Sendable (String) -> Void) async {
    if state.withLock({ $0.isRestarted }) {
      if case .notice(let text) = report { warn(text) }
      return
    }
    switch report {
    case .log(let bytes): append(bytes, to: NodeDescription.logName)
    case .events(let bytes): append(bytes, to: NodeDescription.eventsName)
    case .notice(let text): warn(text)
    case .restarted:
      state.withLock { $0.isRestarted = true }
      warn("something has started it again; only its first start counts")
    case .ended(let bytes):
      state.withLock { $0.ending = bytes }
      // What cannot be fetched now is fetched at the end.
      try? await complete(1)
    }
  }

  private func append(_ bytes: [UInt8], to name: String) {
    let path = "\(folder)/\(name)"
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    defer { if file >= 0 { close(file) } }
    do throws(SystemError) {
      guard file >= 0 else { throw SystemError() }
      try writeAll(file, bytes[...])
    } catch {
      state.withLock { $0.problem = $0.problem ?? "'\(path)' cannot be written: \(error)" }
    }
  }

  /// Fetches the notebooks as far as they are there, and then writes the ending.
  private func complete(_ attempts: Int?) async throws(ObjectStorageError) {
    for name in [NodeDescription.executedName, NodeDescription.notebookName] {
      _ = try await first.fetch(name, toFile: "\(folder)/\(name)", attempts: attempts)
    }
    guard let ending = state.withLock({ $0.ending }) else { return }
    let path = "\(folder)/\(NodeDescription.endingName)"
    do throws(SystemError) {
      try createPrivateFile("\(path).part", [ending[...]])
      guard rename("\(path).part", path) == 0 else { throw SystemError() }
      state.withLock { ($0.ending, $0.hasEnded) = (nil, true) }
    } catch {
      state.withLock { $0.problem = $0.problem ?? "'\(path)' cannot be written: \(error)" }
    }
  }
}
