import PipelineExecution
import Pipelines
import RemoteEngines
import RunEvents
import SystemSupport

/// The events that the nodes of a run leave in folders of this machine, as they come.
struct FolderFeeds: RunFeeds {
  private struct Feed: Sendable {
    var file: GrowingFile
    var events: ForeignEvents
    var isReadable = true
  }

  private var feeds: [Feed]

  /// - Parameters:
  ///   - run: the id of the run.
  ///   - nodes: the nodes.
  init(run: String, _ nodes: [SubmittedNode]) {
    feeds = nodes.map { node in
      let (run, id) = (RunID.name(run), node.id)
      return Feed(
        file: GrowingFile("\(node.results ?? "")/\(NodeDescription.eventsName)"),
        events: ForeignEvents { $0.run == run && $0.node?.id == id })
    }
  }

  mutating func look(_ places: [Int]) async -> RunNews {
    var news = RunNews()
    for place in places where feeds.indices.contains(place) {
      let bytes = await next(place, &news)
      if bytes.isEmpty { news.drained.insert(place) }
      for item in feeds[place].events.take(bytes) {
        switch item {
        case .event(let event): news.events.append((event, place, 1))
        case .warning(let message): news.warnings.append((message, place))
        }
      }
    }
    return news
  }

  private mutating func next(_ place: Int, _ news: inout RunNews) async -> [UInt8] {
    guard feeds[place].isReadable else { return [] }
    // The folder may be on a file system that does not answer.
    let file = feeds[place].file
    let (next, found) = await onOwnThread {
      var file = file
      let found = Result { () throws(GrowingFile.Problem) in try file.next() }
      return (file, found)
    }
    feeds[place].file = next
    switch found {
    case .success(let bytes): return bytes
    case .failure(let problem):
      feeds[place].isReadable = false
      news.warnings.append((problem.message, place))
      return []
    }
  }
}
