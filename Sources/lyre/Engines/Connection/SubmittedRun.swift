import ArgumentParser
import Hashing
import JSONCore
import KernelLauncher
import ObjectStorage
import Pipelines
import RemoteEngines
import SystemSupport

/// A run on an engine, as it is named on the command line.
struct SubmittedRunArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      """
      The run: its number on this machine (lyre pipeline submitted), `last`, or the engine's id.
      """, valueName: "run"), completion: Completions.submissions)
  var run: String

  @Option(
    name: .customLong("runtime-config"),
    help: ArgumentHelp(
      """
      The runtime configuration of the engine, for a run that was not submitted from this machine. \
      (default: the one it was submitted with)
      """, valueName: "name"), completion: Completions.runtimes)
  var runtimeConfiguration: String?

  @OptionGroup var record: RecordOptions
}

/// A run on an engine, submitted from this machine or from elsewhere.
struct SubmittedRun {
  /// What is remembered of it; nil if it was not submitted from here.
  let submission: Submission?
  /// The engine's id.
  let id: String
  /// The way to its server and storage; nil for a run on Slurm.
  private let connection: EngineConnection?
  /// The id of its DAG, for Airflow.
  private let dag: String
  /// The id by which the engine is asked.
  private let run: String

  /// A run that was just submitted.
  init(_ submission: Submission, _ connection: EngineConnection) {
    self.submission = submission
    id = submission.run
    self.connection = connection
    dag = submission.dag ?? ""
    run = submission.run
  }

