/// What a finding is about.
public enum FindingCode: String, Sendable, Hashable, CaseIterable {
  // The file.
  /// The content is not JSON.
  case notJSON = "not-json"
  /// The content is JSON, but not a pipeline.
  case notPipeline = "not-pipeline"
  /// The version of the pipeline is not a number, or not supported.
  case unsupportedVersion = "unsupported-version"
  /// The schema version is missing.
  case missingSchemaVersion = "missing-schema-version"
  /// The schema version is not 3.0.
  case schemaVersion = "schema-version"
  /// The pipeline does not state its version.
  case missingVersion = "missing-version"
  /// The pipeline has an old version, which Elyra's commands reject.
  case outdatedVersion = "outdated-version"
  /// The primary pipeline has no `app_data`.
  case missingApplicationData = "missing-app-data"
  /// The primary pipeline has no properties.
  case missingProperties = "missing-properties"
  /// A value in the file has the wrong type.
  case wrongKind = "wrong-kind"
  /// There are no nodes.
  case noNodes = "no-nodes"
  /// The runtime is unknown.
  case unknownRuntime = "unknown-runtime"

  // Nodes and links.
  /// A node has no id.
  case missingID = "missing-node-id"
  /// Two nodes have the same id.
  case duplicateID = "duplicate-node-id"
  /// The type of a node is unknown.
  case unknownNodeType = "unknown-node-type"
  /// A node has no properties of its component.
  case missingComponentParameters = "missing-component-parameters"
  /// A node runs a component, which is not supported here.
  case componentNeedsRuntime = "component-needs-runtime"
  /// A super node, which Elyra cannot run.
  case superNode = "super-node"
  /// The source of a link does not exist.
  case danglingLink = "dangling-link"
  /// The pipeline of a super node does not exist.
  case missingFlow = "missing-pipeline"
  /// Two super nodes share a pipeline.
  case sharedFlow = "shared-pipeline"
  /// The dependencies of nodes form a cycle.
  case cycle
  /// A node has no links.
  case unconnectedNode = "unconnected-node"
  /// Two nodes have the same name.
  case duplicateName = "duplicate-name"
  /// A node has no label.
  case missingLabel = "missing-label"
  /// Other runtimes would change the label.
  case label

  // Files.
  /// A node names no file.
  case missingFilename = "missing-filename"
  /// The file does not exist.
  case fileNotFound = "file-not-found"
  /// The path is a directory or a device.
  case notAFile = "not-a-file"
  /// The path is outside the project.
  case outsideProject = "outside-project"
  /// The script is not text.
  case notText = "not-text"
  /// The operation does not match the file.
  case operationMismatch = "operation-mismatch"
  /// The notebook cannot be read.
  case badNotebook = "bad-notebook"
  /// The notebook's kernel is not installed.
  case missingKernel = "missing-kernel"
  /// The notebook does not name a kernel.
  case kernelNotNamed = "kernel-not-named"
  /// The script's interpreter is not installed.
  case missingInterpreter = "missing-interpreter"
  /// There is no way to run the file.
  case notRunnable = "not-runnable"
  /// A file that a node needs does not exist, and no node produces it.
  case dependencyNotFound = "dependency-not-found"
  /// A file that a node needs is produced by a node that it does not depend on.
  case dependencyNotOrdered = "dependency-not-ordered"
  /// A file that a node needs is produced only during the run.
  case dependencyMadeByRun = "dependency-made-by-run"
  /// A dependency is a directory, but Elyra supports only files.
  case dependencyIsDirectory = "dependency-is-directory"
  /// Two nodes produce the same file.
  case duplicateOutput = "duplicate-output"

  // Properties.
  /// A property has the wrong type.
  case propertyKind = "property-kind"
  /// A list contains texts instead of objects, which it has had since version 8.
  case legacyItems = "legacy-items"
  /// An item of a list is null.
  case emptyItem = "empty-item"
  /// A variable has no name, or an invalid one.
  case environmentName = "environment-name"
  /// A variable is duplicated.
  case duplicateEnvironment = "duplicate-environment"
  /// The container image is missing.
  case missingImage = "missing-image"
  /// The container image's name is not valid.
  case imageFormat = "image-format"
  /// A value is not a number, or out of range.
  case resourceValue = "resource-value"
  /// The requested amount exceeds the maximum.
  case limitBelowRequest = "limit-below-request"
  /// A secret is incomplete or has an invalid name.
  case kubernetesSecret = "kubernetes-secret"
  /// A volume is incomplete or has an invalid name.
  case volumeMount = "volume-mount"
  /// An annotation has an invalid key.
  case kubernetesAnnotation = "kubernetes-annotation"
  /// A Kubernetes label has an invalid key or value.
  case kubernetesLabel = "kubernetes-label"
  /// A toleration is not valid.
  case kubernetesToleration = "kubernetes-toleration"
  /// The size of the shared memory is not valid.
  case sharedMemory = "shared-memory"
  /// A parameter of the pipeline is not valid.
  case pipelineParameter = "pipeline-parameter"
  /// An input uses the output of a node that is not a parent.
  case inputPath = "input-path"
  /// One of Lyre's own properties is not valid.
  case lyreProperty = "lyre-property"

  /// Elyra's type for such findings; nil if Elyra does not check this.
  public var elyraType: String? {
    switch self {
    case .notJSON, .notPipeline, .missingSchemaVersion, .missingApplicationData,
      .missingProperties, .missingVersion, .noNodes, .missingComponentParameters, .wrongKind:
      "invalidJSON"
    case .unsupportedVersion, .schemaVersion, .outdatedVersion: "invalidPipeline"
    case .unknownRuntime: "invalidRuntime"
    case .componentNeedsRuntime, .superNode, .unknownNodeType: "invalidNodeType"
    case .cycle: "circularReference"
    case .unconnectedNode: "singletonReference"
    case .label, .missingLabel: "invalidNodeLabel"
    case .fileNotFound, .notAFile, .outsideProject, .dependencyNotFound, .dependencyIsDirectory,
      .missingFilename, .dependencyMadeByRun, .dependencyNotOrdered:
      "invalidFilePath"
    case .notText: "invalidFileType"
    case .missingImage, .imageFormat, .resourceValue, .limitBelowRequest, .inputPath,
      .propertyKind:
      "invalidNodeProperty"
    case .environmentName: "invalidEnvironmentVariable"
    case .kubernetesSecret: "invalidKubernetesSecret"
    case .volumeMount: "invalidVolumeMount"
    case .kubernetesAnnotation: "invalidKubernetesAnnotation"
    case .kubernetesLabel: "invalidKubernetesLabel"
    case .kubernetesToleration: "invalidKubernetesToleration"
    case .sharedMemory: "invalidCustomSharedMemorySize"
    case .pipelineParameter: "invalidPipelineParameter"
    case .missingID, .duplicateID, .danglingLink, .missingFlow, .sharedFlow, .duplicateName,
      .operationMismatch, .badNotebook, .missingKernel, .kernelNotNamed, .missingInterpreter,
      .notRunnable, .duplicateOutput, .legacyItems, .emptyItem, .duplicateEnvironment,
      .lyreProperty:
      nil
    }
  }
}
