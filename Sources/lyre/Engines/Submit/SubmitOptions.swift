import ArgumentParser

/// What a submitted run is made of.
struct SubmitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The experiment, which is created if it does not exist. (default: the pipeline's name)",
      valueName: "name"))
  var experiment: String?

  @Option(
    help: ArgumentHelp("The name of the run. (default: pipeline and time)", valueName: "name"))
  var runName: String?

  @Option(
    help: ArgumentHelp("The service account of the run's pods.", valueName: "name"))
  var serviceAccount: String?

  @Option(
    help: ArgumentHelp(
      "The storage server's URL as this machine reaches it. (default: --endpoint)",
      valueName: "url"))
  var storageEndpoint: String?

  @OptionGroup var record: RecordOptions

  /// Refuses what Airflow does not have.
  func refuseForAirflow() throws(UsageError) {
    try UsageError.refuse(
      [("--experiment", experiment != nil), ("--service-account", serviceAccount != nil)],
      for: "Kubeflow Pipelines")
    let isName = runName.map { name in
      !name.isEmpty
        && name.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
            || "_.~:+-".utf8.contains($0)
        }
    }
    if isName == false {
      throw UsageError(
        message: "--run-name: Airflow allows letters, digits and _ . ~ : + - in the name of a run")
    }
  }
}
