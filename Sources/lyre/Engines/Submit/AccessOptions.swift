import ArgumentParser

/// Whether the nodes of a submitted run get signed URLs instead of credentials.
struct AccessOptions: ParsableArguments {
  @Flag(
    help: """
      Give the nodes presigned URLs instead of credentials: for this run's files only, made with \
      the credentials of this machine.
      """)
  var presigned = false

  @Option(
    help: ArgumentHelp(
      "How long the URLs hold: seconds, or such as 90m, 12h, 7d. (default: 1d)",
      valueName: "time"))
  var presignedFor: String?

  /// The longest time: that of signatures.
  private static let longest = 7 * 86_400
  private static let standard = 86_400

  /// For how many seconds the URLs are to hold; nil if the run gets none.
  ///
  /// - Throws: ``UsageError`` if the time is not one, or too long.
  func seconds() throws(UsageError) -> Int? {
    guard let presignedFor else { return presigned ? AccessOptions.standard : nil }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = presignedFor.last.flatMap { units[$0] }
    let number = unit == nil ? presignedFor[...] : presignedFor.dropLast()
    guard number.allSatisfy(\.isASCII), let count = Int(number), count > 0,
      count <= AccessOptions.longest / (unit ?? 1)
    else {
      throw UsageError(
        message: "--presigned-for: expected up to 7d, in seconds or such as 90m, 12h, 2d; found "
          + "'\(presignedFor)'")
    }
    return count * (unit ?? 1)
  }

  /// Refuses what signed URLs cannot do.
  ///
  /// - Parameters:
  ///   - isAirflow: whether the run is one of Airflow.
  ///   - hasSchedule: whether the server starts runs itself.
  /// - Throws: ``UsageError``.
  func check(isAirflow: Bool, hasSchedule: Bool) throws(UsageError) {
    guard try seconds() != nil else { return }
    if isAirflow {
      throw UsageError(
        message: "--presigned is for Kubeflow Pipelines; for Airflow name a secret of the cluster "
          + "with --secret, or let the nodes use the role of their service account")
    }
    if hasSchedule {
      throw UsageError(
        message:
          "--schedule starts runs for as long as it is there, and presigned URLs end; name a "
          + "secret of the cluster with --secret instead of --presigned")
    }
  }
}
