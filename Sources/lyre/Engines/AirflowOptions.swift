import ArgumentParser
import PipelineExport

/// How Airflow runs the nodes of an exported pipeline.
struct AirflowOptions: ParsableArguments {
  @Option(
    name: .customLong("operator"),
    help: ArgumentHelp(
      """
      What runs notebooks and scripts: kubernetes (pods), docker (containers beside the worker) or \
      bash (on the worker, which has lyre). (default: kubernetes)
      """, valueName: "kind"))
  var operation: AirflowSettings.Operator?

  @Option(
    help: ArgumentHelp("The network of Docker for the containers.", valueName: "name"))
  var dockerNetwork: String?

  @Option(
    name: .customLong("operator-module"), parsing: .singleValue,
    help: ArgumentHelp(
      "The Python module of a component's operator; may be repeated.", valueName: "class=module"))
  var operatorModules: [String] = []

  /// Whether nodes run in pods.
  var isForCluster: Bool { (operation ?? .kubernetes) == .kubernetes }

  /// Refuses the options for another engine.
  func refuse() throws(UsageError) {
    try UsageError.refuse(
      [
        ("--operator", operation != nil), ("--docker-network", dockerNetwork != nil),
        ("--operator-module", !operatorModules.isEmpty),
      ], for: "Airflow")
  }

  /// The settings.
  ///
  /// - Parameter schedule: when it runs; nil for on request.
  func settings(schedule: String?) throws(UsageError) -> AirflowSettings {
    let operation = operation ?? .kubernetes
    if dockerNetwork != nil, operation != .docker {
      throw UsageError(message: "--docker-network is for --operator docker")
    }
    var modules: [String: String] = [:]
    for text in operatorModules {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, AirflowSettings.isModule(parts[1]), AirflowSettings.isModule(parts[0])
      else {
        throw UsageError(
          message: "--operator-module: expected CLASS=MODULE, as MyOperator=acme.operators.mine, "
            + "found '\(text)'")
      }
      modules[parts[0]] = parts[1]
    }
    return AirflowSettings(
      operation, schedule: schedule, network: dockerNetwork, modules: modules)
  }
}

extension AirflowSettings.Operator: ExpressibleByArgument {}
