import JSONCore
import ObjectStorage

/// A DAG that an Airflow server has read.
package struct AirflowDAG: Sendable, Hashable {
  /// Its id.
  package var id: String
  /// Whether it does not run: it is queued only.
  package var isPaused: Bool
  /// Whether its file is gone.
  package var isStale: Bool
  /// Whether its file, as it is now, cannot be read.
  package var isBroken: Bool
  /// When it is run by itself, for people; nil for never.
  package var schedule: String?
  /// When it runs next by itself, as the server writes it.
  package var nextRun: String?
  /// What names its file in requests, for Airflow 2.
  var fileToken: String?
}

/// A file of a DAG that an Airflow server could not read.
package struct AirflowImportError: Sendable, Hashable {
  /// The file, as the server names it.
  package var file: String
  /// When it was tried, as the server writes it.
  package var time: String
  /// What Python said.
  package var trace: String

  /// The last line of what Python said: the error itself.
  package var summary: String {
    trace.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? ""
  }
}

extension AirflowAPI {
  /// The DAG with an id; nil if the server has not read it.
  package func dag(_ id: String) async throws(EngineError) -> AirflowDAG? {
    let answer: JSONValue
    let purpose = "look for the DAG '\(id)'"
    do throws(EngineError) {
      answer = try await send("GET", ["dags", id], to: purpose)
    } catch {
      if error.kind == .missing { return nil }
      throw error
    }
    return try dag(answer, purpose)
  }

  /// The DAGs that Lyre has made and that the server has read.
  package func dags() async throws(EngineError) -> [AirflowDAG] {
    let purpose = "list the DAGs"
    var all: [AirflowDAG] = []
    for json in try await self.all(
      ["dags"], query: [("tags", "lyre")], member: "dags", to: purpose)
    {
      all.append(try dag(json, purpose))
    }
    return all
  }

  private func dag(_ json: JSONValue, _ purpose: String) throws(EngineError) -> AirflowDAG {
    guard let id = json["dag_id"]?.string else { throw unknown("dag_id", purpose) }
    let interval = json["schedule_interval"]?["value"]?.string
    return AirflowDAG(
      id: id, isPaused: json["is_paused"]?.bool ?? false,
      isStale: json["is_stale"]?.bool ?? !(json["is_active"]?.bool ?? true),
      isBroken: json["has_import_errors"]?.bool ?? false,
      schedule: json["timetable_summary"]?.string ?? interval,
      nextRun: json["next_dagrun_run_after"]?.string ?? json["next_dagrun_create_after"]?.string,
      fileToken: json["file_token"]?.string)
  }

  /// The source of a DAG as the server has read it; nil if the user must not see it, or it is gone.
  package func source(of dag: AirflowDAG) async throws(EngineError) -> String? {
    let name = version.interface == .second ? dag.id : dag.fileToken ?? ""
    do throws(EngineError) {
      let answer = try await send(
        "GET", ["dagSources", name], to: "read the source of the DAG '\(dag.id)'")
      return answer["content"]?.string
    } catch {
      if error.status == 403 || error.status == 404 { return nil }
      throw error
    }
  }

  /// Why the server could not read a file; nil if there was no problem with it.
  ///
  /// - Parameter name: the file's name, without its folder.
  package func importError(of name: String) async throws(EngineError) -> AirflowImportError? {
    let errors = try await all(
      ["importErrors"], member: "import_errors", to: "list the errors of DAGs")
    let found = errors.first { error in
      (error["filename"]?.string).map { $0 == name || $0.hasSuffix("/\(name)") } ?? false
    }
    return found.map {
      AirflowImportError(
        file: $0["filename"]?.string ?? name, time: $0["timestamp"]?.string ?? "",
        trace: $0["stack_trace"]?.string ?? "")
    }
  }

  /// Lets a DAG run, or keeps it from running.
  package func setPaused(_ isPaused: Bool, _ dag: String) async throws(EngineError) {
    _ = try await send(
      "PATCH", ["dags", dag], query: [("update_mask", "is_paused")], ["is_paused": .init(isPaused)],
      mayRepeat: true, to: "\(isPaused ? "pause" : "activate") the DAG '\(dag)'")
  }
}
