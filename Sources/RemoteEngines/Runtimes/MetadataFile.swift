import Glibc
package import JSONCore
import SystemSupport

/// A file of Elyra's metadata: `{"display_name": …, "metadata": {…}, "schema_name": …}`.
///
/// Members that are not known stay as they are when it is written again.
package struct MetadataFile: Sendable, Hashable {
  /// Its name without `.json`, by which it is chosen.
  package var name: String
  /// Its absolute path.
  package var path: String
  /// Everything in it.
  package var content: JSONObject
  /// Whether nobody but this user and root can have written it.
  package var isOnlyOurs: Bool
  /// Whether other users can read it.
  package var isOpenToOthers: Bool

  /// Creates a file that is not written yet.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - path: its path.
  ///   - displayName: the name that people see.
  ///   - schema: what it describes, such as `kfp`.
  ///   - metadata: the description.
  package init(
    name: String, path: String, displayName: String, schema: String, metadata: JSONObject
  ) {
    self.name = name
    self.path = path
    content = [
      "display_name": .init(displayName), "metadata": .object(metadata),
      "schema_name": .init(schema),
    ]
    isOnlyOurs = true
    isOpenToOthers = false
  }

  /// Reads a file.
  ///
  /// - Throws: ``EngineError`` if it cannot be read, or is not such a file.
  package init(reading path: String) throws(EngineError) {
    self.path = path
    name = MetadataFile.name(of: path)
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try fileContent(path, maximum: 1 << 20)
    } catch {
      throw EngineError(.unusable, "cannot be read: \(error)", place: path)
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw EngineError(
        .unusable, "is not JSON: \(error); mend the file, or remove it", place: path)
    }
    guard let object = value.object, let metadata = object["metadata"], metadata.object != nil
    else {
      throw EngineError(
        .unusable,
        "is not a file of Elyra's metadata: it needs the members display_name, schema_name and "
          + "metadata; mend the file, or remove it", place: path)
    }
    content = object
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw EngineError(.unusable, "cannot be read: \(SystemError())", place: path)
    }
    isOnlyOurs = [geteuid(), 0].contains(status.st_uid) && status.st_mode & 0o022 == 0
    isOpenToOthers = status.st_mode & 0o044 != 0
  }

  /// The name of a file in Elyra's folders: that of the file without its extension.
  static func name(of path: String) -> String {
    let name = FilePath.parts(path).name
    return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
  }

  /// The name that people see.
  package var displayName: String {
    get { content["display_name"]?.string ?? name }
    set { content["display_name"] = .init(newValue) }
  }

  /// What it describes, such as `kfp`.
  package var schema: String { content["schema_name"]?.string ?? "" }

  /// The description.
  package var metadata: JSONObject {
    get { content["metadata"]?.object ?? [:] }
    set { content["metadata"] = .object(newValue) }
  }

  /// The file's bytes as Elyra writes them.
  var bytes: [UInt8] {
    JSONValue.object(content).serialized(
      JSONStyle(indent: "  ", keySeparator: ": ", escapesNonASCII: true))
  }
}
