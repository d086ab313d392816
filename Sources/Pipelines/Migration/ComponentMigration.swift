import JSONCore

/// The migration steps for nodes with components of a catalog.
enum ComponentMigration {
  /// 5 to 6: operations are ids in catalogs, and the source of a component is JSON in a string.
  static func toVersion6(_ node: inout JSONObject) {
    guard let old = node["op"]?.string, let new = operations[old] else { return }
    node["op"] = .init(new)
    let parts = PipelineText.split(new, at: ":")
    guard node["app_data"]?.object != nil else { return }
    node.update("app_data") { data in
      data.updateObject { data in
        guard let source = data["component_source"]?.string else { return }
        var component = PipelinePath.name(source)
        if component == "component.yaml" {
          // These two files have been renamed.
          if parts.1 == "a08014f9252f" { component = "download_data.yaml" }
          if parts.1 == "d68ec7fcdf46" { component = "calculate_hash.yaml" }
        }
        let value: JSONValue = [
          "catalog_type": .init(parts.0),
          "component_ref": ["component-id": .init(component)],
        ]
        data["component_source"] = .init(value.description)
      }
    }
  }

  private static let operations = [
    "run_notebook_using_papermill_Runnotebookusingpapermill":
      "elyra-kfp-examples-catalog:61e6f4141f65",
    "filter_text_using_shell_and_grep_Filtertext": "elyra-kfp-examples-catalog:737915b826e9",
    "component_Downloaddata": "elyra-kfp-examples-catalog:a08014f9252f",
    "component_Calculatedatahash": "elyra-kfp-examples-catalog:d68ec7fcdf46",
    "bash_operator_BashOperator": "elyra-airflow-examples-catalog:3a55d015ea96",
    "email_operator_EmailOperator": "elyra-airflow-examples-catalog:a043648d3897",
    "http_operator_SimpleHttpOperator": "elyra-airflow-examples-catalog:b94cd49692e2",
    "spark_sql_operator_SparkSqlOperator": "elyra-airflow-examples-catalog:3b639742748f",
    "spark_submit_operator_SparkSubmitOperator": "elyra-airflow-examples-catalog:b29c25ec8bd6",
    "slack_operator_SlackAPIPostOperator": "elyra-airflow-examples-catalog:16a204f716a2",
  ]

  /// Wraps the values that can be given in several ways since then, with the way in which they were
  /// given before.
  static func wrapValues(_ node: inout JSONObject) {
    guard let operation = node["op"]?.string, let controls = controls[operation],
      node["app_data"]?["component_parameters"]?.object != nil
    else { return }
    node.update("app_data") { data in
      data.updateObject { data in
        data.update("component_parameters") { parameters in
          parameters.updateObject { parameters in
            for (control, names) in controls {
              for name in names {
                // A value that is already wrapped, or refers to another node's output, is complete.
                guard let value = parameters[name], value["activeControl"] == nil,
                  value["widget"] == nil, !isOutputReference(value)
                else { continue }
                parameters[name] = [
                  "activeControl": .init(control), JSONString(control): value,
                ]
              }
            }
          }
        }
      }
    }
  }

  private static func isOutputReference(_ value: JSONValue) -> Bool {
    value["value"] != nil && value["option"] != nil
  }

  /// 7 to 8: converts a value to the form that names its widget.
  static func widget(_ value: JSONValue) -> JSONValue {
    if let control = value["activeControl"]?.string {
      let names = [
        "BooleanControl": "boolean", "NumberControl": "number", "NestedEnumControl": "inputpath",
        "StringControl": "string",
      ]
      var widget: JSONObject = [:]
      if let name = names[control] { widget["widget"] = .init(name) }
      if let inner = value[control] { widget["value"] = inner }
      return .object(widget)
    }
    if let object = value.object, object.count == 2, isOutputReference(value) {
      return ["widget": "inputpath", "value": value]
    }
    return value
  }

  /// The controls of the components in Elyra's example catalogs, as before version 8.
  private static let controls: [String: [String: [String]]] = [
    "elyra-kfp-examples-catalog:d68ec7fcdf46": ["StringControl": ["hash_algorithm"]],
    "elyra-kfp-examples-catalog:a08014f9252f": ["StringControl": ["url", "curl_options"]],
    "elyra-kfp-examples-catalog:737915b826e9": ["StringControl": ["pattern"]],
    "elyra-kfp-examples-catalog:61e6f4141f65": [
      "StringControl": ["parameters", "packages_to_install", "input_data"]
    ],
    "elyra-airflow-examples-catalog:3a55d015ea96": [
      "StringControl": ["bash_command", "env", "output_encoding"],
      "BooleanControl": ["xcom_push"],
    ],
    "elyra-airflow-examples-catalog:a043648d3897": [
      "StringControl": [
        "to", "subject", "html_content", "files", "cc", "bcc", "mime_subtype", "mime_charset",
      ]
    ],
    "elyra-airflow-examples-catalog:b94cd49692e2": [
      "StringControl": [
        "endpoint", "method", "data", "headers", "response_check", "extra_options", "http_conn_id",
      ],
      "BooleanControl": ["xcom_push", "log_response"],
    ],
    "elyra-airflow-examples-catalog:16a204f716a2": [
      "StringControl": [
        "slack_conn_id", "token", "api_params", "channel", "username", "text", "icon_url",
        "attachments", "blocks",
      ]
    ],
    "elyra-airflow-examples-catalog:3b639742748f": [
      "StringControl": [
        "sql", "conf", "conn_id", "executor_memory", "keytab", "principal", "master", "name",
        "yarn_queue",
      ],
      "NumberControl": ["total_executor_cores", "executor_cores", "num_executors"],
      "BooleanControl": ["verbose"],
    ],
    "elyra-airflow-examples-catalog:b29c25ec8bd6": [
      "StringControl": [
        "application", "conf", "conn_id", "files", "py_files", "archives", "driver_class_path",
        "jars", "java_class", "packages", "exclude_packages", "repositories", "executor_memory",
        "driver_memory", "keytab", "principal", "proxy_user", "name", "application_args",
        "env_vars", "spark_binary",
      ],
      "NumberControl": [
        "total_executor_cores", "executor_cores", "num_executors", "status_poll_interval",
      ],
      "BooleanControl": ["verbose"],
    ],
  ]
}
