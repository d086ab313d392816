import NotebookDocument
import Pipelines
import RunEvents
import RunRecord
import SystemSupport

extension RunSession {
  /// Stores a node's executed notebook.
  func keep(_ document: NotebookDocument, of place: Int) async -> ExecutedNotebook {
    let kept = await onOwnThread { [entry] in
      Result { try entry.keep(document.pieces(), of: place) }
    }
    switch kept {
    case .success(let name): return .recorded(name)
    case .failure(let error):
      warn(
        "\(graph.nodes[place].label): the executed notebook is not in the record: "
          + PipelineHistory.text(error))
      return .unrecorded(document)
    }
  }

  /// Writes the result of an earlier run to the node's output path, if it has one.
  ///
  /// - Returns: why that is not possible, so that the node has to run; nil on success.
  func putResult(of past: PipelinePast.Node?, at place: Int) async -> String? {
    guard let destination = configuration.destinations[place] else { return nil }
    guard let name = past?.executed else { return "its result is not in the record" }
    return await onOwnThread { [history] in
      do {
        let content = try history.content(name)
        let file = NotebookFile(destination)
        if (try? file.read()) != content { try file.write(content) }
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  /// For each node that shares its notebook with others, all nodes of that notebook.
  static func siblings(in graph: PipelineGraph, _ folder: String) -> [Int: [Int]] {
    var places: [String: [Int]] = [:]
    for (place, node) in graph.nodes.enumerated() where node.kind == .notebook {
      guard let file = node.file else { continue }
      places[FileLocation.resolved(PipelinePath.joined(folder, file)), default: []].append(place)
    }
    var siblings: [Int: [Int]] = [:]
    for group in places.values where group.count > 1 {
      for place in group { siblings[place] = group }
    }
    return siblings
  }

  /// Warns of unselected nodes whose results selected nodes need, and which are out of date.
  func warnOfStaleParents(_ control: PipelineControl) async {
    guard let selection, !configuration.selection.isEverything else { return }
    let needed = graph.ancestors(of: selection).filter { !selection.contains($0) }
    guard !needed.isEmpty else { return }
    let stale = await onOwnThread { [graph, past, hasher] in
      let hasher = hasher.watched(
        by: HashingWatch(isStopped: { control.stopSignal != nil }, report: { _ in }))
      return needed.compactMap { place -> String? in
        let node = graph.nodes[place]
        guard let before = past.nodes[place] else { return "'\(node.label)' has never run" }
        guard before.status == NodeStatus.succeeded.rawValue else {
          return "'\(node.label)' did not succeed the last time"
        }
        let parents = graph.parents[place].map {
          (label: graph.nodes[$0].label, token: past.nodes[$0]?.token ?? "unknown")
        }
        guard let inputs = try? hasher.inputs(of: node, parents: parents),
          let outputs = try? hasher.outputs(of: node)
        else { return nil }
        let change =
          inputs.change(since: before.inputs)
          ?? outputs.withoutResults.change(since: before.outputs.withoutResults)
        return change.map { "'\(node.label)' is out of date: \($0) since it ran" }
      }
    }
    let most = 20
    for text in stale.prefix(most) { warn("\(text), and nodes that run now need its results") }
    if stale.count > most { warn("the same applies to \(stale.count - most) more nodes") }
  }
}
