import ComponentCatalogs
import JSONCore
import KernelLauncher
import ObjectStorage
import PipelineExport
import Pipelines
import SystemSupport

/// Finds the definitions of components: where their nodes say, in the catalogs of this machine, or in
/// folders that the user names.
struct ComponentLookup {
  /// Folders with definitions, in the order in which they are searched.
  let folders: [String]
  private let paths = JupyterPaths()
  private let installed: [CatalogComponent]

  /// - Parameter folders: further folders with definitions.
  init(folders: [String]) {
    self.folders = folders.map(FilePath.absolute)
    installed = ComponentCatalogs(paths).components
  }

  /// The longest definition, in bytes.
  private static let longest = 4 << 20

  /// The definition for each node that is a component, by its id.
  ///
  /// Definitions at URLs are downloaded, once each.
  func definitions(of nodes: [PipelineNode]) async -> [String: Result<String, ExportProblem>] {
    var found: [String: Result<String, ExportProblem>] = [:]
    var downloaded: [String: Result<String, ExportProblem>] = [:]
    for node in nodes {
      guard let component = node.component else { continue }
      let url = ComponentLookup.name(component)
      if WebFile.isURL(url), own(node) == nil {
        let text: Result<String, ExportProblem>
        if let earlier = downloaded[url] {
          text = earlier
        } else {
          text = await download(url)
          downloaded[url] = text
        }
        found[node.id] = text.mapError { about(node, $0.description) }
      } else {
        found[node.id] = read(node)
      }
    }
    return found
  }

  private func download(_ url: String) async -> Result<String, ExportProblem> {
    do throws(ObjectStorageError) {
      let bytes = try await WebFile.get(url, maximum: ComponentLookup.longest)
      return .success(String(decoding: bytes, as: UTF8.self))
    } catch {
      return .failure(
        ExportProblem(
          "\(error); save it in a folder, and name the folder with --components, if this machine "
            + "does not reach it"))
    }
  }

  private func read(_ node: PipelineNode) -> Result<String, ExportProblem> {
    guard let component = node.component else {
      return .failure(about(node, "it has none"))
    }
    let name = ComponentLookup.name(component)
    if name.contains(".py") || component.catalog?.contains("airflow") ?? false {
      return .failure(
        ExportProblem(
          "node '\(node.label)' runs an operator of Apache Airflow, \(shown(node, component)), "
            + "which Kubeflow Pipelines cannot run; export the pipeline to airflow"))
    }
    guard let path = own(node) ?? places(of: node, component).first(where: FilePath.isFile) else {
      return .failure(
        about(
          node,
          "\(shown(node, component)) is not on this machine; name a folder that has it with "
            + "--components"))
    }
    do throws(SystemError) {
      let bytes = try fileContent(path, maximum: ComponentLookup.longest)
      return .success(String(decoding: bytes, as: UTF8.self))
    } catch {
      return .failure(about(node, "'\(path)' cannot be read: \(error)"))
    }
  }

  /// A component by its name, and by its catalog.
  private func shown(_ node: PipelineNode, _ component: PipelineComponent) -> String {
    let name = ComponentLookup.name(component)
    return "'\(name.isEmpty ? node.operation : name)' of the catalog "
      + "'\(component.catalog ?? "unknown")'"
  }

  /// The file in a folder that the user named.
  private func own(_ node: PipelineNode) -> String? {
    guard let component = node.component else { return nil }
    let name = ComponentLookup.name(component)
    guard !name.isEmpty else { return nil }
    var names = [name, PipelinePath.name(name)]
    // Elyra once had one folder for each component.
    if names[1].hasPrefix("component.") {
      names.append(PipelinePath.name(PipelinePath.folder(name)) + ".yaml")
    }
    return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      .first(where: FilePath.isFile)
  }

  /// Where the definition may be, best first.
  private func places(of node: PipelineNode, _ component: PipelineComponent) -> [String] {
    let reference = component.reference
    var places: [String] = []
    if let url = reference["url"]?.string, url.hasPrefix("file:///") {
      places.append(String(url.dropFirst("file://".count)))
    }
    if let path = reference["path"]?.string {
      let base = reference["base_dir"]?.string ?? ""
      if path.hasPrefix("/") { places.append(path) }
      if !base.isEmpty { places.append("\(paths.expanded(base))/\(path)") }
      places += paths.dataDirectories.map { "\($0)/components/\(path)" }
    }
    // The folder may be that of another machine, where the same catalog is in another place.
    if let same = installed.first(where: { $0.id == node.operation })?.reference {
      if let path = same["path"]?.string {
        places.append("\(same["base_dir"]?.string ?? "")/\(path)")
      }
      if let url = same["url"]?.string, url.hasPrefix("file:///") {
        places.append(String(url.dropFirst("file://".count)))
      }
    }
    if let id = reference["component-id"]?.string {
      // Elyra's examples are files of a Python package.
      places += paths.prefixes.flatMap { prefix in
        FilePath.names(in: "\(prefix.path)/lib").filter { $0.hasPrefix("python3") }.map {
          "\(prefix.path)/lib/\($0)/site-packages/kfp_examples_connector/resources/\(id)"
        }
      }
    }
    return places
  }

  /// The name of the definition's file, as the node refers to it.
  private static func name(_ component: PipelineComponent) -> String {
    let reference = component.reference
    return ["path", "component-id", "url"].compactMap { reference[$0]?.string }.first ?? ""
  }

  private func about(_ node: PipelineNode, _ message: String) -> ExportProblem {
    ExportProblem("the definition of the component of node '\(node.label)': \(message)")
  }
}
