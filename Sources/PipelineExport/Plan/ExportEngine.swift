/// The engine that a pipeline is exported to.
package enum ExportEngine: String, Sendable {
  case kubeflow = "kfp"
  case airflow
}
