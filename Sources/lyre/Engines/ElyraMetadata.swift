import JSONCore
import KernelLauncher
import PipelineExport
import SystemSupport

/// Elyra's metadata on this machine: runtime configurations and images.
struct ElyraMetadata {
  private let paths: JupyterPaths

  /// - Parameter paths: Jupyter's directories.
  init(_ paths: JupyterPaths = JupyterPaths()) { self.paths = paths }

  /// The runtime configuration with a name.
  ///
  /// - Throws: ``UsageError`` if there is none, or it is not one of the engine.
  func runtime(_ name: String, for engine: String) throws(UsageError) -> JSONValue {
    let place = paths.metadataDirectories("runtimes").map { "\($0)/\(name).json" }.first(
      where: FilePath.isFile)
    guard let place, !name.contains("/") else {
      let known = names("runtimes")
      throw UsageError(
        message: "--runtime-config: there is no runtime configuration '\(name)'; "
          + (known.isEmpty
            ? "none is configured here, so use --bucket and the other options"
            : "there are \(known.joined(separator: ", "))"))
    }
    guard let value = read(place), let metadata = value["metadata"], metadata.object != nil else {
      throw UsageError(message: "--runtime-config: '\(place)' is not a runtime configuration")
    }
    guard value["schema_name"]?.string == engine else {
      throw UsageError(
        message:
          "--runtime-config: '\(name)' is one of \(value["schema_name"]?.string ?? "no engine"), "
          + "not of \(engine)")
    }
    return metadata
  }

  /// How clusters get the images that are configured here, by their names.
  var images: [String: ExportSettings.Image] {
    var images: [String: ExportSettings.Image] = [:]
    var seen: Set<String> = []
    for folder in paths.metadataDirectories("runtime-images") {
      for name in FilePath.names(in: folder).sorted() where name.hasSuffix(".json") {
        guard seen.insert(name).inserted else { continue }
        guard let metadata = read("\(folder)/\(name)")?["metadata"],
          let image = metadata["image_name"]?.string
        else {
          Printer.shared.log(
            "\("warning:", .yellow) '\(folder)/\(name)' is not the configuration of a runtime image, "
              + "and is left out; its image_name is missing, or the file is not JSON")
          continue
        }
        func text(_ name: String) -> String? {
          metadata[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        images[image] =
          images[image] ?? .init(pullPolicy: text("pull_policy"), pullSecret: text("pull_secret"))
      }
    }
    return images
  }

  private func names(_ kind: String) -> [String] {
    let all = paths.metadataDirectories(kind).flatMap { FilePath.names(in: $0) }
    return Set(all.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }).sorted()
  }

  private func read(_ path: String) -> JSONValue? {
    guard let bytes = try? fileContent(path, maximum: 1 << 20) else { return nil }
    return try? JSONValue(parsing: bytes)
  }
}
