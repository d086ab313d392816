import JSONCore

/// Reports all problems of a pipeline.
///
/// The rules are Elyra's, with their severities (`elyra/pipeline/validation.py`), and further ones
/// for problems that Elyra does not check but fails at. A feature that Lyre supports and Elyra
/// rejects, such as files of older versions, super nodes, or directories as dependencies, is a
/// warning for a local run and an error for Elyra.
public struct PipelineValidation: Sendable {
  /// The target of the validation.
  public var target: PipelineTarget

  /// Creates a validation for a target.
  public init(for target: PipelineTarget = .local) {
    self.target = target
  }

  /// Validates a file, which may not be a pipeline at all.
  ///
  /// - Returns: the findings, errors first, otherwise in the order of the file.
  public func findings(
    in bytes: [UInt8], files: some PipelineFiles, locating: (@Sendable (String) -> String)? = nil
  ) -> [Finding] {
    do throws(PipelineError) {
      return findings(in: try PipelineDocument(bytes, locating: locating), files: files)
    } catch {
      let place = error.place.isEmpty ? nil : error.place
      var findings = [
        Finding(
          .error, FindingCode(rawValue: error.code.rawValue) ?? .notPipeline, error.message,
          property: place)
      ]
      if let value = try? PipelineDocument.parse(bytes), let root = value.object,
        root["nbformat"] == nil
      {
        var report = Report(target: target)
        SchemaRules.checkSchemaVersion(root, &report)
        findings += report.findings
      }
      return findings
    }
  }

  /// Validates a pipeline document.
  ///
  /// - Returns: the findings, errors first, otherwise in the order of the file.
  public func findings(in document: PipelineDocument, files: some PipelineFiles) -> [Finding] {
    findings(in: document, document.pipeline, files: files)
  }

  /// Validates a pipeline that has already been read.
  ///
  /// - Returns: the findings, errors first, otherwise in the order of the file.
  public func findings(
    in document: PipelineDocument, _ pipeline: Pipeline, files: some PipelineFiles
  ) -> [Finding] {
    var report = Report(target: target)
    SchemaRules.check(document, pipeline, &report)
    GraphRules.check(pipeline, &report)
    ParameterRules.check(pipeline, &report)
    EmptyItemRules.check(pipeline, &report)
    var kernels = FileRules.KernelCache()
    for node in pipeline.executableNodes {
      NodeRules.check(node, &report)
      if node.isGeneric {
        FileRules.check(node, files, &kernels, &report)
        PropertyRules.check(node, document: document, &report)
      }
      KubernetesRules.check(node, &report)
      EmptyItemRules.check(node, &report)
    }
    DataRules.check(pipeline, files, &report)
    // A stable sort, so that findings of the same severity stay in the order of the file.
    return report.findings.enumerated().sorted {
      ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset)
    }.map(\.element)
  }
}

extension [Finding] {
  /// Whether any finding is an error, so that the pipeline is not valid.
  public var hasErrors: Bool { contains { $0.severity == .error } }
}

/// Collects findings, each only once.
struct Report {
  let target: PipelineTarget
  private(set) var findings: [Finding] = []
  private var seen: Set<Finding> = []

  init(target: PipelineTarget) {
    self.target = target
  }

  mutating func add(_ finding: Finding) {
    if seen.insert(finding).inserted { findings.append(finding) }
  }

  mutating func error(
    _ code: FindingCode, _ message: String, remedy: String = "", node: PipelineNode? = nil,
    property: String? = nil
  ) {
    add(Finding(.error, code, message, remedy: remedy, node: node, property: property))
  }

  mutating func warning(
    _ code: FindingCode, _ message: String, remedy: String = "", node: PipelineNode? = nil,
    property: String? = nil
  ) {
    add(Finding(.warning, code, message, remedy: remedy, node: node, property: property))
  }

  /// Adds a finding about something that only a cluster uses.
  mutating func forCluster(
    _ code: FindingCode, _ message: String, remedy: String = "", node: PipelineNode? = nil,
    property: String? = nil
  ) {
    add(
      Finding(
        target.isCluster ? .error : .warning, code, message, remedy: remedy, node: node,
        property: property))
  }

  /// Adds a finding about something that neither Elyra nor a cluster accepts.
  mutating func refusedByClusters(
    _ code: FindingCode, _ message: String, remedy: String, node: PipelineNode, property: String
  ) {
    add(
      Finding(
        target == .local ? .warning : .error, code, message, remedy: remedy, node: node,
        property: property))
  }

  private var severityOfRefusal: Finding.Severity {
    switch target {
    case .local: .warning
    case .elyra, .cluster: .error
    case .export: .information
    }
  }

  /// Adds a finding about something that Elyra rejects and Lyre accepts.
  mutating func refusedByElyra(
    _ code: FindingCode, _ message: String, remedy: String = "", node: PipelineNode? = nil,
    property: String? = nil
  ) {
    add(
      Finding(
        severityOfRefusal, code, message, remedy: remedy, node: node, property: property))
  }
}
