import Pipelines

/// Writes a node's settings for its pod as arguments of `KubernetesPodOperator`.
struct AirflowPod {
  let pod: PodSettings
  let settings: ExportSettings

  private typealias Value = PythonValue

  /// The arguments.
  var arguments: [PythonValue.Argument] {
    var arguments: [PythonValue.Argument] = []
    func add(_ name: String, _ value: PythonValue?) {
      guard let value, !value.isEmpty else { return }
      arguments.append(.init(name, value))
    }
    add("image_pull_policy", pod.pullPolicy.map { .text($0) })
    add(
      "image_pull_secrets",
      .list(pod.pullSecrets.map { .call("k8s.V1LocalObjectReference", ["name": .text($0)]) }))
    if case .serviceAccount(let name?) = settings.credentials {
      add("service_account_name", .text(name))
    }
    add(
      "secrets",
      .list(
        pod.secrets.map { secret in
          let texts = ["env", secret.variable, secret.name, secret.key]
          return .call("Secret", texts.map { .init(nil, .text($0)) })
        }))
    add("container_resources", resources)
    let (volumes, mounts) = volumes
    add("volumes", .list(volumes))
    add("volume_mounts", .list(mounts))
    add("tolerations", .list(pod.tolerations.map(AirflowPod.toleration)))
    add("node_selector", AirflowPod.literals(pod.nodeSelector))
    add("affinity", affinity)
    add("labels", AirflowPod.literals(pod.labels))
    add("annotations", AirflowPod.literals(pod.annotations))
    return arguments
  }

  /// A dictionary of texts that Airflow passes on as they are.
  static func literals(_ pairs: [EnvironmentVariable]) -> PythonValue {
    .texts(pairs.map { ($0.name, .literal($0.value)) })
  }

  private var resources: PythonValue? {
    let given = pod.resources
    func amounts(_ pairs: [(String, String?)]) -> PythonValue? {
      let filled = pairs.compactMap { pair in pair.1.map { (pair.0, PythonValue.text($0)) } }
      return filled.isEmpty ? nil : .texts(filled)
    }
    let requests = amounts([("cpu", given.cpu), ("memory", given.memory)])
    let limits = amounts([
      ("cpu", given.cpuLimit), ("memory", given.memoryLimit),
      (given.gpuVendor ?? "nvidia.com/gpu", given.gpu),
    ])
    guard requests != nil || limits != nil else { return nil }
    return .call("k8s.V1ResourceRequirements", ["requests": requests, "limits": limits])
  }

  private var volumes: ([PythonValue], [PythonValue]) {
    var names = TaskNames()
    var known: [String: String] = [:]
    var volumes: [PythonValue] = []
    var mounts: [PythonValue] = []
    for volume in pod.volumes {
      let name = known[volume.claim] ?? names.add(volume.claim)
      if known.updateValue(name, forKey: volume.claim) == nil {
        volumes.append(
          .call(
            "k8s.V1Volume",
            [
              "name": .text(name),
              "persistent_volume_claim": .call(
                "k8s.V1PersistentVolumeClaimVolumeSource", ["claim_name": .text(volume.claim)]),
            ]))
      }
      mounts.append(
        .call(
          "k8s.V1VolumeMount",
          [
            "name": .text(name), "mount_path": .literal(volume.path),
            "sub_path": volume.subPath.map { .literal($0) },
            "read_only": volume.isReadOnly ? .code("True") : nil,
          ]))
    }
    if let size = pod.sharedMemory {
      let name = names.add("shared-memory")
      volumes.append(
        .call(
          "k8s.V1Volume",
          [
            "name": .text(name),
            "empty_dir": .call(
              "k8s.V1EmptyDirVolumeSource", ["medium": .text("Memory"), "size_limit": .text(size)]),
          ]))
      mounts.append(
        .call("k8s.V1VolumeMount", ["name": .text(name), "mount_path": .text("/dev/shm")]))
    }
    return (volumes, mounts)
  }

  private static func toleration(_ toleration: PodSettings.Toleration) -> PythonValue {
    .call(
      "k8s.V1Toleration",
      [
        "key": toleration.key.map { .text($0) }, "operator": .text(toleration.operation),
        "value": toleration.value.map { .text($0) }, "effect": toleration.effect.map { .text($0) },
      ])
  }

  private var affinity: PythonValue? {
    guard !pod.affinity.isEmpty else { return nil }
    func term(_ expressions: [PodSettings.Affinity.Expression]) -> PythonValue {
      let requirements = expressions.map { item in
        PythonValue.call(
          "k8s.V1NodeSelectorRequirement",
          [
            "key": .text(item.key), "operator": .text(item.operation),
            "values": item.values.isEmpty ? nil : .list(item.values.map { .text($0) }),
          ])
      }
      return .call("k8s.V1NodeSelectorTerm", ["match_expressions": .list(requirements)])
    }
    // One of several terms would be enough for Kubernetes; all expressions of one must hold.
    let must = pod.affinity.filter { $0.weight == nil }.flatMap(\.expressions)
    let required = PythonValue.call(
      "k8s.V1NodeSelector", ["node_selector_terms": .list([term(must)])])
    let preferred = pod.affinity.compactMap { item in
      item.weight.map { weight in
        PythonValue.call(
          "k8s.V1PreferredSchedulingTerm",
          ["weight": .code(String(weight)), "preference": term(item.expressions)])
      }
    }
    let node = PythonValue.call(
      "k8s.V1NodeAffinity",
      [
        "required_during_scheduling_ignored_during_execution": must.isEmpty ? nil : required,
        "preferred_during_scheduling_ignored_during_execution": preferred.isEmpty
          ? nil : .list(preferred),
      ])
    return .call("k8s.V1Affinity", ["node_affinity": node])
  }
}
