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
}
