/// What a finding is about.
public enum FindingCode: String, Sendable, Hashable, CaseIterable {
  // The file.
  /// The content is not JSON.
  case notJSON = "not-json"
  /// The content is JSON and no pipeline.
  case notPipeline = "not-pipeline"
  /// The version of the pipeline is not a number, or not known.
  case unsupportedVersion = "unsupported-version"
  /// There is no version of the schema.
  case missingSchemaVersion = "missing-schema-version"
  /// The schema has another version than 3.0.
  case schemaVersion = "schema-version"
  /// The pipeline does not say which version it has.
  case missingVersion = "missing-version"
  /// The pipeline has an old version, which Elyra's commands refuse.
  case outdatedVersion = "outdated-version"
  /// The primary pipeline has no `app_data`.
  case missingApplicationData = "missing-app-data"
  /// The primary pipeline has no properties.
  case missingProperties = "missing-properties"
  /// Something in the file is of another kind than it must be.
  case wrongKind = "wrong-kind"
  /// There are no nodes.
  case noNodes = "no-nodes"
  /// The runtime is not known.
  case unknownRuntime = "unknown-runtime"

  // Nodes and links.
  /// A node has no id.
  case missingID = "missing-node-id"
  /// Two nodes have the same id.
  case duplicateID = "duplicate-node-id"
  /// The type of a node is not known.
  case unknownNodeType = "unknown-node-type"
  /// A node has no properties of its component.
  case missingComponentParameters = "missing-component-parameters"
  /// A node runs a component, which cannot be done here.
  case componentNeedsRuntime = "component-needs-runtime"
  /// A super node, which Elyra cannot run.
  case superNode = "super-node"
  /// A link leads to nothing.
  case danglingLink = "dangling-link"
  /// A super node stands for nothing.
  case missingFlow = "missing-pipeline"
  /// Two super nodes stand for the same.
  case sharedFlow = "shared-pipeline"
  /// Nodes wait for each other in a circle.
  case cycle
  /// A node has no links.
  case unconnectedNode = "unconnected-node"
  /// Two nodes have the same name.
  case duplicateName = "duplicate-name"
  /// A node has no label.
  case missingLabel = "missing-label"
  /// A label that other runtimes change.
  case label

  // Files.
  /// A node names no file.
  case missingFilename = "missing-filename"
  /// There is no such file.
  case fileNotFound = "file-not-found"
  /// It is a directory or a device.
  case notAFile = "not-a-file"
  /// A path that leads out of the project.
  case outsideProject = "outside-project"
  /// A script that is not text.
  case notText = "not-text"
  /// The operation and the file do not go together.
  case operationMismatch = "operation-mismatch"
  /// A notebook that cannot be read.
  case badNotebook = "bad-notebook"
  /// The kernel of a notebook is not installed.
  case missingKernel = "missing-kernel"
  /// A notebook does not say which kernel it needs.
  case kernelNotNamed = "kernel-not-named"
  /// What runs the script is not installed.
  case missingInterpreter = "missing-interpreter"
  /// Nothing says how to run the file.
  case notRunnable = "not-runnable"
  /// A file that a node needs is not there, and nobody makes it.
  case dependencyNotFound = "dependency-not-found"
  /// A file that a node needs is made by one that need not run before it.
  case dependencyNotOrdered = "dependency-not-ordered"
  /// A file that a node needs is only made by the run.
  case dependencyMadeByRun = "dependency-made-by-run"
  /// A directory is named where Elyra knows files only.
  case dependencyIsDirectory = "dependency-is-directory"
  /// Two nodes make the same file.
  case duplicateOutput = "duplicate-output"

  // Properties.
  /// A property is of another kind than it must be.
  case propertyKind = "property-kind"
  /// Texts where there are objects since version 8.
  case legacyItems = "legacy-items"
  /// A variable without a name, or with one that cannot be.
  case environmentName = "environment-name"
  /// A variable that is there twice.
  case duplicateEnvironment = "duplicate-environment"
  /// There is no container image.
  case missingImage = "missing-image"
  /// A container image that is none.
  case imageFormat = "image-format"
  /// A number that is none, or not in its range.
  case resourceValue = "resource-value"
  /// More is asked for than allowed at most.
  case limitBelowRequest = "limit-below-request"
  /// A secret that is not complete or has a bad name.
  case kubernetesSecret = "kubernetes-secret"
  /// A volume that is not complete or has a bad name.
  case volumeMount = "volume-mount"
  /// An annotation with a bad key.
  case kubernetesAnnotation = "kubernetes-annotation"
  /// A label of Kubernetes with a bad key or value.
  case kubernetesLabel = "kubernetes-label"
  /// A toleration that cannot be.
  case kubernetesToleration = "kubernetes-toleration"
  /// A size of shared memory that cannot be.
  case sharedMemory = "shared-memory"
  /// A parameter of the pipeline that is wrong.
  case pipelineParameter = "pipeline-parameter"
  /// An output of another node is used that is no parent.
  case inputPath = "input-path"
  /// A property of Lyre's own that is wrong.
  case lyreProperty = "lyre-property"

  /// What Elyra calls findings of this kind; nil for what it does not look for.
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
      .notRunnable, .duplicateOutput, .legacyItems, .duplicateEnvironment, .lyreProperty:
      nil
    }
  }
}
