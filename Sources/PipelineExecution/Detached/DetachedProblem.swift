/// An error: a run cannot be given to Slurm, or nothing can be learned about it.
package struct DetachedProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// What a caller may have to know about it.
  package enum Kind: Sendable, Hashable {
    /// Slurm does not answer now; jobs go on without it.
    case silence
    /// The storage with the results cannot be read; whether there is no use in trying again.
    case storage(isFinal: Bool)
    /// Slurm refuses a job.
    case refused
    /// Slurm, the program or the pipeline cannot be used this way.
    case unusable
    /// The folder of the run is not there.
    case missing
    /// Not all jobs of the run were submitted, and none will start.
    case incomplete
    /// A file cannot be written.
    case file
    /// The user has stopped it.
    case stopped
  }

  /// What kind of problem it is.
  package var kind: Kind
  /// What happened, and what to do.
  package var description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
