package import JSONCore

/// A node of a pipeline on an engine.
package struct SubmittedNode: Sendable, Hashable {
  /// Its id in the pipeline's file.
  package var id: String
  /// Its label.
  package var label: String
  /// The name of its task in the engine.
  package var task: String
  /// The path of its notebook or script, relative to the pipeline's folder; nil for a component.
  package var file: String?
  /// The SHA-256 of that file when it was submitted, in lower-case hexadecimal; nil if there is none.
  package var digest: String?
  /// The key below which its events, log and notebook are in the bucket, or the folder on Slurm
  /// without one; nil if it leaves none.
  package var results: String?
  /// The places of the nodes that it depends on.
  package var parents: [Int]

  /// Creates a node.
  package init(
    id: String, label: String, task: String, file: String? = nil, digest: String? = nil,
    results: String? = nil, parents: [Int] = []
  ) {
    self.id = id
    self.label = label
    self.task = task
    self.file = file
    self.digest = digest
    self.results = results
    self.parents = parents
  }
}

/// A run that was submitted to an engine from this machine, as it is remembered here.
///
/// It has no secret.
package struct Submission: Sendable, Hashable {
  /// Its number on this machine; 0 before it is stored.
  package var number: Int
  /// The engine, as Elyra names it: `kfp` or `airflow`; or `slurm`.
  package var engine: String
  /// The name of the runtime configuration; nil if none was used.
  package var runtime: String?
  /// The URL of the engine's server.
  package var api: String
  /// The engine's id of the run.
  package var run: String
  /// The id of the run's DAG; nil for engines other than Airflow.
  package var dag: String?
  /// The name of the run.
  package var name: String
  /// The page of the run; nil if there is none.
  package var page: String?
  /// The storage server as this machine reaches it; nil for Amazon's.
  package var endpoint: String?
  /// The region of the storage; nil for its default.
  package var region: String?
  /// The bucket; nil if no node keeps files in one.
  package var bucket: String?
  /// The key below which all files of the run are; nil if there is no bucket.
  package var prefix: String?
  /// How to reach the storage, in the form of `ObjectStorageSettings`; nil for a run whose runtime
  /// configuration says so, or that has no bucket.
  package var storage: JSONObject?
  /// When the run's signed URLs expire, in nanoseconds since 1970-01-01 00:00 UTC; nil if it has none.
  package var accessExpires: Int64?
  /// The absolute path of the folder with all files of the run; nil for engines other than Slurm.
  package var folder: String?
  /// The absolute path of the pipeline's file.
  package var pipeline: String
  /// The SHA-256 of the pipeline's file when it was submitted.
  package var digest: String
  /// When it was submitted, in nanoseconds since 1970-01-01 00:00 UTC.
  package var submitted: Int64
  /// The nodes, parents first.
  package var nodes: [SubmittedNode]

  /// Creates a submission that is not stored yet.
  package init(
    engine: String, runtime: String?, api: String, run: String, name: String, page: String? = nil,
    pipeline: String, digest: String, submitted: Int64, nodes: [SubmittedNode]
  ) {
    number = 0
    self.engine = engine
    self.runtime = runtime
    self.api = api
    self.run = run
    self.name = name
    self.page = page
    self.pipeline = pipeline
    self.digest = digest
    self.submitted = submitted
    self.nodes = nodes
  }
}

extension Submission {
  private static let version = 1

  /// The JSON form.
  package var json: JSONValue {
    var object: JSONObject = [
      "version": .init(Submission.version), "engine": .init(engine), "api": .init(api),
      "run": .init(run), "name": .init(name), "pipeline": .init(pipeline), "digest": .init(digest),
      "submitted": .init(JSONDate.text(nanoseconds: submitted, digits: 6)),
    ]
    let optional = [
      ("runtime", runtime), ("dag", dag), ("page", page), ("endpoint", endpoint),
      ("region", region),
      ("bucket", bucket), ("prefix", prefix), ("folder", folder),
    ]
    for (name, value) in optional { if let value { object[name] = .init(value) } }
    if let storage { object["storage"] = .object(storage) }
    if let accessExpires {
      object["access_expires"] = .init(JSONDate.text(nanoseconds: accessExpires, digits: 6))
    }
    object["nodes"] = .array(nodes.map { .object($0.json) })
    return .object(object)
  }

  /// Reads the JSON form; nil for anything else, and for that of a newer version.
  package init?(json: JSONValue, number: Int) {
    guard json["version"]?.int == Submission.version, let engine = json["engine"]?.string,
      let api = json["api"]?.string, let run = json["run"]?.string,
      let pipeline = json["pipeline"]?.string, let list = json["nodes"]?.array
    else { return nil }
    let nodes = list.compactMap { SubmittedNode(json: $0) }
    guard nodes.count == list.count,
      nodes.enumerated().allSatisfy({ place, node in
        node.parents.allSatisfy { (0..<place).contains($0) }
      })
    else { return nil }
    self.init(
      engine: engine, runtime: json["runtime"]?.string, api: api, run: run,
      name: json["name"]?.string ?? run, page: json["page"]?.string, pipeline: pipeline,
      digest: json["digest"]?.string ?? "",
      submitted: json["submitted"]?.string.flatMap { JSONDate.nanoseconds($0) } ?? 0, nodes: nodes)
    self.number = number
    dag = json["dag"]?.string
    endpoint = json["endpoint"]?.string
    region = json["region"]?.string
    bucket = json["bucket"]?.string
    prefix = json["prefix"]?.string
    storage = json["storage"]?.object
    folder = json["folder"]?.string
    accessExpires = json["access_expires"]?.string.flatMap { JSONDate.nanoseconds($0) }
  }
}

extension SubmittedNode {
  fileprivate var json: JSONObject {
    var object: JSONObject = ["id": .init(id), "label": .init(label), "task": .init(task)]
    for (name, value) in [("file", file), ("digest", digest), ("results", results)] {
      if let value { object[name] = .init(value) }
    }
    if !parents.isEmpty { object["parents"] = .array(parents.map { .init($0) }) }
    return object
  }

  fileprivate init?(json: JSONValue) {
    guard let id = json["id"]?.string, let task = json["task"]?.string else { return nil }
    self.init(
      id: id, label: json["label"]?.string ?? task, task: task, file: json["file"]?.string,
      digest: json["digest"]?.string, results: json["results"]?.string,
      parents: (json["parents"]?.array ?? []).compactMap(\.int))
  }
}
