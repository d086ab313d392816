public import JSONCore

/// A `.pipeline` file: its bytes, what it says, and what has been changed since.
///
/// Files of every version from 0 to 8 of Elyra's format are read; older ones are migrated in memory
/// to version 8, without what Elyra's own migration loses. What is not changed comes out byte for
/// byte as it went in, and what is new is written in the style of its neighbours.
public struct PipelineDocument: Sendable {
  /// The newest version of the format that is known.
  public static let currentVersion = PipelineFormat.currentVersion

  /// The file's bytes.
  let original: [UInt8]

  /// What the file says now: migrated, with all changes.
  var root: JSONObject

  /// Whether ``root`` is to be written, and not the bytes that were read.
  var isEdited = false

  /// Where each node stands, by its id; nil when that must be looked up anew.
  var places: [String: NodePlace]?

  /// The version that the file has on disk, from 0 to ``currentVersion``.
  public let version: Int

  /// Whether the file says which version it has; those of Elyra 0.10 and before do not.
  public let statesVersion: Bool

  /// The place of the primary pipeline among all pipelines of the file.
  public internal(set) var primaryPlace: Int

  /// Reads a pipeline.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - locating: for files of version 0 and 1, whose nodes name their files from the root of the
  ///     workspace: gives the path from the folder of the pipeline's file. Without it the last
  ///     component is taken, as Elyra does when it knows no better.
  /// - Throws: ``PipelineError`` with the place where it is not JSON, has no primary pipeline, or
  ///   has a version that is not known. ``PipelineValidation`` tells
  ///   everything that is wrong with such a file.
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
      throw PipelineError(.notJSON, "not a pipeline, because it is not JSON: \(error)")
    }
  }

  /// What the file says, with all changes and in version 8.
  public var json: JSONObject { root }

  /// The pipeline as a typed value, with all changes.
  ///
  /// It is made anew each time, in time that grows with the file: keep it.
  public var pipeline: Pipeline { Pipeline(self) }

  /// Whether anything would be written differently from what was read.
  public var isChanged: Bool { isEdited && serialized() != original }

  /// The file with all changes; without changes the bytes that it was read from.
  ///
  /// Changing a file of an older version makes it one of version 8; see ``migrate()``.
  public func serialized() -> [UInt8] {
    guard isEdited else { return original }
    return original.withUnsafeBytes { buffer in
      guard let index = try? JSONIndex(buffer) else { return original }
      return index.rewriting(
        to: .object(root), in: buffer, style: JSONStyle(of: buffer, index))
    }
  }

  /// Makes ``serialized()`` write the pipeline in version 8 as Elyra's editor would leave it.
  ///
  /// It gets a name and a runtime among its properties, and lists that hold texts, as before version
  /// 8, get objects. A file that has all this already keeps its bytes.
  ///
  /// - Parameter name: the pipeline's name where it has none, as a rule that of its file.
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
    for flow in root["pipelines"]?.array?.indices ?? 0..<0 {
      updateFlow(flow) { LegacyLists.convertNodes(of: &$0) }
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

/// Where a node stands: which pipeline of the file, and which of its nodes.
struct NodePlace: Sendable {
  var flow: Int
  var node: Int
}
