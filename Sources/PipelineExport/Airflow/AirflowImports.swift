/// The imports that a DAG needs.
struct AirflowImports {
  let operation: AirflowSettings.Operator
  var hasParameters = false
  private(set) var hasFiles = false
  private(set) var usesDelta = false
  private var usesModels = false
  private var usesSecrets = false
  private var usesDevices = false
  private var classes: [String: Set<String>] = [:]

  init(_ operation: AirflowSettings.Operator) { self.operation = operation }

  /// Adds what a node needs.
  mutating func add(_ node: ExportNode, isFile: Bool) {
    usesDelta = usesDelta || node.retries > 0 || node.timeout != nil
    guard isFile else { return }
    hasFiles = true
    let pod = node.pod
    let resources = pod.resources
    switch operation {
    case .kubernetes:
      add(
        .init(
          module: "airflow.providers.cncf.kubernetes.operators.pod", name: "KubernetesPodOperator"))
      usesSecrets = usesSecrets || !pod.secrets.isEmpty
      usesModels =
        usesModels || resources != PodResources() || !pod.volumes.isEmpty || pod.sharedMemory != nil
        || !pod.tolerations.isEmpty || !pod.affinity.isEmpty || !pod.pullSecrets.isEmpty
    case .docker:
      add(.init(module: "airflow.providers.docker.operators.docker", name: "DockerOperator"))
      usesDevices = usesDevices || resources.gpu != nil && resources.gpuVendor == "nvidia.com/gpu"
    case .bash:
      add(.init(module: "airflow.providers.standard.operators.bash", name: "BashOperator"))
    }
  }

  /// Adds a class.
  mutating func add(_ type: AirflowComponent.Class) {
    classes[type.module, default: []].insert(type.name)
  }

  /// The lines.
  var source: String {
    var text = hasFiles ? "import json\n" : ""
    if hasFiles, operation == .docker { text += "import os\n" }
    text += "from datetime import datetime, \(usesDelta ? "timedelta, " : "")timezone\n\n"
    var lines = classes
    if usesSecrets { lines["airflow.providers.cncf.kubernetes.secret"] = ["Secret"] }
    if usesDevices { lines["docker.types"] = ["DeviceRequest"] }
    if usesModels { lines["kubernetes.client"] = ["models as k8s"] }
    for module in lines.keys.sorted() {
      text += "from \(module) import \(lines[module]?.sorted().joined(separator: ", ") ?? "")\n"
    }
    if !lines.isEmpty { text += "\n" }
    text += "try:\n    from airflow.sdk import DAG\(hasParameters ? ", Param" : "")\n"
    text += "except ImportError:  # Airflow 2\n    from airflow import DAG\n"
    if hasParameters { text += "    from airflow.models.param import Param\n" }
    return text
  }
}

/// The functions that a DAG's tasks use.
struct AirflowHelpers {
  private let settings: ExportSettings
  private let imports: AirflowImports

  init(_ settings: ExportSettings, _ imports: AirflowImports) {
    self.settings = settings
    self.imports = imports
  }

  /// The functions, with the empty lines around them.
  var source: String {
    guard imports.hasFiles else { return "\n" }
    var text = ""
    if imports.operation != .bash {
      text += "\n# The program of a container's shell; its arguments follow below.\n"
      text += "LOADER = " + PythonText.lines(NodeLoader(settings).script) + "\n"
    }
    text += AirflowHelpers.nodeText
    if imports.operation != .bash { text += lyreNode }
    if imports.operation == .docker { text += AirflowHelpers.workerVariables }
    return text + "\n\n"
  }

  private static let nodeText = #"""


    def node_text(description):
        """A node's description, of which neither Jinja nor Kubernetes replaces a part."""
        text = json.dumps(description, ensure_ascii=False)
        for found in ("{{", "{%", "{#", "$(", "$$"):
            text = text.replace(found, f"{found[0]}\\u{ord(found[1]):04x}")
        return text

    """#

  private var lyreNode: String {
    let mark = "\u{0}description"
    let elements = NodeLoader(settings).arguments(description: mark, run: "{{ run_id }}")
      .enumerated().map {
        place, argument -> PythonValue in
        if place == 0 { return .code("LOADER") }
        if argument == mark { return .code("node_text(description)") }
        return argument == "{{ run_id }}" ? .text(argument) : .literal(argument)
      }
    let list = PythonValue.list(elements + [.code("*parameters")])
    return """


      def lyre_node(description, *parameters):
          \"""The arguments of a shell that runs a node with lyre.\"""
          return \(list.source(indent: 4, before: 11, after: 0))

      """
  }

  private static let workerVariables = #"""


    def worker_variables(*names):
        """Variables of Airflow's worker: their values are not in this file."""
        return {name: os.environ[name] for name in names if name in os.environ}

    """#
}
