import Hashing
import JSONCore
import NodeProgram
import ObjectStorage
import PipelineExecution
import Pipelines
import RemoteEngines
import SystemSupport

extension Submission {
  /// The name of Slurm as an engine.
  static let slurm = "slurm"

  /// Whether it is a run on Slurm.
  var isOnSlurm: Bool { engine == Submission.slurm }

  /// A run that is going to be submitted to Slurm.
  ///
  /// - Parameters:
  ///   - prepared: the run.
  ///   - pipeline: the absolute path of the pipeline's file.
  ///   - digest: the SHA-256 of that file.
  ///   - storage: how to reach the storage through which its nodes exchange files; nil if there is
  ///     none.
  init(_ prepared: Handover.Prepared, pipeline: String, digest: String, storage: JSONObject?) {
    let run = prepared.run
    let project = PipelineFolder(of: pipeline)
    self.init(
      engine: Submission.slurm, runtime: nil, api: Submission.slurm, run: run.id,
      name: prepared.name, pipeline: pipeline, digest: digest, submitted: wallClockNanoseconds(),
      nodes: run.nodes.enumerated().map { place, node in
        SubmittedNode(
          id: node.id, label: node.label, task: node.name, file: node.file,
          digest: storage == nil ? nil : node.file.flatMap { Submission.digest(project, $0) },
          results: Submission.key(prepared.results[place]), parents: node.parents)
      })
    folder = run.folder
    guard case .object(let bucket, let key)? = prepared.exchange else { return }
    (self.bucket, prefix, self.storage) = (bucket, key, storage)
    endpoint = storage?["endpoint"]?.string
    region = storage?["region"]?.string
  }

  /// The key of a place in a bucket, or a folder.
  private static func key(_ place: FilesPlace) -> String {
    switch place {
    case .path(let path): path
    case .object(_, let key): key
    }
  }

  /// The SHA-256 of a file of the pipeline; nil if it cannot be read.
  private static func digest(_ project: PipelineFolder, _ file: String) -> String? {
    (try? fileContent(project.absolute(file), maximum: 1 << 30)).map {
      hexadecimal(ContentHash.of($0))
    }
  }

  /// The storage through which the nodes of a run on Slurm exchange files; nil if there is none.
  ///
  /// - Throws: ``EngineError`` if its settings are not usable here.
  func slurmStorage(_ environment: [String: String]) throws(EngineError) -> ObjectStore? {
    guard isOnSlurm, bucket != nil else { return nil }
    do throws(ObjectStorageError) {
      return try ObjectStore(
        ObjectStorageSettings(.object(storage ?? [:])), environment: environment)
    } catch {
      throw EngineError(.unusable, error.description)
    }
  }
}

extension DetachedRun {
  /// A run that was submitted.
  init(_ submission: Submission) {
    self.init(
      folder: submission.folder ?? "",
      nodes: submission.nodes.map { node in
        Node(
          id: node.id, label: node.label, file: node.file, parents: node.parents, name: node.task)
      })
  }
}

extension DetachedWatch {
  /// The watch of a run that was submitted.
  ///
  /// - Parameters:
  ///   - submission: the run.
  ///   - environment: the variables, with `PATH` and perhaps credentials of the storage.
  /// - Throws: ``EngineError`` if the settings of its storage are not usable here.
  init(_ submission: Submission, environment: [String: String]) throws(EngineError) {
    let bucket = submission.bucket ?? ""
    let traces = try submission.slurmStorage(environment).map { store in
      BucketTraces(
        store,
        submission.nodes.map { ObjectLocation(bucket: bucket, key: $0.results ?? "") })
    }
    self.init(DetachedRun(submission), traces, environment: environment)
  }
}
