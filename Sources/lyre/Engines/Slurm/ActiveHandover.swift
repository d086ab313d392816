import PipelineExecution
import RemoteEngines

/// A run of a pipeline that Slurm has, and that has not ended: another one would write the same files.
enum ActiveHandover {
  /// Why a pipeline cannot be run now; nil if it can.
  ///
  /// - Parameters:
  ///   - pipeline: the absolute path of its file.
  ///   - store: the runs that were submitted from here.
  ///   - environment: the variables, with the `PATH` on which Slurm's programs are.
  static func reason(
    _ pipeline: String, in store: SubmissionStore, environment: [String: String]
  ) async -> String? {
    let identity = PipelineRunner.identity(of: pipeline)
    // Nodes that exchange their files through a storage write nothing here.
    for submission in store.all() where submission.isOnSlurm && submission.bucket == nil {
      guard PipelineRunner.identity(of: submission.pipeline) == identity,
        !DetachedRun(submission).isKnownToBeOver
      else { continue }
      let remedy =
        "wait for its end with `lyre pipeline follow \(submission.number)`, or stop it with `lyre "
        + "pipeline stop \(submission.number)`"
      do throws(EngineError) {
        let run = try SlurmEngineRun(submission, environment: environment)
        if try await run.state().status.isFinal { continue }
      } catch {
        // Of a run that was not submitted as a whole, nothing will start.
        if error.kind == .missing || error.kind == .rejected { continue }
        return "run \(submission.number) of this pipeline may be going on in Slurm: "
          + "\(error.message); \(remedy)"
      }
      return "run \(submission.number) of this pipeline is going on in Slurm; \(remedy)"
    }
    return nil
  }
}
