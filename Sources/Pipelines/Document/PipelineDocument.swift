public import JSONCore

/// A `.pipeline` file: its bytes, its content, and the changes made since.
///
/// Files of every version from 0 to 8 of Elyra's format can be read; older ones are migrated in
/// memory to version 8, without the losses of Elyra's own migration. Unchanged parts are written
/// byte for byte as they were read, and new parts in the style of their neighbours.
public struct PipelineDocument: Sendable {
  /// The newest supported version of the format.
  public static let currentVersion = PipelineFormat.currentVersion

  /// The file's bytes.
  let original: [UInt8]

  /// The current content: migrated, with all changes.
  var root: JSONObject

  /// Whether to write ``root`` instead of the bytes that were read.
  var isEdited = false

  /// The place of each node by its id; nil if it must be determined again.
  var places: [String: NodePlace]?

  /// The version of the file on disk, from 0 to ``currentVersion``.
  public let version: Int

  /// The version as in the file, which may be a fraction: Elyra's own tests have 7.5.
  public let versionText: String

  /// Whether the file states its version; files of Elyra 0.10 and before do not.
  public let statesVersion: Bool

  /// The index of the primary pipeline among all pipelines of the file.
  public internal(set) var primaryPlace: Int

  /// Reads a pipeline.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - locating: for files of version 0 and 1, whose nodes name their files relative to the root
  ///     of the workspace: returns the path relative to the folder of the pipeline's file. Without
  ///     it only the last component is used, as Elyra does when it has no other information.
  /// - Throws: ``PipelineError`` with the place if it is not JSON, has no primary pipeline, or has
  ///   an unsupported version. ``PipelineValidation`` reports all problems of such a file.
  public init(
    _ bytes: [UInt8], locating: (@Sendable (String) -> String)? = nil
  ) throws(PipelineError) {
    self = try PipelineDocument(
      bytes, value: PipelineDocument.parse(bytes), locating: locating)
  }

  init(_ bytes: [UInt8], value: JSONValue, locating: (@Sendable (String) -> String)?)
    throws(PipelineError)
  {
    let structure = PipelineStructure(value)
    if let error = structure.unreadable { throw error }
    original = bytes
    version = structure.version
    versionText = structure.versionText
    statesVersion = structure.statesVersion
    primaryPlace = structure.primaryPlace
    root = structure.root
    if version < PipelineDocument.currentVersion {
      PipelineMigration(from: version, primary: primaryPlace, locating: locating).migrate(&root)
    }
  }

  static func parse(_ bytes: [UInt8]) throws(PipelineError) -> JSONValue {
    guard bytes.contains(where: { !(0x09...0x0D).contains($0) && $0 != 0x20 }) else {
      throw PipelineError(.notJSON, "the file is empty; a pipeline is a JSON object")
    }
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      if let text = ForeignText(bytes) {
        throw PipelineError(.notJSON, "not a pipeline: \(text.description); \(text.remedy)")
      }
      throw PipelineError(.notJSON, "not a pipeline, because it is not JSON: \(error)")
    }
  }

  /// The content of the file, with all changes and in version 8.
  public var json: JSONObject { root }

  /// The pipeline as a typed value, with all changes.
  ///
  /// It is created on each access, in time proportional to the file: keep it.
  public var pipeline: Pipeline { Pipeline(self) }

  /// Whether it would be written differently from the file that was read.
  public var isChanged: Bool { isEdited && serialized() != original }

  /// The file with all changes; without changes the bytes that it was read from.
  ///
  /// Changing a file of an older version converts it to version 8; see ``migrate()``.
  public func serialized() -> [UInt8] {
    guard isEdited else { return original }
    return original.withUnsafeBytes { buffer in
      guard let index = try? JSONIndex(buffer) else { return original }
      return index.rewriting(
        to: .object(root), in: buffer, style: JSONStyle(of: buffer, index))
    }
  }

  /// Makes ``serialized()`` write the pipeline in version 8 as Elyra's editor would write it.
  ///
  /// This adds a name and a runtime to its properties, and converts lists of texts from before
  /// version 8 to lists of objects. A file that already has all this keeps its bytes.
  ///
  /// - Parameter name: the pipeline's name if it has none, usually that of its file.
  public mutating func migrate(name: String? = nil) {
    isEdited = true
    let isOld = version < PipelineDocument.currentVersion || !statesVersion
    updateApplicationData { data in
      let needsProperties = data["properties"]?.object?.isEmpty ?? true
      guard isOld || needsProperties else { return }
      data["version"] = .init(PipelineDocument.currentVersion)
      let runtime = Pipeline.runtimeName(data["runtime_type"]?.string)
      data.update("properties") { properties in
        properties.updateObject { properties in
          if properties["name"] == nil, let name { properties["name"] = .init(name) }
          if properties["runtime"] == nil { properties["runtime"] = .init(runtime) }
        }
      }
    }
    removeNulls()
    for flow in root["pipelines"]?.array?.indices ?? 0..<0 {
      updateFlow(flow) { LegacyLists.convertNodes(of: &$0) }
    }
  }

  /// Removes items that are null from the lists of the primary pipeline.
  private mutating func removeNulls() {
    let flow = root["pipelines"]?[primaryPlace]
    guard flow?["app_data"]?["properties"]?.object != nil else { return }
    updateApplicationData { data in
      data.update("properties") { properties in
        properties.updateObject { properties in
          LegacyLists.removeNulls(in: &properties)
          guard properties["pipeline_defaults"]?.object != nil else { return }
          properties.update("pipeline_defaults") { defaults in
            defaults.updateObject { LegacyLists.removeNulls(in: &$0) }
          }
        }
      }
    }
  }

  /// Changes one of the pipelines of the file.
  mutating func updateFlow<R>(_ place: Int, _ body: (inout JSONObject) -> R) -> R {
    root.update("pipelines") { pipelines in
      pipelines.updateArray { $0[place].updateObject(body) }
    }
  }

  /// Changes the `app_data` of the primary pipeline.
  mutating func updateApplicationData(_ body: (inout JSONObject) -> Void) {
    updateFlow(primaryPlace) { flow in
      flow.update("app_data") { $0.updateObject(body) }
    }
  }
}

/// The place of a node: the index of its pipeline in the file, and its index in that.
struct NodePlace: Sendable, Hashable {
  var flow: Int
  var node: Int
}
