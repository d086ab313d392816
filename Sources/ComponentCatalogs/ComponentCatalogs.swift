import JSONCore
package import KernelLauncher
package import Pipelines
import SystemSupport

/// The components of Elyra's catalogs on this machine.
///
/// Catalogs are configured in `metadata/component-catalogs` of Jupyter's data directories. Their
/// definitions are read from files; nothing is downloaded and no code is run.
package struct ComponentCatalogs: Sendable {
  /// The components, by catalog and name.
  package private(set) var components: [CatalogComponent] = []

  /// What could not be read, each with the catalog and the reason.
  package private(set) var problems: [String] = []

  /// Reads all catalogs.
  ///
  /// - Parameter paths: Jupyter's directories.
  package init(_ paths: JupyterPaths) {
    var seen: Set<String> = []
    for directory in paths.metadataDirectories("component-catalogs") {
      for name in FilePath.names(in: directory) where name.hasSuffix(".json") {
        // The first directory wins, as in Elyra.
        guard seen.insert(name).inserted else { continue }
        read("\(directory)/\(name)", name: String(name.dropLast(5)), paths)
      }
    }
    components.sort { ($0.catalog, $0.name, $0.id) < ($1.catalog, $1.name, $1.id) }
    var ids: Set<String> = []
    components.removeAll { !ids.insert($0.id).inserted }
  }

  private mutating func read(_ path: String, name: String, _ paths: JupyterPaths) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: fileContent(path, maximum: 1 << 20))
    } catch {
      problems.append("catalog \(name): cannot read \(path): \(error)")
      return
    }
    guard let catalog = CatalogInstance(value, name: name, paths) else {
      problems.append("catalog \(name): \(path) is not the configuration of a catalog")
      return
    }
    let label = "catalog \(catalog.label)"
    guard catalog.runtimeType == "KUBEFLOW_PIPELINES" else {
      problems.append(
        catalog.runtimeType == "APACHE_AIRFLOW"
          ? "\(label): Airflow operators are not read, because their definitions are Python code; "
            + "nodes that a pipeline has already stay as they are"
          : "\(label): there is no runtime '\(catalog.runtimeType)'")
      return
    }
    for entry in catalog.entries(&problems) {
      do throws(CatalogProblem) {
        components.append(try entry.component(of: catalog))
      } catch {
        problems.append("\(label): \(entry.path): \(error.message)")
      }
    }
  }
}

/// Why a definition could not be read.
struct CatalogProblem: Error {
  var message: String
}
