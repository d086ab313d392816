import JSONCore
import Pipelines
import SystemSupport

/// Streams events about changes of files and of the record.
struct WatchRequests: Sendable {
  /// How often to look at the files.
  private static let interval = Duration.milliseconds(500)
  /// After how many looks without a change to show that the connection is alive.
  private static let heartbeat = 30

  private let folder: ServedFolder
  private let record: RunRecordAccess

  init(_ folder: ServedFolder, _ record: RunRecordAccess) {
    self.folder = folder
    self.record = record
  }

  /// The addresses.
  var routes: [Route] {
    [
      Route("GET", "api/watch") { request, _ throws(WebError) in
        let path = request.query["path"].flatMap { $0.isEmpty ? nil : $0 }
        let file: PipelineFile?
        if let path { file = try PipelineFile(path, in: folder) } else { file = nil }
        return .events { sink in try await watch(file, sink) }
      }
    ]
  }

  private func watch(_ file: PipelineFile?, _ sink: any ByteSink) async throws {
    let place = file.map { PipelinePath.folder($0.real) } ?? folder.root
    var (content, files) = (file.flatMap { FileSignature($0.real) }, FileSignature(place))
    var tag = content == nil ? nil : file.flatMap { try? contentTag($0.read()) }
    var runs = await record.mark(after: nil)
    var quiet = 0
    try await sink.write(ServerSentEvent.heartbeat)
    while true {
      try await Task.sleep(for: WatchRequests.interval)
      quiet += 1
      if let file, FileSignature(file.real) != content {
        content = FileSignature(file.real)
        let new = content == nil ? nil : try? contentTag(file.read())
        if new != tag {
          tag = new
          quiet = 0
          try await sink.send(["etag": tag.map { .init($0) } ?? .null], event: "changed")
        }
      }
      if file != nil, FileSignature(place) != files {
        files = FileSignature(place)
        quiet = 0
        try await sink.send([:], event: "files")
      }
      let mark = await record.mark(after: runs)
      if mark != runs {
        runs = mark
        quiet = 0
        try await sink.send([:], event: "runs")
      }
      if quiet >= WatchRequests.heartbeat {
        quiet = 0
        try await sink.write(ServerSentEvent.heartbeat)
      }
    }
  }
}
