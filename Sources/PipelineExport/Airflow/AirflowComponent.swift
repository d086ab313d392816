import JSONCore
import Pipelines

/// Writes a component that is one of Airflow's operators.
struct AirflowComponent {
  let node: ExportNode
  let work: ExportNode.ComponentWork
  let plan: ExportPlan
  let settings: AirflowSettings

  /// The class of the operator, and the module to import it from.
  struct Class {
    var module: String
    var name: String
  }

  /// Operators of the catalogs that Elyra's users have, where they are today.
  private static let known: [String: Class] = {
    let list: [(String, [String], String, String)] = [
      (
        "bash_operator.py", ["BashOperator"], "airflow.providers.standard.operators.bash",
        "BashOperator"
      ),
      (
        "email_operator.py", ["EmailOperator"], "airflow.providers.smtp.operators.smtp",
        "EmailOperator"
      ),
      (
        "http_operator.py", ["SimpleHttpOperator", "HttpOperator"],
        "airflow.providers.http.operators.http", "HttpOperator"
      ),
      (
        "slack_operator.py", ["SlackAPIPostOperator"], "airflow.providers.slack.operators.slack",
        "SlackAPIPostOperator"
      ),
      (
        "spark_sql_operator.py", ["SparkSqlOperator"],
        "airflow.providers.apache.spark.operators.spark_sql", "SparkSqlOperator"
      ),
      (
        "spark_submit_operator.py", ["SparkSubmitOperator"],
        "airflow.providers.apache.spark.operators.spark_submit", "SparkSubmitOperator"
      ),
    ]
    var known: [String: Class] = [:]
    for (file, names, module, name) in list {
      for key in [file] + names { known[key] = Class(module: module, name: name) }
    }
    return known
  }()

  /// Arguments that operators had before Airflow 2, and have no longer.
  private static let former: [String: Set<String>] = [
    "SlackAPIPostOperator": ["token", "api_params"], "HttpOperator": [], "BashOperator": [],
  ]

  /// The class of the operator.
  ///
  /// - Throws: ``ExportProblem`` if its module is not known.
  func type() throws(ExportProblem) -> Class {
    let parts = node.node.operation.split(separator: ":")
    let name = parts.count > 2 ? String(parts[parts.count - 1]) : nil
    let reference = work.component.reference
    let file =
      ["file", "component-id", "path", "url"].lazy.compactMap { reference[$0]?.string }.first ?? ""
    if let name, let module = settings.modules[name] { return Class(module: module, name: name) }
    if let name, let type = AirflowComponent.known[name] { return type }
    if let name, PythonName.isPlain(name), file.hasPrefix("airflow/"), file.hasSuffix(".py") {
      let module = file.dropLast(3).split(separator: "/").map(String.init)
      if module.allSatisfy(PythonName.isPlain) {
        return Class(module: module.joined(separator: "."), name: name)
      }
    }
    if name == nil, let type = AirflowComponent.known[PipelinePath.name(file)] { return type }
    guard let name, PythonName.isPlain(name) else {
      throw ExportProblem(
        "node '\(node.label)' is a component '\(node.node.operation)' that does not name a class of "
          + "Airflow; only notebooks, scripts and Airflow's operators can be exported to Airflow")
    }
    throw ExportProblem(
      "node '\(node.label)' has the operator \(name), whose Python module is not known; name it with "
        + "--operator-module \(name)=MODULE")
  }

  /// The operator with its arguments.
  func source() throws(ExportProblem) -> PythonValue {
    let type = try type()
    var arguments = AirflowTask.beginning(node)
    let former = AirflowComponent.former[type.name] ?? []
    for input in work.component.inputs where !former.contains(input.name) {
      let name = input.name == "xcom_push" ? "do_xcom_push" : input.name
      guard PythonName.isPlain(name) else {
        throw ExportProblem(
          "the input '\(input.name)' of node '\(node.label)' is not a name in Python")
      }
      guard let value = try value(of: input) else { continue }
      arguments.append(.init(name, value))
    }
    arguments += AirflowTask.ending(node, limit: node.timeout)
    return .call(type.name, arguments)
  }

  /// What the operator of today does not have.
  func findings() throws(ExportProblem) -> [Finding] {
    let type = try type()
    let former = AirflowComponent.former[type.name] ?? []
    var findings = work.component.inputs.filter { former.contains($0.name) && $0.value != "" }.map {
      Finding(
        .warning, .propertyKind, "is not an argument of today's \(type.name), and is left out",
        remedy: "use a connection of Airflow", node: node.node, property: $0.name)
    }
    let pod = node.pod
    let isForPods =
      !pod.environment.isEmpty || !pod.secrets.isEmpty || !pod.volumes.isEmpty
      || !pod.tolerations.isEmpty || !pod.labels.isEmpty || !pod.annotations.isEmpty
      || pod.sharedMemory != nil || !pod.nodeSelector.isEmpty || !pod.affinity.isEmpty
    if isForPods {
      findings.append(
        Finding(
          .warning, .lyreProperty,
          "has settings for pods (variables, secrets, volumes, tolerations, labels or annotations), "
            + "and an operator of Airflow runs in no pod of its own; they are left out",
          node: node.node))
    }
    return findings
  }

  private func value(of input: PipelineComponent.Input) throws(ExportProblem) -> PythonValue? {
    if let source = input.node {
      guard let parent = plan.nodes.first(where: { $0.id == source }) else {
        throw ExportProblem(
          "the input '\(input.name)' of node '\(node.label)' is the output of a node that does not "
            + "exist; connect it again")
      }
      return .text("{{ ti.xcom_pull(task_ids='\(parent.task)') }}")
    }
    if let text = work.texts[input.name] { return .text(text) }
    if input.widget == "parameter" {
      let name = input.value.string ?? ""
      guard let parameter = plan.parameters.first(where: { $0.name == name }) else {
        throw ExportProblem(
          "the input '\(input.name)' of node '\(node.label)' uses the pipeline's parameter "
            + "'\(name)', which is not defined")
      }
      return .text(AirflowParameter(parameter: parameter).reference)
    }
    if input.value.isNull || input.value == "" { return nil }
    // Operators want lists and dictionaries, and Elyra's editor has texts for them.
    if let text = input.value.string,
      text.hasPrefix("{") && !text.hasPrefix("{{") || text.hasPrefix("["),
      let json = try? JSONValue(parsing: Array(text.utf8))
    {
      return PythonValue(json)
    }
    return PythonValue(input.value)
  }
}
