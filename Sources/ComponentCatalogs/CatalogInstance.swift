import JSONCore
import JupyterProtocol
import KernelLauncher
import Pipelines
import SystemSupport
import YAMLReading

/// A configured catalog: where its definitions are.
struct CatalogInstance {
  /// A definition in a file.
  struct Entry {
    /// The file.
    var path: String
    /// How the catalog names it, as nodes keep it.
    var reference: JSONObject
    /// The value from which the id of the component is made.
    var key: String
  }

  /// The kind of catalog, such as `local-file-catalog`.
  let type: String
  /// The name for people.
  let label: String
  let runtimeType: String
  let categories: [String]
  private let metadata: JSONValue
  private let jupyter: JupyterPaths
  /// The directory for relative paths.
  private let components: String

  /// With more definitions than this the rest of a directory is not read.
  private static let mostFiles = 2000

  init?(_ value: JSONValue, name: String, _ paths: JupyterPaths) {
    guard let type = value["schema_name"]?.string, let metadata = value["metadata"],
      metadata.object != nil
    else { return nil }
    self.type = type
    self.metadata = metadata
    label = value["display_name"]?.string ?? name
    runtimeType = metadata["runtime_type"]?.string ?? ""
    categories = (metadata["categories"]?.array ?? []).compactMap(\.string)
    jupyter = paths
    components = "\(paths.prefixes.first?.path ?? "/usr")/share/jupyter/components"
  }

  private var paths: [String] { (metadata["paths"]?.array ?? []).compactMap(\.string) }

  /// The definitions, without those that are not files.
  func entries(_ problems: inout [String]) -> [Entry] {
    switch type {
    case "local-file-catalog": return files(&problems)
    case "local-directory-catalog": return directories(&problems)
    case "url-catalog": return addresses(&problems)
    default:
      problems.append(
        "catalog \(label): catalogs of the kind '\(type)' come from a Python package and are not "
          + "read; those of files and directories are")
      return []
    }
  }

  private func files(_ problems: inout [String]) -> [Entry] {
    var base = metadata["base_path"]?.string ?? ""
    if !base.isEmpty {
      base = absolute(base)
      guard FilePath.isDirectory(base) else {
        problems.append("catalog \(label): there is no directory \(base)")
        return []
      }
    }
    return paths.map { path in
      let path = jupyter.expanded(path)
      let folder = base.isEmpty && !path.hasPrefix("/") ? components : base
      return Entry(
        path: path.hasPrefix("/") ? path : "\(folder)/\(path)",
        reference: ["base_dir": .init(folder), "path": .init(path)], key: path)
    }
  }

  private func directories(_ problems: inout [String]) -> [Entry] {
    var entries: [Entry] = []
    let isRecursive = metadata["include_subdirs"]?.bool ?? false
    for path in paths {
      let base = absolute(path)
      guard FilePath.isDirectory(base) else {
        problems.append("catalog \(label): there is no directory \(base)")
        continue
      }
      var found: [String] = []
      if isRecursive {
        FilePath.forEachFile(below: base) { file in
          if file.hasSuffix(".yaml") { found.append(String(file.dropFirst(base.count + 1))) }
          return found.count <= CatalogInstance.mostFiles
        }
      } else {
        found = FilePath.names(in: base).filter { $0.hasSuffix(".yaml") }
      }
      if found.count > CatalogInstance.mostFiles {
        problems.append(
          "catalog \(label): \(base) has more than \(CatalogInstance.mostFiles) definitions; "
            + "the others are not read")
        found.removeLast(found.count - CatalogInstance.mostFiles)
      }
      entries += found.sorted().map { name in
        Entry(
          path: "\(base)/\(name)", reference: ["base_dir": .init(base), "path": .init(name)],
          key: name)
      }
    }
    return entries
  }

  private func addresses(_ problems: inout [String]) -> [Entry] {
    let local = paths.filter { $0.hasPrefix("file:///") }
    if local.count < paths.count {
      problems.append(
        "catalog \(label): definitions at URLs are not downloaded "
          + "(\(paths.count - local.count) of \(paths.count)); save them in a directory and add it "
          + "as a directory catalog")
    }
    return local.map { address in
      Entry(
        path: String(address.dropFirst("file://".count)), reference: ["url": .init(address)],
        key: address)
    }
  }

  private func absolute(_ path: String) -> String {
    var path = jupyter.expanded(path)
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path.hasPrefix("/") ? path : "\(components)/\(path)"
  }
}

extension CatalogInstance.Entry {
  /// Reads the component.
  func component(of catalog: CatalogInstance) throws(CatalogProblem) -> CatalogComponent {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try fileContent(path, maximum: 4 << 20)
    } catch {
      throw CatalogProblem(message: "cannot read it: \(error)")
    }
    let value: JSONValue?
    do throws(YAMLError) {
      value = try JSONValue(parsingYAML: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw CatalogProblem(message: "it is not YAML: \(error)")
    }
    let definition = try KubeflowDefinition(value ?? .null)
    return CatalogComponent(
      id: "\(catalog.type):\(CatalogInstance.hash(key))", name: definition.name,
      description: definition.description, catalog: catalog.label, catalogType: catalog.type,
      reference: reference, runtimeType: catalog.runtimeType, categories: catalog.categories,
      inputs: definition.inputs, outputs: definition.outputs)
  }
}

extension CatalogInstance {
  /// The part of a component's id that its place in the catalog determines, as in Elyra.
  static func hash(_ key: String) -> String {
    var hash = ContentHash()
    hash.add(Array(key.utf8))
    return String(hash.hexadecimal().prefix(12))
  }
}
