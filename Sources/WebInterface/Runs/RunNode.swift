import Pipelines
import RunRecord
import RunViews

/// A node of a run; a notebook's own run has one.
struct RunNode: Sendable {
  /// The run.
  let run: AnyRun
  /// The place of the node in the run.
  let place: Int
  /// The node in the record; nil for a notebook's own run.
  let node: RecordedNode?
  let record: RunRecordAccess

  /// Finds a node.
  ///
  /// - Throws: ``WebError`` if there is none.
  init(_ run: AnyRun, _ place: Int, _ record: RunRecordAccess) throws(WebError) {
    self.run = run
    self.place = place
    self.record = record
    guard run.isPipeline else {
      guard place == 0 else {
        throw .notFound("the run of a notebook has only the place 0")
      }
      node = nil
      return
    }
    node = try RunNode.recorded(run, place, record)
    guard node != nil else {
      throw .notFound("run \(run.name) has no node at the place \(place)")
    }
  }

  private static func recorded(_ run: AnyRun, _ place: Int, _ record: RunRecordAccess)
    throws(WebError) -> RecordedNode?
  {
    guard let number = run.number, let history = try record.pipelines() else { return nil }
    return try record.reported { () throws(HistoryError) in
      try history.nodes(of: number).first { $0.place == place }
    }
  }

  /// What the record has of the node by now: the path of its log, if it has one, and whether it has
  /// ended.
  var now: (log: String?, hasEnded: Bool) {
    let now = (try? RunNode.recorded(run, place, record)) ?? nil
    if let now, now.status != "waiting", now.status != "running" { return (now.log, true) }
    return (now?.log, (try? record.run(run.name))?.status != "running")
  }

  /// The absolute path of the notebook or script; nil for components.
  var file: String? {
    guard let node else { return run.file }
    return node.file.map { PipelinePath.joined(PipelinePath.folder(run.file), $0) }
  }

  /// A name for a file with something of the node, of harmless characters.
  func fileName(_ suffix: String) -> String {
    let name = PipelinePath.name(node?.file ?? run.file)
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    let plain = stem.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || "-_".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
    }
    return "\(String(plain))-run-\(run.name)\(suffix)"
  }
}
