import JSONCore
import Pipelines

/// Writes a node's settings for its pod as arguments of `DockerOperator`, as far as Docker has them.
struct AirflowDocker {
  let node: ExportNode
  let network: String?

  private var pod: PodSettings { node.pod }

  /// The arguments.
  var arguments: [PythonValue.Argument] {
    var arguments: [PythonValue.Argument] = []
    func add(_ name: String, _ value: PythonValue?) {
      guard let value, !value.isEmpty else { return }
      arguments.append(.init(name, value))
    }
    add("private_environment", .call("worker_variables", hidden.map { .init(nil, .text($0)) }))
    if pod.pullPolicy == "Always" { add("force_pull", .code("True")) }
    add("cpus", pod.resources.cpu.map { .code($0) })
    add("mem_limit", pod.resources.memoryLimit.map { .text($0.lowercased()) })
    add("shm_size", sharedMemory.map { .code($0) })
    if let count = gpus {
      add(
        "device_requests",
        .list([
          .call(
            "DeviceRequest",
            ["count": .code(count), "capabilities": .list([.list([.text("gpu")])])])
        ]))
    }
    add("labels", AirflowPod.literals(pod.labels.map { .init(name: $0.name, value: $0.value) }))
    add("network_mode", network.map { .text($0) })
    add("mount_tmp_dir", .code("False"))
    add("auto_remove", .text("force"))
    return arguments
  }

  /// The variables with the credentials of the storage.
  private static let credentials = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
  ]

  /// The variables that come from the worker: the storage's credentials, and those of secrets.
  private var hidden: [String] {
    let own = Set(pod.environment.map(\.name))
    let secrets = pod.secrets.map(\.variable)
    return AirflowDocker.credentials.filter { !own.contains($0) && !secrets.contains($0) } + secrets
  }

  private var gpus: String? {
    pod.resources.gpuVendor == "nvidia.com/gpu" ? pod.resources.gpu : nil
  }

  /// The size in bytes.
  private var sharedMemory: String? {
    guard let size = pod.sharedMemory else { return nil }
    let units: [Character: Double] = ["K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    guard let last = size.last, let unit = units[last], let number = Double(size.dropLast()) else {
      return nil
    }
    return String(Int(number * unit))
  }
}

/// Finds what an operator other than Kubernetes' cannot carry over.
struct AirflowLosses {
  let node: ExportNode
  let operation: AirflowSettings.Operator

  /// A warning for each property.
  var findings: [Finding] {
    let pod = node.pod
    let resources = pod.resources
    let isBash = operation == .bash
    let isOtherGPU = resources.gpu != nil && resources.gpuVendor != "nvidia.com/gpu"
    let lost: [(Bool, FindingCode, String)] = [
      (isBash && resources.cpu != nil, .resourceValue, "cpu"),
      (resources.cpuLimit != nil, .resourceValue, "cpu_limit"),
      (resources.memory != nil, .resourceValue, "memory"),
      (isBash && resources.memoryLimit != nil, .resourceValue, "memory_limit"),
      (isBash ? resources.gpu != nil : isOtherGPU, .resourceValue, "gpu"),
      (!pod.volumes.isEmpty, .volumeMount, "mounted_volumes"),
      (isBash && pod.sharedMemory != nil, .sharedMemory, "kubernetes_shared_mem_size"),
      (!pod.tolerations.isEmpty, .kubernetesToleration, "kubernetes_tolerations"),
      (isBash && !node.node.kubernetes.labels.isEmpty, .kubernetesLabel, "kubernetes_pod_labels"),
      (
        !node.node.kubernetes.annotations.isEmpty, .kubernetesAnnotation,
        "kubernetes_pod_annotations"
      ),
      (!pod.nodeSelector.isEmpty, .lyreProperty, "lyre.node_selector"),
      (!pod.affinity.isEmpty, .lyreProperty, "lyre.node_affinity"),
    ]
    var findings = lost.filter(\.0).map { _, code, property in
      Finding(
        .warning, code,
        "is for Kubernetes; Airflow's \(isBash ? "BashOperator" : "DockerOperator") has nothing like it",
        remedy: "export with --operator kubernetes to keep it", node: node.node, property: property)
    }
    for secret in pod.secrets
    where node.node.kubernetes.secrets.contains(where: {
      $0["env_var"]?.string == secret.variable
    }) {
      findings.append(
        Finding(
          .warning, .kubernetesSecret,
          "\(secret.variable) is from a secret of Kubernetes; without a cluster the node gets the "
            + "variable \(secret.variable) of Airflow's worker",
          remedy: "set it there", node: node.node, property: "kubernetes_secrets"))
    }
    return findings
  }
}
