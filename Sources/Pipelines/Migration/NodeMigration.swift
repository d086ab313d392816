import JSONCore

/// The migration steps for every node.
enum NodeMigration {
  static func rename(_ old: String, to new: String, in object: inout JSONObject) {
    guard let value = object[old] else { return }
    object[old] = nil
    object[new] = value
  }

  private static func updateData(_ node: inout JSONObject, _ body: (inout JSONObject) -> Void) {
    guard node["app_data"]?.object != nil else { return }
    node.update("app_data") { $0.updateObject(body) }
  }

  /// 0 to 1: one name for each property, and notebooks are the only kind of node.
  static func toVersion1(_ node: inout JSONObject) {
    let type = node["type"]?.string
    if type == "pipeline_node" { node["type"] = "execution_node" }
    // Elyra sets an operation for super nodes and bindings too, which have none later.
    if type != "super_node", type != "binding" { node["op"] = "execute-notebook-node" }
    updateData(&node) { data in
      rename("notebook", to: "filename", in: &data)
      rename("artifact", to: "filename", in: &data)
      rename("docker_image", to: "runtime_image", in: &data)
      rename("image", to: "runtime_image", in: &data)
      rename("vars", to: "env_vars", in: &data)
      rename("file_dependencies", to: "dependencies", in: &data)
      rename("recursive_dependencies", to: "include_subdirectories", in: &data)
    }
  }

  /// 1 to 2: paths are relative to the folder of the pipeline, not to the workspace's root.
  static func toVersion2(_ node: inout JSONObject, _ locating: ((String) -> String)?) {
    updateData(&node) { data in
      guard let file = data["filename"]?.string else { return }
      data["filename"] = .init(locating?(file) ?? PipelinePath.name(file))
    }
  }

  /// 3 to 4: the properties of a node move to an object of their own.
  static func toVersion4(_ node: inout JSONObject) {
    guard node["type"]?.string == "execution_node", var parameters = node["app_data"]?.object
    else { return }
    let interface = parameters["ui_data"]
    parameters["ui_data"] = nil
    node["app_data"] = [
      "label": interface?["label"] ?? "",
      "component_parameters": .object(parameters),
      "ui_data": interface ?? [:],
    ]
  }

  /// 4 to 5: operations get names made from their files and classes.
  static func toVersion5(_ node: inout JSONObject) {
    let names = [
      "run-notebook-using-papermill": "run_notebook_using_papermill_Runnotebookusingpapermill",
      "filter-text": "filter_text_using_shell_and_grep_Filtertext",
      "bash-operator_BashOperator": "bash_operator_BashOperator",
      "email-operator_EmailOperator": "email_operator_EmailOperator",
      "http-operator_SimpleHttpOperator": "http_operator_SimpleHttpOperator",
      "spark-sql-operator_SparkSqlOperator": "spark_sql_operator_SparkSqlOperator",
      "spark-submit-operator_SparkSubmitOperator": "spark_submit_operator_SparkSubmitOperator",
      "slack-operator_SlackAPIPostOperator": "slack_operator_SlackAPIPostOperator",
    ]
    guard let operation = node["op"]?.string, let new = names[operation] else { return }
    node["op"] = .init(new)
  }

  /// 7 to 8: values of components name their widget, and lists contain objects instead of strings.
  static func toVersion8(_ node: inout JSONObject) {
    guard node["app_data"]?["component_parameters"]?.object != nil else { return }
    updateData(&node) { data in
      data.update("component_parameters") { parameters in
        parameters.updateObject { parameters in
          for member in parameters.members {
            let value = ComponentMigration.widget(member.value)
            if value != member.value { parameters[member.key.string] = value }
          }
          LegacyLists.convert(in: &parameters)
        }
      }
    }
  }
}
