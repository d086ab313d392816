import JSONCore
import NotebookDocument
import PipelineExecution
import Pipelines
import RunRecord
import RunViews
import SystemSupport

/// Answers requests about runs.
struct RunRequests: Sendable {
  /// The most runs of a list.
  private static let mostRuns = 500

  private let folder: ServedFolder
  private let record: RunRecordAccess
  private let started: StartedRuns

  init(_ folder: ServedFolder, _ record: RunRecordAccess, _ started: StartedRuns) {
    self.folder = folder
    self.record = record
    self.started = started
  }

  /// The addresses.
  var routes: [Route] {
    [
      Route("GET", "api/runs") { request, _ throws(WebError) in try list(request) },
      Route("GET", "api/runs/:run") { _, names throws(WebError) in try one(names) },
      Route("GET", "api/runs/:run/events") { request, names throws(WebError) in
        try events(request, names)
      },
      Route("GET", "api/runs/:run/nodes/:place/log") { request, names throws(WebError) in
        try log(request, names)
      },
      Route("GET", "api/runs/:run/nodes/:place/notebook") { request, names throws(WebError) in
        try notebook(request, names)
      },
      Route("GET", "api/runs/:run/report") { _, names throws(WebError) in
        let run = try record.run(names["run"] ?? "")
        return WebResponse(
          headers: SecurityHeaders.foreign, body: .bytes(try RunPages(record).report(of: run)))
      },
      Route("POST", waiting: "api/runs") { request, _ async throws(WebError) in
        try await start(request)
      },
      Route("POST", waiting: "api/plan") { request, _ async throws(WebError) in
        try await plan(request)
      },
      Route("POST", "api/runs/:run/stop") { _, names throws(WebError) in
        try started.stop(try record.run(names["run"] ?? ""))
        return WebResponse(json: [:], status: 202)
      },
    ]
  }

  // MARK: Descriptions

  private func list(_ request: WebRequest) throws(WebError) -> WebResponse {
    let limit = min(max(request.query["limit"].flatMap { Int($0) } ?? 50, 1), RunRequests.mostRuns)
    var file: String?
    if let path = request.query["pipeline"], !path.isEmpty {
      // Outside of the folder, it is only compared with the record.
      file = path.hasPrefix("/") ? path : try folder.file(path)
    }
    let (runs, history) = (try record.runs(), try record.pipelines())
    let list = try record.reported { () throws(HistoryError) -> [JSONObject] in
      try runs.newest(of: file, limit: limit).map { run throws(HistoryError) -> JSONObject in
        let count = run.counts.reduce(0) { $0 + $1.value }
        guard count <= RunDescription.mostListedNodes else {
          return RunDescription(run, nil, in: folder).listed
        }
        return RunDescription(run, try nodes(of: run, history), in: folder).listed
      }
    }
    return WebResponse(json: ["runs": .array(list.map { .object($0) })])
  }

  private func nodes(of run: AnyRun, _ history: PipelineHistory?) throws(HistoryError)
    -> [RecordedNode]
  {
    guard let number = run.number else { return [] }
    return try history?.nodes(of: number) ?? []
  }

  private func one(_ names: Route.Names) throws(WebError) -> WebResponse {
    let (run, history) = (try record.run(names["run"] ?? ""), try record.pipelines())
    var (parents, view): ([[Int]], JSONObject?) = ([], nil)
    let all = try record.reported { () throws(HistoryError) in try nodes(of: run, history) }
    if let history, let number = run.number {
      let report = try record.reported { () throws(HistoryError) -> RecordedReport? in
        guard let recorded = try history.run(number) else { return nil }
        // A plan that is not in the record any more is no reason to hide the rest.
        return try? history.report(of: recorded)
      }
      if let report {
        parents = report.graph.parents
        view = try RecordedView(run, report, folder, record).json
      }
    }
    return WebResponse(
      json: RunDescription(run, all, in: folder).whole(
        parents: parents, view: view, isStoppable: started.canStop(run)))
  }

  // MARK: Events

  private func events(_ request: WebRequest, _ names: Route.Names) throws(WebError) -> WebResponse {
    let run = try record.run(names["run"] ?? "")
    let last = (request.headers["last-event-id"] ?? request.query["after"]).flatMap { Int($0) } ?? 0
    let stream = RunEventStream(
      run, record, showsOutput: request.query["kinds"] != "states",
      node: request.query["node"].flatMap { Int($0) }, after: last)
    return .events { sink in try await stream.send(to: sink) }
  }

  // MARK: Nodes

