import PipelineExecution
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
  init(_ prepared: Handover.Prepared, pipeline: String, digest: String) {
    let run = prepared.run
    self.init(
      engine: Submission.slurm, runtime: nil, api: Submission.slurm, run: run.id,
      name: prepared.name, pipeline: pipeline, digest: digest, submitted: wallClockNanoseconds(),
      nodes: run.nodes.enumerated().map { place, node in
        SubmittedNode(
          id: node.id, label: node.label, task: node.name, file: node.file,
          results: run.results(of: place), parents: node.parents)
      })
    folder = run.folder
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
