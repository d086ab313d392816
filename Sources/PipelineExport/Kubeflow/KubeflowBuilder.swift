import JSONCore
import Pipelines

/// Collects the parts of the documents, node by node.
struct KubeflowBuilder {
  let plan: ExportPlan
  private(set) var findings: [Finding] = []
  private var components = JSONObject()
  private var executors = JSONObject()
  private var tasks = JSONObject()
  private var pods = JSONObject()

  init(_ plan: ExportPlan) { self.plan = plan }

  /// The version of the format: the only one that servers accept.
  private static let schemaVersion = "2.1.0"

  var spec: JSONValue {
    var info: JSONObject = [
      "name": .init(plan.engineName), "displayName": .init(plan.name),
    ]
    if !plan.documentation.isEmpty { info["description"] = .init(plan.documentation) }
    var root = JSONObject()
    var parameters = JSONObject()
    for parameter in plan.parameters {
      parameters[parameter.name] = KubeflowParameter(parameter).definition
    }
    for (name, description) in accessParameters {
      var parameter = KubeflowParameter(type: "STRING")
      parameter.description = description
      parameters[name] = parameter.definition
    }
    if !parameters.isEmpty { root["inputDefinitions"] = ["parameters": .object(parameters)] }
    root["dag"] = ["tasks": .object(tasks)]
    return [
      "pipelineInfo": .object(info), "schemaVersion": .init(KubeflowBuilder.schemaVersion),
      "sdkVersion": .init("lyre-\(plan.settings.version)"), "root": .object(root),
      "components": .object(components), "deploymentSpec": ["executors": .object(executors)],
    ]
  }

  /// The parameters with which a run gets signed URLs, with their descriptions.
  private var accessParameters: [(name: String, description: String)] {
    guard let names = plan.accessParameters else { return [] }
    let grant = "The nodes' access to the storage: lyre pipeline submit --presigned makes it"
    return [(names.grant, grant)]
      + (names.program.map { [($0, "The URL of lyre, made with the access")] } ?? [])
  }

  var platform: JSONValue? {
    if pods.isEmpty { return Optional.none }
    return ["platforms": ["kubernetes": ["deploymentSpec": ["executors": .object(pods)]]]]
  }

  mutating func addNodes() throws(ExportProblem) {
    for parameter in plan.parameters where ParameterValue.standard(of: parameter) == nil {
      guard let value = parameter.defaultValue else { continue }
      throw ExportProblem(
        "the default \(value) of the pipeline's parameter '\(parameter.name)' is not of its type "
          + "\(parameter.type); correct it in the pipeline's properties")
    }
    let wiring = try ComponentWiring(plan)
    for place in plan.nodes.indices {
      let node = plan.nodes[place]
      let work: KubeflowWork
      switch node.work {
      case .file(let file): work = try KubeflowWork(file, of: node, plan: plan)
      case .component: work = try wiring.work(of: place)
      }
      add(node, work)
    }
  }

  private mutating func add(_ node: ExportNode, _ work: KubeflowWork) {
    let (component, executor) = ("comp-\(node.task)", "exec-\(node.task)")
    var definition: JSONObject = ["executorLabel": .init(executor)]
    if !work.inputs.isEmpty { definition["inputDefinitions"] = .object(work.inputs) }
    if !work.outputs.isEmpty { definition["outputDefinitions"] = .object(work.outputs) }
    components[component] = .object(definition)
    var container: JSONObject = ["image": .init(work.image)]
    if !work.command.isEmpty { container["command"] = .texts(work.command) }
    if !work.arguments.isEmpty { container["args"] = .texts(work.arguments) }
    let variables = work.environment + node.pod.environment
    if !variables.isEmpty {
      container["env"] = .array(
        variables.map { ["name": .init($0.name), "value": .init($0.value)] })
    }
    if let resources = KubeflowPod.resources(node.pod.resources) {
      container["resources"] = resources
    }
    executors[executor] = ["container": .object(container)]
    tasks[node.task] = .object(task(node, work, component))
    let pod = KubeflowPod(node, &findings).json
    if !pod.isEmpty { pods[executor] = .object(pod) }
  }

  private mutating func task(_ node: ExportNode, _ work: KubeflowWork, _ component: String)
    -> JSONObject
  {
    var task: JSONObject = [
      "taskInfo": ["name": .init(node.label)], "componentRef": ["name": .init(component)],
    ]
    let parents = node.parents.map { plan.nodes[$0].task }
    if !parents.isEmpty { task["dependentTasks"] = .texts(parents) }
    if !work.taskInputs.isEmpty { task["inputs"] = .object(work.taskInputs) }
    // Notebooks and scripts keep their files with the run, where an earlier result is of no use.
    let isCached = node.usesCache ?? !node.node.isGeneric
    task["cachingOptions"] = isCached ? ["enableCache": true] : [:]
    if isCached, node.node.isGeneric {
      findings.append(
        Finding(
          .warning, .lyreProperty,
          "caching is on, but the node keeps its files in the folder of each run, so Kubeflow "
            + "Pipelines finds no earlier result", node: node.node,
          property: "disable_node_caching"))
    }
    if node.retries > 0 {
      let delay = KubeflowBuilder.duration(node.retryDelay)
      task["retryPolicy"] = [
        "maxRetryCount": .init(node.retries), "backoffDuration": .init(delay), "backoffFactor": 1,
        "backoffMaxDuration": .init(KubeflowBuilder.duration(max(node.retryDelay, 3600))),
      ]
    }
    return task
  }

  /// Seconds as the format has them: `90s`, `0.5s`.
  private static func duration(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
  }
}

extension JSONValue {
  /// A list of texts.
  static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .init($0) }) }
}