  private func node(_ names: Route.Names) throws(WebError) -> RunNode {
    let run = try record.run(names["run"] ?? "")
    guard let place = names["place"].flatMap({ Int($0) }), place >= 0 else {
      throw .invalid("'\(names["place"] ?? "")' is not the place of a node")
    }
    return try RunNode(run, place, record)
  }

  private func log(_ request: WebRequest, _ names: Route.Names) throws(WebError) -> WebResponse {
    let node = try node(names)
    if request.query["download"] == "1" {
      return WebResponse(
        headers: [
          ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
          ("Content-Disposition", "attachment; filename=\"\(node.fileName(".log"))\""),
        ] + SecurityHeaders.data,
        body: .pieces { sink in try await NodeLogStream(node).copy(to: sink) })
    }
    let last = request.headers["last-event-id"].flatMap { Int($0) }
    let from = last ?? request.query["from"].flatMap { Int($0) } ?? 0
    let tail = last == nil ? request.query["tail"].flatMap { Int($0) } : nil
    return .events { sink in try await NodeLogStream(node).send(to: sink, from: from, tail: tail) }
  }

  private func notebook(_ request: WebRequest, _ names: Route.Names) throws(WebError) -> WebResponse
  {
    let node = try node(names)
    let pages = RunPages(record)
    guard request.query["download"] != "1" else {
      return WebResponse(
        headers: [
          ("Content-Type", "application/x-ipynb+json"), ("Cache-Control", "no-store"),
          ("Content-Disposition", "attachment; filename=\"\(node.fileName(".ipynb"))\""),
        ] + SecurityHeaders.data, body: .bytes(try pages.notebook(of: node).document.serialized()))
    }
    return WebResponse(
      headers: SecurityHeaders.foreign, body: .bytes(try pages.page(of: node)))
  }

  // MARK: Starting

  private func start(_ request: WebRequest) async throws(WebError) -> WebResponse {
    let order = try RunOrder(try request.object())
    let file = try PipelineFile(order.pipeline, in: folder)
    let (record, started, folder) = (record, started, folder)
    try await onOwnThread { () throws(WebError) in
      try RunRequests.check(order, file, record)
    }
    do throws(WebError) {
      let run = try await started.start(order, in: folder, record: record.directory)
      return WebResponse(json: ["run": .init(run)], status: 202)
    } catch {
      guard error.code == "not_started" else { throw error }
      throw await onOwnThread { RunRequests.explained(error, file) }
    }
  }

  private func plan(_ request: WebRequest) async throws(WebError) -> WebResponse {
    let order = try RunOrder(try request.object())
    let file = try PipelineFile(order.pipeline, in: folder)
    do throws(WebError) {
      var plan = try await started.plan(order, in: folder, record: record.directory)
      // In the order of the run's nodes.
      plan.update("nodes") { nodes in
        nodes.updateArray { nodes in
          for place in nodes.indices {
            nodes[place].updateObject { $0["place"] = .init(place) }
          }
        }
      }
      return WebResponse(json: plan)
    } catch {
      throw await onOwnThread { RunRequests.explained(error, file) }
    }
  }

  /// Checks what the command would refuse, too, to tell it in a way that the page can use.
  private static func check(_ order: RunOrder, _ file: PipelineFile, _ record: RunRecordAccess)
    throws(WebError)
  {
    _ = try file.read()
    let runs = try record.runs()
    let newest = try record.reported { () throws(HistoryError) -> [AnyRun] in
      try runs.newest(of: file.real, limit: 1)
    }
    guard let last = newest.first else { return }
    if last.status == "running" {
      throw WebError(
        409, "running", "run \(last.name) of this pipeline is still going on",
        remedy: "wait until it has ended, or stop it", members: ["run": .init(last.name)])
    }
    if order.isResumed, let continued = order.continued, continued != last.name {
      throw WebError(
        409, "not_last", "run \(continued) is not the last run of this pipeline",
        remedy: "continue run \(last.name), or run what changed",
        members: ["run": .init(last.name)])
    }
  }

  /// The error with the findings of the pipeline, if it is not valid.
  private static func explained(_ error: WebError, _ file: PipelineFile) -> WebError {
    var error = error
    guard let bytes = try? file.read() else { return error }
    let findings: [JSONValue]
    do throws(WebError) {
      findings = try DocumentState(bytes, file.surroundings).findings.map { .object($0.json) }
    } catch let refusal {
      findings = refusal.members["findings"]?.array ?? []
    }
    error.members["findings"] = .array(findings)
    let errors = findings.count { $0["severity"] == "error" }
    if errors > 0 {
      error.message =
        "'\(file.path)' is not valid, and was not run: \(errors) error\(errors == 1 ? "" : "s")"
      error.remedy = "see the findings"
    }
    return error
  }
}
