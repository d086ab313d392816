package import Pipelines

/// A pipeline as a DAG of Airflow: a file in Python for Airflow 2.11 and 3.
package struct AirflowPipeline: Sendable {
  /// The file.
  package let source: String
  /// What Airflow cannot express, and what may surprise.
  package let findings: [Finding]

  /// The id of the DAG.
  package let id: String

  /// Writes the DAG of a plan.
  ///
  /// - Parameters:
  ///   - plan: the plan, made for Airflow.
  ///   - settings: the operator and the schedule.
  /// - Throws: ``ExportProblem`` if something of the pipeline cannot be expressed.
  package init(_ plan: ExportPlan, _ settings: AirflowSettings = AirflowSettings())
    throws(ExportProblem)
  {
    var findings =
      plan.findings + plan.parameters.compactMap { AirflowParameter(parameter: $0).finding }
    let schedule = try settings.checkedSchedule()
    if schedule != nil,
      let parameter = plan.parameters.first(where: { AirflowParameter(parameter: $0).hasNoValue })
    {
      throw ExportProblem(
        "the parameter '\(parameter.name)' is required and has no value, so that scheduled runs "
          + "would have none; give it a default in the pipeline, or export without a schedule")
    }
    var tasks: [String] = []
    var imports = AirflowImports(settings.operator)
    for node in plan.nodes {
      let value: PythonValue
      switch node.work {
      case .file(let work):
        value = try AirflowTask(node: node, work: work, plan: plan, settings: settings).source()
        imports.add(node, isFile: true)
        if settings.operator != .kubernetes {
          findings += AirflowLosses(node: node, operation: settings.operator).findings
        }
      case .component(let work):
        let component = AirflowComponent(node: node, work: work, plan: plan, settings: settings)
        value = try component.source()
        imports.add(node, isFile: false)
        imports.add(try component.type())
        findings += try component.findings()
      }
      let start = "    \(PythonName.variable(node.task)) = "
      tasks.append(start + value.source(indent: 4, before: start.count, after: 0) + "\n")
    }
    imports.hasParameters = !plan.parameters.isEmpty
    self.findings = findings
    id = AirflowPipeline.id(plan)
    source =
      AirflowPipeline.heading(plan) + imports.source + AirflowHelpers(plan.settings, imports).source
      + AirflowPipeline.dag(plan, id: id, schedule: schedule) + tasks.joined(separator: "\n")
      + AirflowPipeline.order(plan)
  }

  /// The id: the name, if Airflow allows it.
  private static func id(_ plan: ExportPlan) -> String {
    let isID =
      !plan.name.isEmpty && plan.name.utf8.count <= 200
      && plan.name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "_.-".utf8.contains($0)
      }
    return isID ? plan.name : plan.engineName
  }

  /// What the first line of each file has, so that it can be told from files of others.
  package static let mark = ": made by Lyre from "

  private static func heading(_ plan: ExportPlan) -> String {
    let text = "\(plan.name)\(mark)\(plan.name).pipeline; changes belong there."
    let clean = text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: Unicode.Scalar(" ")
      default: scalar
      }
    }
    return "# " + String(String.UnicodeScalarView(clean)) + "\n"
  }

  /// The first line of `with DAG(…)`.
  private static func dag(_ plan: ExportPlan, id: String, schedule: String?) -> String {
    var arguments = [PythonValue.Argument("dag_id", .text(id))]
    if id != plan.name { arguments.append(.init("dag_display_name", .text(plan.name))) }
    arguments.append(.init("schedule", schedule.map { .text($0) } ?? .code("None")))
    arguments.append(
      .init("start_date", .code("datetime(2024, 1, 1, tzinfo=timezone.utc)")))
    arguments.append(.init("catchup", .code("False")))
    if !plan.parameters.isEmpty {
      arguments.append(
        .init(
          "params",
          .dict(
            plan.parameters.map {
              .init(key: $0.name, value: AirflowParameter(parameter: $0).declaration)
            })))
    }
    if !plan.documentation.isEmpty {
      // Airflow reads a file if the text ends like the name of one.
      let isName = plan.documentation.hasSuffix(".md")
      arguments.append(.init("doc_md", .text(plan.documentation + (isName ? "\n" : ""))))
    }
    arguments.append(.init("tags", .list([.text("lyre")])))
    let call = PythonValue.call("DAG", arguments)
    return "with " + call.source(indent: 0, before: 5) + ":\n"
  }

  /// The lines with the order of the tasks.
  private static func order(_ plan: ExportPlan) -> String {
    var lines = ""
    for node in plan.nodes where !node.parents.isEmpty {
      let parents = node.parents.map { PythonValue.code(PythonName.variable(plan.nodes[$0].task)) }
      let end = " >> \(PythonName.variable(node.task))"
      let source =
        parents.count == 1
        ? parents[0] : PythonValue.list(parents)
      lines += "    " + source.source(indent: 4, before: 4, after: end.count) + end + "\n"
    }
    return lines.isEmpty ? "" : "\n" + lines
  }
}
