import SystemSupport

/// The comment of a job that belongs to a run which Slurm was given as a whole.
///
/// By it the jobs of a run are found even if the program that submitted them was killed before it
/// could note their numbers.
struct HandoverMark: Sendable, Hashable, CustomStringConvertible {
  /// The program that submitted the job.
  var owner: OwnerMark
  /// The place of the job's node in the run.
  var place: Int
  /// The folder of the run.
  var folder: String

  private static let name = "lyre-run"

  /// Creates the mark of a job of this program.
  init(place: Int, folder: String) {
    owner = .current
    self.place = place
    self.folder = folder
  }

  /// Reads a comment; nil if it is another one.
  init?(_ comment: String) {
    let parts = comment.split(separator: " ", maxSplits: 3).map(String.init)
    guard parts.count == 4, parts[0] == HandoverMark.name, let owner = OwnerMark(parts[1]),
      let place = Int(parts[2]), place >= 0, parts[3].hasPrefix("/")
    else { return nil }
    self.owner = owner
    self.place = place
    folder = parts[3]
  }

  /// The comment.
  var description: String { "\(HandoverMark.name) \(owner) \(place) \(folder)" }

  /// The file that says that all jobs of a run were submitted.
  static func completion(of folder: String) -> String { "\(folder)/complete" }

  /// Whether the job belongs to a run that was never submitted as a whole: none of its jobs will
  /// start.
  var isIncomplete: Bool { !FilePath.exists(HandoverMark.completion(of: folder)) }
}
