import Pipelines

/// Writes a notebook or script as a task that runs `lyre node`.
struct AirflowTask {
  let node: ExportNode
  let work: ExportNode.FileWork
  let plan: ExportPlan
  let settings: AirflowSettings

  /// The operator with its arguments.
  func source() throws(ExportProblem) -> PythonValue {
    guard work.description.argument.utf8.count < NodeDescription.longestArgument else {
      throw ExportProblem(
        "the description of node '\(node.label)' is longer than an argument of a program may be "
          + "(\(NodeDescription.longestArgument) bytes); name fewer output files, by patterns")
    }
    var arguments = AirflowTask.beginning(node)
    switch settings.operator {
    case .kubernetes:
      arguments.append(.init("name", .text(node.task)))
      if let namespace = plan.settings.namespace {
        arguments.append(.init("namespace", .text(namespace)))
      }
      arguments.append(.init("image", .literal(work.image)))
      arguments.append(.init("cmds", .list([.text("sh"), .text("-c")])))
      arguments.append(.init("arguments", call("lyre_node")))
      arguments.append(.init("env_vars", environment))
      arguments += AirflowPod(pod: node.pod, settings: plan.settings).arguments
    case .docker:
      arguments.append(.init("image", .literal(work.image)))
      arguments.append(.init("entrypoint", .list([.text("sh"), .text("-c")])))
      arguments.append(.init("command", call("lyre_node")))
      arguments.append(.init("environment", environment))
      arguments += AirflowDocker(node: node, network: settings.network).arguments
    case .bash:
      arguments.append(.init("bash_command", .text(command)))
      arguments.append(.init("env", bashEnvironment))
      arguments.append(.init("append_env", .code("True")))
    }
    arguments += ending
    return .call(AirflowTask.name(of: settings.operator), arguments)
  }

  /// The class of an operator.
  static func name(of operation: AirflowSettings.Operator) -> String {
    switch operation {
    case .kubernetes: "KubernetesPodOperator"
    case .docker: "DockerOperator"
    case .bash: "BashOperator"
    }
  }

  /// The arguments that all operators begin with.
  static func beginning(_ node: ExportNode) -> [PythonValue.Argument] {
    var arguments = [PythonValue.Argument("task_id", .text(node.task))]
    if node.label != node.task { arguments.append(.init("task_display_name", .text(node.label))) }
    return arguments
  }

  /// The time that a task may take before and after the node itself, in seconds: the node's limit is
  /// for its run, Airflow's also for the start of the container.
  private static let margin = 900.0

  private var ending: [PythonValue.Argument] {
    AirflowTask.ending(node, limit: node.timeout.map { $0 + AirflowTask.margin })
  }

  /// The arguments that all operators end with.
  static func ending(_ node: ExportNode, limit: Double?) -> [PythonValue.Argument] {
    var arguments: [PythonValue.Argument] = []
    if node.retries > 0 {
      arguments.append(.init("retries", .code(String(node.retries))))
      arguments.append(.init("retry_delay", seconds(node.retryDelay)))
    }
    if let limit { arguments.append(.init("execution_timeout", seconds(limit))) }
    if !node.documentation.isEmpty {
      arguments.append(.init("doc_md", .text(node.documentation)))
    }
    return arguments
  }

  private static func seconds(_ seconds: Double) -> PythonValue {
    let text =
      seconds == seconds.rounded() && abs(seconds) < 1e15 ? String(Int(seconds)) : "\(seconds)"
    return .call("timedelta", ["seconds": .code(text)])
  }

  private func call(_ function: String) -> PythonValue {
    let parameters = work.parameters.flatMap { AirflowParameter(parameter: $0).arguments }
    return .call(
      function,
      [.init(nil, PythonValue(work.description.json))]
        + parameters.map { .init(nil, .text($0)) })
  }

  private var environment: PythonValue {
    .texts(
      node.pod.environment.map { ($0.name, .literal($0.value)) }
        + [("ELYRA_RUNTIME_ENV", .text("airflow"))])
  }

  /// The variable with a parameter's value, apart from the variables of the node.
  private func variable(_ place: Int) -> String { "LYRE_PARAMETER_\(place + 1)" }

  private var command: String {
    var command = "exec lyre node --json \"$LYRE_NODE\" --set \"RUN=$ELYRA_RUN_NAME\""
    for (place, parameter) in work.parameters.enumerated() {
      command += " --parameter \"\(parameter.name)=$\(variable(place))\""
    }
    return command
  }

  private var bashEnvironment: PythonValue {
    var pairs = node.pod.environment.map { ($0.name, PythonValue.literal($0.value)) }
    pairs.append(("ELYRA_RUNTIME_ENV", .text("airflow")))
    pairs.append(("ELYRA_RUN_NAME", .text("{{ run_id }}")))
    for (place, parameter) in work.parameters.enumerated() {
      pairs.append((variable(place), .text(AirflowParameter(parameter: parameter).reference)))
    }
    pairs.append(
      ("LYRE_NODE", .call("node_text", [.init(nil, PythonValue(work.description.json))])))
    return .texts(pairs)
  }
}
