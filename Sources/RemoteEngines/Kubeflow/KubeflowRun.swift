package import JSONCore

/// A task of a run.
package struct KubeflowTask: Sendable, Hashable {
  /// Its name: that of the pipeline's task, also for what the engine adds for itself.
  package var name: String
  /// Its state.
  package var state: KubeflowState
  /// When it was started, in nanoseconds since 1970-01-01 00:00 UTC; nil if it was not.
  package var started: Int64?
  /// When it ended; nil if it has not.
  package var ended: Int64?
  /// Why it failed, in the engine's words; nil if it says nothing.
  package var message: String?
  /// The pod that runs it; nil if the server does not tell.
  package var pod: String?
}

/// A run, as the server describes it.
package struct KubeflowRun: Sendable, Hashable {
  /// Its id.
  package var id: String
  /// Its name.
  package var name: String
  /// Its state.
  package var state: KubeflowState
  /// When it was created, in nanoseconds since 1970-01-01 00:00 UTC; nil if the server does not tell.
  package var created: Int64?
  /// When it ended; nil if it has not.
  package var finished: Int64?
  /// Why it failed, in the engine's words; nil if it says nothing.
  package var message: String?
  /// The id of its experiment; nil if the server does not tell.
  package var experiment: String?
  /// Its tasks, in the server's order, also those that the engine adds for itself.
  package var tasks: [KubeflowTask]

  /// Reads a run; nil if it has no id.
  package init?(json: JSONValue) {
    guard let id = json["run_id"]?.string, !id.isEmpty else { return nil }
    self.init(json, id: id)
  }

  init(_ json: JSONValue, id: String) {
    self.id = id
    name = json["display_name"]?.string ?? id
    state = KubeflowState(name: json["state"]?.string)
    created = KubeflowRun.time(json["created_at"])
    finished = KubeflowRun.time(json["finished_at"])
    experiment = json["experiment_id"]?.string
    let last = json["state_history"]?.array?.last
    message = KubeflowRun.message(json["error"]) ?? KubeflowRun.message(last?["error"])
    tasks = (json["run_details"]?["task_details"]?.array ?? []).compactMap { task in
      guard let name = task["display_name"]?.string ?? task["name"]?.string else { return nil }
      let last = task["state_history"]?.array?.last
      let pods = task["child_tasks"]?.array ?? task["pods"]?.array ?? []
      return KubeflowTask(
        name: name, state: KubeflowState(name: task["state"]?.string),
        started: KubeflowRun.time(task["start_time"]), ended: KubeflowRun.time(task["end_time"]),
        message: KubeflowRun.message(task["error"]) ?? KubeflowRun.message(last?["error"]),
        pod: task["pod_name"]?.string ?? pods.lazy.compactMap { $0["pod_name"]?.string }.first)
    }
  }

  /// A time; nil also for the year 1970, which servers write for none.
  static func time(_ json: JSONValue?) -> Int64? {
    json?.string.flatMap { JSONDate.nanoseconds($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func message(_ error: JSONValue?) -> String? {
    error?["message"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
}