  /// Finds the run.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  init(_ arguments: SubmittedRunArguments) throws(ExitRequest) {
    let store = SubmissionStore(directory: arguments.record.stateDirectory)
    submission = store.find(arguments.run)
    id = submission?.run ?? arguments.run
    if let submission, submission.isOnSlurm {
      connection = nil
      (dag, run) = ("", submission.run)
      return
    }
    guard let runtime = arguments.runtimeConfiguration ?? submission?.runtime else {
      throw EngineFailure.report(
        EngineError(
          .missing,
          "no run '\(arguments.run)' was submitted from this machine; `lyre pipeline submitted` lists "
            + "those that were. For another run give the engine's id and --runtime-config"))
    }
    let connection = try EngineConnection(
      runtime, engine: submission.flatMap { RuntimeEngine(rawValue: $0.engine) },
      without: Set(RuntimeKey.git))
    self.connection = connection
    if let submission, connection.runtime.engine == .kubeflow {
      let api = try connection.kubeflow().address
      guard api == submission.api else {
        throw EngineFailure.report(
          EngineError(
            .conflict,
            "the run '\(submission.run)' was submitted to \(submission.api), and '\(runtime)' is a "
              + "configuration for \(api); name the right one with --runtime-config"))
      }
    }
    // Airflow's ids are those of one DAG.
    let slash = id.firstIndex(of: "/")
    guard connection.runtime.engine == .airflow, submission == nil else {
      dag = submission?.dag ?? ""
      run = id
      return
    }
    guard let slash else {
      throw EngineFailure.report(
        EngineError(
          .unusable,
          "a run of Airflow that was not submitted from this machine is named by its DAG "
            + "and its id: DAG/\(id)"))
    }
    dag = String(id[..<slash])
    run = String(id[id.index(after: slash)...])
  }

  /// What is remembered of it.
  ///
  /// - Throws: `ExitRequest`, after reporting that it was submitted from elsewhere.
  func remembered() throws(ExitRequest) -> Submission {
    if let submission { return submission }
    throw EngineFailure.report(
      EngineError(
        .missing,
        "the run '\(id)' was not submitted from this machine with `lyre pipeline submit`, so it is not "
          + "known where its results are"))
  }

  /// The name of its pipeline, for people; its id if that is not known.
  var title: String { submission?.title ?? id }

  /// How the user names it: its number, or the engine's id.
  var name: String { submission.map { String($0.number) } ?? id }

  /// The options that the user needs to name it again.
  var again: String {
    guard submission == nil, let connection else { return name }
    return "\(id) --runtime-config \(connection.runtime.name)"
  }

  /// The name of its engine in JSON, as Elyra writes it.
  var platform: String { connection?.runtime.engine.type ?? submission?.platform ?? "" }

  /// The run on its engine.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func engineRun() async throws(ExitRequest) -> any EngineRun {
    guard let connection else {
      let submission = try remembered()
      return try await EngineFailure.reported { () throws(EngineError) in
        try SlurmEngineRun(submission, environment: JupyterPaths().environment)
      }
    }
    if connection.runtime.engine == .kubeflow {
      return KubeflowEngineRun(try connection.kubeflow(), run: run)
    }
    return try await EngineFailure.reported { () throws(EngineError) in
      let api = try await connection.airflow()
      return AirflowEngineRun(api, run: try await airflowID(api), of: dag)
    }
  }

  /// The id of a run of Airflow; `last` is the newest one of its DAG.
  private func airflowID(_ api: AirflowAPI) async throws(EngineError) -> String {
    guard submission == nil, run == "last" else { return run }
    guard let newest = try await api.runs(of: dag, most: 1).first else {
      throw EngineError(.missing, "the DAG '\(dag)' has no runs yet", place: api.address)
    }
    return newest.id
  }

  /// Its nodes, parents first.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func nodes() async throws(ExitRequest) -> [SubmittedNode] {
    if let submission { return submission.nodes }
    guard let connection else { return [] }
    if connection.runtime.engine == .airflow {
      return try await EngineFailure.reported { () throws(EngineError) in
        try await connection.airflow().nodes(of: dag)
      }
    }
    let api = try connection.kubeflow()
    return try await EngineFailure.reported { () throws(EngineError) in
      try await api.nodes(ofRun: id)
    }
  }

  /// The storage with its results; nil if its nodes leave none there, or it is not known where.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  func storage() async throws(ExitRequest) -> ObjectStore? {
    guard let submission, submission.bucket != nil else { return nil }
    guard let connection else {
      return try await EngineFailure.reported { () throws(EngineError) in
        try submission.slurmStorage(JupyterPaths().environment)
      }
    }
    return try await connection.storage(
      endpoint: submission.endpoint, region: submission.region)
  }

  /// Warns if the pipeline's file is not the one that was submitted.
  func warnIfChanged() {
    guard let submission, FilePath.isFile(submission.pipeline),
      let bytes = try? fileContent(submission.pipeline),
      hexadecimal(ContentHash.of(bytes)) != submission.digest
    else { return }
    Printer.shared.log(
      "\("warning:", .yellow) \(submission.pipeline) has changed since it was submitted; what follows "
        + "is about the pipeline as it was then")
  }
}

extension Submission {
  /// The name of the pipeline's file without its extension.
  var title: String {
    let name = FilePath.parts(pipeline).name
    let suffix = ".pipeline"
    return name.hasSuffix(suffix) && name != suffix ? String(name.dropLast(suffix.count)) : name
  }

  /// The place of all files of the run; nil if there is none.
  var place: FilesPlace? {
    guard let bucket, let prefix else { return nil }
    return .object(bucket: bucket, key: prefix)
  }

  /// The name of the engine, as Elyra writes it.
  var platform: String { RuntimeEngine(rawValue: engine)?.type ?? engine.uppercased() }

  /// The members that `elyra-pipeline submit --json` writes, and the number on this machine.
  var elyraJSON: JSONObject {
    var object: JSONObject = [
      "platform": .init(platform),
      "run_url": page.map { .init($0) } ?? .null,
      "object_storage_url": endpoint.map { .init($0) } ?? .null,
      "object_storage_path": place.map { .init($0.description) } ?? .null,
      "run_id": .init(run), "submission": .init(number), "run_name": .init(name),
    ]
    if let folder { object["folder"] = .init(folder) }
    if let accessExpires {
      object["presigned_until"] = .init(JSONDate.text(nanoseconds: accessExpires, digits: 6))
    }
    return object
  }
}
