import ArgumentParser

/// How the DAG of a submission comes to Airflow, and whether it runs now.
struct DeliveryOptions: ParsableArguments {
  @Flag(help: "Start a run now; --follow and parameters do that, too.") var run = false

  @Option(
    help: ArgumentHelp(
      """
      Put the DAG into this folder, which Airflow reads. (default: a commit to the repository of \
      the runtime configuration)
      """, valueName: "dir"), completion: .directory)
  var dagFolder: String?

  @Option(
    help: ArgumentHelp(
      "The folder of DAGs in the repository. (default: its top; on Gitea dags)", valueName: "path"))
  var dagPath: String?

  @Flag(help: "Replace a DAG of this name that lyre has not written.") var overwrite = false

  @Option(
    help: ArgumentHelp(
      "How long Airflow may take to read the DAG. (default: 600)", valueName: "seconds"))
  var dagWait: Double?

  /// Refuses the options for another engine.
  func refuse() throws(UsageError) {
    try UsageError.refuse(
      [
        ("--run", run), ("--dag-folder", dagFolder != nil), ("--dag-path", dagPath != nil),
        ("--overwrite", overwrite), ("--dag-wait", dagWait != nil),
      ], for: "Airflow")
  }

  /// Checks the options.
  func check() throws(UsageError) {
    if dagFolder != nil, dagPath != nil {
      throw UsageError(
        message: "--dag-path is the folder in the repository, which --dag-folder does without")
    }
    if let dagWait, !(dagWait > 0 && dagWait.isFinite) {
      throw UsageError(message: "--dag-wait: expected a number of seconds")
    }
  }

  /// How long Airflow may take.
  var limit: Duration { .seconds(dagWait ?? 600) }
}
