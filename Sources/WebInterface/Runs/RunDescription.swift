import JSONCore
import PipelineExecution
import Pipelines
import RunRecord
import RunViews
import SystemSupport

/// A run as the page gets it.
struct RunDescription {
  /// The most nodes of a run in a list of runs; those of a larger run are left out there.
  static let mostListedNodes = 1000

  private let run: AnyRun
  private let folder: ServedFolder
  private let nodes: [RecordedNode]?

  /// - Parameter nodes: the nodes of a pipeline's run; nil to leave them out.
  init(_ run: AnyRun, _ nodes: [RecordedNode]?, in folder: ServedFolder) {
    self.run = run
    self.nodes = nodes
    self.folder = folder
  }

  /// The path of the notebook or pipeline relative to the folder; nil if it is elsewhere.
  private var inside: String? { folder.relative(run.file) }

  private var name: String {
    let file = PipelinePath.name(run.file)
    for suffix in [".pipeline", ".ipynb"] where file.hasSuffix(suffix) && file != suffix {
      return String(file.dropLast(suffix.count))
    }
    return file
  }

  private func common(_ nodes: [JSONValue]?) -> JSONObject {
    [
      "run": .init(run.name), "kind": run.isPipeline ? "pipeline" : "notebook",
      "file": .init(inside ?? run.file), "inside": .init(inside != nil), "name": .init(name),
      "status": .init(run.status),
      "started": .init(JSONDate.text(nanoseconds: run.started, digits: 6)),
      "seconds": run.duration.map { .init($0.totalSeconds) } ?? .null,
      "counts": .object(
        JSONObject(
          run.counts.sorted { $0.key < $1.key }.map {
            .init(key: .init($0.key), value: .init($0.value))
          }
        )),
      "nodes": nodes.map { .array($0) } ?? .null,
    ]
  }

  /// The run in a list.
  var listed: JSONObject {
    common(
      nodes?.map { node in
        [
          "place": .init(node.place), "id": .init(node.id), "label": .init(node.label),
          "status": .init(node.status),
          "seconds": node.duration.map { .init($0.totalSeconds) } ?? .null,
        ]
      })
  }

  /// The run by itself.
  ///
  /// - Parameters:
  ///   - parents: the places of each node's dependencies.
  ///   - view: the recorded pipeline; nil if there is none.
  ///   - isStoppable: whether the run can be stopped.
  func whole(parents: [[Int]], view: JSONObject?, isStoppable: Bool) -> JSONObject {
    var object = common(
      run.isPipeline
        ? (nodes ?? []).map { .object(whole($0, parents)) } : [.object(notebook)])
    object["view"] = view.map { .object($0) } ?? .null
    // For elapsed times, if the clock of the browser differs.
    object["now"] = .init(JSONDate.text(nanoseconds: wallClockNanoseconds(), digits: 6))
    object["running"] = .init(run.status == "running")
    object["stoppable"] = .init(isStoppable)
    return object
  }

  private func whole(_ node: RecordedNode, _ parents: [[Int]]) -> JSONObject {
    let isNotebook = node.file.map { PipelinePath.suffix($0) == "ipynb" } ?? false
    return [
      "place": .init(node.place), "id": .init(node.id), "label": .init(node.label),
      "file": node.file.map { .init($0) } ?? .null, "status": .init(node.status),
      "message": node.message.map { .init($0) } ?? .null,
      "reason": node.reason.map { .init($0) } ?? .null, "attempts": .init(node.attempts),
      "started": node.started.map { .init(JSONDate.text(nanoseconds: $0, digits: 6)) } ?? .null,
      "seconds": node.duration.map { .init($0.totalSeconds) } ?? .null,
      "cached_run": node.cachedRun.map { .init("\($0)") } ?? .null,
      "has_notebook": .init(node.executed != nil || isNotebook && node.log != nil),
      "has_log": .init(node.log != nil),
      "parents": .array(
        parents.indices.contains(node.place) ? parents[node.place].map { .init($0) } : []),
    ]
  }

  /// A notebook's run as a node.
  private var notebook: JSONObject {
    [
      "place": 0, "id": "", "label": .init(PipelinePath.name(run.file)),
      "file": .init(inside ?? run.file), "status": .init(run.status), "message": .null,
      "reason": .null, "attempts": 1,
      "started": .init(JSONDate.text(nanoseconds: run.started, digits: 6)),
      "seconds": run.duration.map { .init($0.totalSeconds) } ?? .null, "cached_run": .null,
      "has_notebook": true, "has_log": true, "parents": [],
    ]
  }
}
