import JSONCore

/// Migrates a file of an older version to version 8, step by step as Elyra's editor does.
///
/// The steps are those of `packages/pipeline-services/src/migration` in elyra-ai/pipeline-editor,
/// but without their data losses: lists of `KEY=value` strings are split at the first `=`, and
/// items that are already objects are kept unchanged.
struct PipelineMigration {
  let from: Int
  let primary: Int
  let locating: (@Sendable (String) -> String)?

  init(from: Int, primary: Int, locating: (@Sendable (String) -> String)?) {
    self.from = from
    self.primary = primary
    self.locating = locating
  }

  func migrate(_ root: inout JSONObject) {
    root.update("pipelines") { pipelines in
      pipelines.updateArray { pipelines in
        let steps = from..<PipelineFormat.currentVersion
        for place in pipelines.indices {
          pipelines[place].updateObject { flow in
            if place == primary { migrateRuntime(&flow) }
          }
        }
        let isAirflow =
          pipelines[primary]["app_data"]?["runtime_type"]?.string == "APACHE_AIRFLOW"
        let isKubeflow =
          pipelines[primary]["app_data"]?["runtime_type"]?.string == "KUBEFLOW_PIPELINES"
        for place in pipelines.indices {
          pipelines[place].updateObject { flow in
            if place == primary, from < 1 { renamePipelineFields(&flow) }
            if from < 8 { migrateDefaults(&flow) }
            guard flow["nodes"]?.array != nil else { return }
            flow.update("nodes") { nodes in
              nodes.updateArray { nodes in
                for number in nodes.indices where nodes[number].object != nil {
                  nodes[number].updateObject { node in
                    if place == primary {
                      if steps.contains(0) { NodeMigration.toVersion1(&node) }
                      if steps.contains(1) { NodeMigration.toVersion2(&node, locating) }
                    }
                    if steps.contains(3) { NodeMigration.toVersion4(&node) }
                    if steps.contains(4) { NodeMigration.toVersion5(&node) }
                    if steps.contains(5) { ComponentMigration.toVersion6(&node) }
                    if steps.contains(5) && isAirflow || steps.contains(6) && isKubeflow {
                      ComponentMigration.wrapValues(&node)
                    }
                    if steps.contains(7) { NodeMigration.toVersion8(&node) }
                  }
                }
              }
            }
          }
        }
        pipelines[primary].updateObject { flow in
          flow.update("app_data") { data in
            data.updateObject { $0["version"] = .init(PipelineFormat.currentVersion) }
          }
        }
      }
    }
  }

  private func renamePipelineFields(_ flow: inout JSONObject) {
    guard flow["app_data"]?.object != nil else { return }
    flow.update("app_data") { data in
      data.updateObject { data in
        NodeMigration.rename("title", to: "name", in: &data)
        for name in ["export", "export_format", "export_path"] { data[name] = nil }
      }
    }
  }

  /// Since version 6 the runtime has a type instead of a name.
  private func migrateRuntime(_ flow: inout JSONObject) {
    guard from < 6, flow["app_data"]?.object != nil else { return }
    flow.update("app_data") { data in
      data.updateObject { data in
        switch data["runtime"]?.string {
        case "kfp"?: data["runtime_type"] = "KUBEFLOW_PIPELINES"
        case "airflow"?: data["runtime_type"] = "APACHE_AIRFLOW"
        default: break
        }
        data["runtime"] = nil
      }
    }
  }

  private func migrateDefaults(_ flow: inout JSONObject) {
    guard flow["app_data"]?["properties"]?["pipeline_defaults"]?.object != nil else { return }
    flow.update("app_data") { data in
      data.updateObject { data in
        data.update("properties") { properties in
          properties.updateObject { properties in
            properties.update("pipeline_defaults") { defaults in
              defaults.updateObject { LegacyLists.convert(in: &$0) }
            }
          }
        }
      }
    }
  }
}
