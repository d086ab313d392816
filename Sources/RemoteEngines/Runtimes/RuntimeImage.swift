package import JSONCore
package import KernelLauncher

/// An image for the containers of nodes: a file of Elyra's `runtime-images`.
package struct RuntimeImage: Sendable, Hashable {
  /// The file.
  package let file: MetadataFile
  /// The image, such as `quay.io/jupyter/r-notebook:python-3.11`.
  package let image: String

  /// Reads a file.
  ///
  /// - Throws: ``EngineError`` if it names no image.
  package init(_ file: MetadataFile) throws(EngineError) {
    guard let image = file.metadata["image_name"]?.string, !image.isEmpty else {
      throw EngineError(
        .unusable,
        "its image_name is missing; mend the file, or remove it", place: file.path)
    }
    self.file = file
    self.image = image
  }

  private func text(_ name: String) -> String? {
    file.metadata[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// When a cluster fetches it: `Always`, `IfNotPresent` or `Never`; nil for the cluster's choice.
  package var pullPolicy: String? { text("pull_policy") }
  /// The secret of the cluster for its registry.
  package var pullSecret: String? { text("pull_secret") }

  /// What `--json` shows of it.
  package var json: JSONObject {
    [
      "name": .init(file.name), "display_name": .init(file.displayName), "image": .init(image),
      "file": .init(file.path), "metadata": .object(file.metadata),
    ]
  }
}

/// The images of this machine: the files in Elyra's folders `metadata/runtime-images`.
package struct RuntimeImageStore: Sendable {
  /// The files.
  package let files: MetadataStore

  /// - Parameter paths: Jupyter's folders.
  package init(_ paths: JupyterPaths = JupyterPaths()) {
    files = MetadataStore("runtime-images", noun: "runtime image", command: "images", paths)
  }

  /// The images that count, and why others are not usable.
  package var images: [Result<RuntimeImage, EngineError>] {
    files.entries.filter { $0.hiddenBy == nil }.map { entry in
      Result { () throws(EngineError) in try RuntimeImage(try entry.file.get()) }
    }
  }

  /// A new image, which is not written yet.
  ///
  /// - Parameters:
  ///   - image: the image.
  ///   - displayName: the name that people see.
  ///   - name: the name by which it is chosen; nil for the one that Elyra would derive.
  ///   - metadata: further members.
  /// - Throws: ``EngineError`` if a value is not valid, or the name is in use.
  package func newImage(
    _ image: String, displayName: String, name: String?, metadata: JSONObject
  ) throws(EngineError) -> RuntimeImage {
    if let problem = RuntimeImageStore.problem(image: image, metadata) {
      throw EngineError(.unusable, problem)
    }
    var file = try files.newFile(displayName: displayName, name: name, schema: "runtime-image")
    file.metadata = JSONObject([.init(key: "image_name", value: .init(image))] + metadata.members)
    return try RuntimeImage(file)
  }

  /// Why Elyra would not accept an image; nil if it would.
  private static func problem(image: String, _ metadata: JSONObject) -> String? {
    if image.isEmpty || image.contains(where: \.isWhitespace) {
      return "'\(image)' is not the name of an image; write it as [registry/]owner/image:tag"
    }
    if let secret = metadata["pull_secret"]?.string, !RuntimeRules.isBucketLike(secret, 1...253) {
      return
        "--pull-secret: '\(secret)' is not the name of a secret of Kubernetes: use small letters, "
        + "digits, '-' and '.'"
    }
    return nil
  }
}
