import JSONCore
import KernelLauncher
import SystemSupport

/// Answers requests about the server itself.
struct SessionRequests: Sendable {
  private let settings: WebSettings

  init(_ settings: WebSettings) {
    self.settings = settings
  }

  /// The addresses.
  var routes: [Route] {
    [Route("GET", "api/session") { _, _ in WebResponse(json: json) }]
  }

  private var json: JSONObject {
    let kernels = KernelSpecFinder().available()
    return [
      "version": 1, "lyre": .init(settings.version), "folder": .init(settings.folder.name),
      "path": .init(settings.folder.root),
      "open": [
        "pipeline": settings.pipeline.map { .init($0) } ?? .null,
        "run": settings.run.map { .init($0) } ?? .null,
      ],
      "engines": [["id": "local", "label": "This machine"]],
      "runtime_images": .array(RuntimeImages.installed()),
      "kernels": .array(
        kernels.map { kernel in
          [
            "name": .init(kernel.name), "label": .init(kernel.displayName),
            "language": .init(kernel.language),
          ]
        }),
      "base": .null,
    ]
  }
}

/// The container images that are configured for Elyra.
enum RuntimeImages {
  /// The images in the folders of Jupyter's data, by their labels; the first of a name wins.
  static func installed() -> [JSONValue] {
    var seen: Set<String> = []
    var images: [(label: String, image: String)] = []
    for folder in JupyterPaths().dataDirectories.map({ "\($0)/metadata/runtime-images" }) {
      for name in FilePath.names(in: folder) where name.hasSuffix(".json") {
        guard seen.insert(name).inserted,
          let bytes = try? fileContent("\(folder)/\(name)", maximum: 1 << 20),
          let value = try? JSONValue(parsing: bytes),
          let image = value["metadata"]?["image_name"]?.string
        else { continue }
        images.append((value["display_name"]?.string ?? image, image))
      }
    }
    return images.sorted { ($0.label, $0.image) < ($1.label, $1.image) }.map {
      ["label": .init($0.label), "image": .init($0.image)]
    }
  }
}
