/// How nodes run as jobs of Slurm.
package struct SlurmSettings: Sendable, Hashable {
  /// The partition; nil for the scheduler's default.
  package var partition: String?
  /// The account; nil for the user's default.
  package var account: String?
  /// The time limit of a job, as `sbatch --time` takes it; nil for the node's limit.
  package var time: String?
  /// Further options of `sbatch`, each as in an `#SBATCH` line: `--qos=low`.
  package var options: [String] = []
  /// The folder for the files of jobs, which all machines of the cluster see at this path; nil for
  /// a hidden one beside the pipeline's file.
  package var folder: String?

  /// Creates the default settings.
  package init() {}
}
