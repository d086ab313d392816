/// The fields, with the labels of Elyra 4.1.1.
extension PipelineForm {
  static let label = FormField(
    name: "label", label: "Label",
    help: "The name of the node in the pipeline. Empty: the name of its file.", kind: .text)

  static let filename = FormField(
    name: "filename", label: "Filename",
    help: "The notebook or script that the node runs, relative to the folder of the pipeline. "
      + "The node runs in the folder of this file.",
    kind: .file, isRequired: true)

  static let dependencies = FormField(
    name: "dependencies", label: "File Dependencies",
    help: "Files that the node reads, relative to its own file. Patterns such as *.py are allowed. "
      + "They are copied for remote runs, and a change of them runs the node again.",
    kind: .list, placeholder: "*.py")

  static let subdirectories = FormField(
    name: "include_subdirectories", label: "Include Subdirectories",
    help: "Patterns of file dependencies also match files in all folders below.", kind: .boolean)

  static let pipelineParameters = FormField(
    name: "pipeline_parameters", label: "Pipeline Parameters",
    help: "The parameters of the pipeline that this file receives.", kind: .checks)

  static let outputs = FormField(
    name: "outputs", label: "Output Files",
    help: "Files that the node creates for later nodes, relative to its own file. Patterns such as "
      + "*.csv are allowed.",
    kind: .list, placeholder: "*.csv")

  static func image(inherits: Bool) -> FormField {
    FormField(
      name: "runtime_image", label: "Runtime Image",
      help: "The container image in which the node runs. Runs on this machine do not use it.",
      kind: .choice, placeholder: "owner/image:tag", isRequired: inherits, isRemoteOnly: true,
      inherits: inherits ? "runtime_image" : nil)
  }

  static let resources: [FormField] = [
    FormField(
      name: "cpu", label: "CPU request", help: "The cores that are reserved for the node.",
      kind: .integer, minimum: 0, isRemoteOnly: true),
    FormField(
      name: "cpu_limit", label: "CPU limit",
      help: "The cores that the node may use at most: at least the request.", kind: .integer,
      minimum: 0, isRemoteOnly: true),
    FormField(
      name: "memory", label: "RAM request (GB)",
      help: "The memory that is reserved for the node, in gigabytes.", kind: .integer, minimum: 0,
      isRemoteOnly: true),
    FormField(
      name: "memory_limit", label: "RAM limit (GB)",
      help: "The memory that the node may use at most, in gigabytes: at least the request. A node "
        + "that uses more is ended.",
      kind: .integer, minimum: 0, isRemoteOnly: true),
    FormField(
      name: "gpu", label: "GPU", help: "The number of graphics processors for the node.",
      kind: .integer, minimum: 0, isRemoteOnly: true),
    FormField(
      name: "gpu_vendor", label: "GPU Vendor",
      help: "The name of the graphics processors in Kubernetes. Empty: nvidia.com/gpu.",
      kind: .text, placeholder: "nvidia.com/gpu", isRemoteOnly: true),
  ]

  static func variables(inherits: Bool) -> FormField {
    FormField(
      name: "env_vars", label: "Environment Variables",
      help:
        "Variables that the node's program finds in its environment. A variable without a value "
        + "keeps the value from outside.",
      kind: .rows, inherits: inherits ? "env_vars" : nil,
      columns: [
        .init(
          name: "env_var", label: "Environment Variable", placeholder: "ENV_VAR",
          isRequired: true),
        .init(name: "value", label: "Value", placeholder: "value"),
      ])
  }

  static func secrets(inherits: Bool) -> FormField {
    FormField(
      name: "kubernetes_secrets", label: "Kubernetes Secrets",
      help:
        "Variables whose values are taken from secrets of the cluster. On this machine they are "
        + "taken from the environment of the run.",
      kind: .rows, isRemoteOnly: true, inherits: inherits ? "kubernetes_secrets" : nil,
      columns: [
        .init(
          name: "env_var", label: "Environment Variable", placeholder: "ENV_VAR",
          isRequired: true),
        .init(name: "name", label: "Secret Name", placeholder: "secret-name", isRequired: true),
        .init(name: "key", label: "Secret Key", placeholder: "secret-key", isRequired: true),
      ])
  }

  static func sharedMemory(inherits: Bool) -> FormField {
    FormField(
      name: "kubernetes_shared_mem_size", label: "Shared Memory Size",
      help: "The size of the shared memory (/dev/shm) of the pod, in gigabytes.", kind: .integer,
      placeholder: "0", minimum: 0, isRemoteOnly: true,
      inherits: inherits ? "kubernetes_shared_mem_size" : nil, member: "size")
  }

  static func caching(inherits: Bool) -> FormField {
    FormField(
      name: "disable_node_caching", label: "Disable node caching",
      help: "Whether the platform must run the node even if it has a result of an earlier run.",
      kind: .choice, choices: ["True", "False"], placeholder: "Use runtime default",
      isRemoteOnly: true, inherits: inherits ? "disable_node_caching" : nil)
  }

  static func kubernetes(inherits: Bool) -> [FormField] {
    func field(_ name: String, _ label: String, _ help: String, _ columns: [FormField.Column])
      -> FormField
    {
      FormField(
        name: name, label: label, help: help, kind: .rows, isRemoteOnly: true,
        inherits: inherits ? name : nil, columns: columns)
    }
    return [
      field(
        "mounted_volumes", "Data Volumes",
        "Volumes of the cluster that the node finds as folders. The claims must exist.",
        [
          .init(name: "path", label: "Mount Path", placeholder: "/mount/path", isRequired: true),
          .init(
            name: "pvc_name", label: "Persistent Volume Claim Name", placeholder: "pvc-name",
            isRequired: true),
          .init(
            name: "sub_path", label: "Sub Path", placeholder: "relative/path/within/volume"),
          .init(name: "read_only", label: "Mount volume read-only", kind: .boolean),
        ]),
      field(
        "kubernetes_pod_annotations", "Kubernetes Pod Annotations",
        "Annotations of the pod that runs the node.",
        [
          .init(name: "key", label: "Key", placeholder: "annotation_key", isRequired: true),
          .init(name: "value", label: "Value", placeholder: "annotation_value"),
        ]),
      field(
        "kubernetes_pod_labels", "Kubernetes Pod Labels",
        "Labels of the pod that runs the node.",
        [
          .init(name: "key", label: "Key", placeholder: "label_key", isRequired: true),
          .init(name: "value", label: "Value", placeholder: "label_value"),
        ]),
      field(
        "kubernetes_tolerations", "Kubernetes Tolerations",
        "Taints of the cluster's machines that the pod of the node tolerates.",
        [
          .init(name: "key", label: "Key", placeholder: "key"),
          .init(
            name: "operator", label: "Operator", kind: .choice, choices: ["Equal", "Exists"],
            isRequired: true),
          .init(name: "value", label: "Value", placeholder: "value"),
          .init(
            name: "effect", label: "Effect", kind: .choice,
            choices: ["", "NoExecute", "NoSchedule", "PreferNoSchedule"],
            placeholder: "NoSchedule"),
        ]),
    ]
  }
}
