import JSONCore
import Pipelines

/// The settings of a task's pod, in the platform document.
struct KubeflowPod {
  /// The settings as the format has them.
  let json: JSONObject

  init(_ node: ExportNode, _ findings: inout [Finding]) {
    let pod = node.pod
    var json = JSONObject()
    func add(_ name: String, _ elements: [JSONValue]) {
      if !elements.isEmpty { json[name] = .array(elements) }
    }
    if let policy = pod.pullPolicy { json["imagePullPolicy"] = .init(policy) }
    add("imagePullSecret", pod.pullSecrets.map { .object(KubeflowPod.secret($0)) })
    add("secretAsEnv", KubeflowPod.variables(pod.secrets))
    add("pvcMount", pod.volumes.map(KubeflowPod.mount))
    if let size = pod.sharedMemory {
      add(
        "emptyDirMounts",
        [
          [
            "volumeName": "shm", "mountPath": "/dev/shm", "medium": "Memory",
            "sizeLimit": .init(size),
          ]
        ])
    }
    add("tolerations", pod.tolerations.map(KubeflowPod.toleration))
    var metadata = JSONObject()
    if !pod.labels.isEmpty { metadata["labels"] = KubeflowPod.map(pod.labels) }
    var annotations = pod.annotations
    if !node.documentation.isEmpty, !annotations.contains(where: { $0.name == KubeflowPod.note }) {
      annotations.append(.init(name: KubeflowPod.note, value: node.documentation))
    }
    if !annotations.isEmpty { metadata["annotations"] = KubeflowPod.map(annotations) }
    if !metadata.isEmpty { json["podMetadata"] = .object(metadata) }
    if !pod.nodeSelector.isEmpty {
      json["nodeSelector"] = ["labels": KubeflowPod.map(pod.nodeSelector)]
    }
    add("nodeAffinity", pod.affinity.map(KubeflowPod.affinity))
    if let limit = node.timeout {
      // As a text, because the format's integers of 64 bits are texts in JSON.
      json["activeDeadlineSeconds"] = .init("\(max(1, Int(limit.rounded(.up))))")
    }
    self.json = json
    for volume in pod.volumes where volume.isReadOnly {
      findings.append(
        Finding(
          .warning, .volumeMount,
          "the volume '\(volume.claim)' at \(volume.path) is mounted for reading and writing, "
            + "because Kubeflow Pipelines cannot express read-only mounts",
          remedy: "use a claim whose access mode is ReadOnlyMany", node: node.node,
          property: "mounted_volumes"))
    }
  }

  /// The annotation that Elyra has for comments.
  private static let note = "elyra/node-user-doc"

  /// The resources of a container; nil if none is given.
  static func resources(_ resources: PodResources) -> JSONValue? {
    var object = JSONObject()
    func add(_ name: String, _ value: String?) { if let value { object[name] = .init(value) } }
    add("resourceCpuRequest", resources.cpu)
    add("resourceCpuLimit", resources.cpuLimit)
    add("resourceMemoryRequest", resources.memory)
    add("resourceMemoryLimit", resources.memoryLimit)
    if let count = resources.gpu, let vendor = resources.gpuVendor {
      object["accelerator"] = ["resourceType": .init(vendor), "resourceCount": .init(count)]
    }
    return object.isEmpty ? Optional.none : .object(object)
  }

  private static func constant(_ name: String) -> JSONValue {
    ["runtimeValue": ["constant": .init(name)]]
  }

  /// A secret by both of its names: older servers read the first one only.
  private static func secret(_ name: String) -> JSONObject {
    ["secretName": .init(name), "secretNameParameter": constant(name)]
  }

  /// Variables from secrets, with one element for each secret.
  private static func variables(_ secrets: [PodSettings.Secret]) -> [JSONValue] {
    var names: [String] = []
    for secret in secrets where !names.contains(secret.name) { names.append(secret.name) }
    return names.map { name in
      var object = secret(name)
      object["keyToEnv"] = .array(
        secrets.filter { $0.name == name }.map {
          ["secretKey": .init($0.key), "envVar": .init($0.variable)]
        })
      object["optional"] = false
      return .object(object)
    }
  }

  private static func mount(_ volume: PodSettings.Volume) -> JSONValue {
    var object: JSONObject = [
      "constant": .init(volume.claim), "pvcNameParameter": constant(volume.claim),
      "mountPath": .init(volume.path),
    ]
    if let path = volume.subPath { object["subPath"] = .init(path) }
    return .object(object)
  }

  private static func toleration(_ toleration: PodSettings.Toleration) -> JSONValue {
    var object = JSONObject()
    if let key = toleration.key { object["key"] = .init(key) }
    object["operator"] = .init(toleration.operation)
    if let value = toleration.value { object["value"] = .init(value) }
    if let effect = toleration.effect { object["effect"] = .init(effect) }
    return .object(object)
  }

  private static func affinity(_ term: PodSettings.Affinity) -> JSONValue {
    var object: JSONObject = [
      "matchExpressions": .array(
        term.expressions.map { expression in
          var item: JSONObject = [
            "key": .init(expression.key), "operator": .init(expression.operation),
          ]
          if !expression.values.isEmpty { item["values"] = .texts(expression.values) }
          return .object(item)
        })
    ]
    if let weight = term.weight { object["weight"] = .init(weight) }
    return .object(object)
  }

  private static func map(_ pairs: [EnvironmentVariable]) -> JSONValue {
    var object = JSONObject()
    for pair in pairs { object[pair.name] = .init(pair.value) }
    return .object(object)
  }
}
