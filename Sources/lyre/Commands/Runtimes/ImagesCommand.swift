import ArgumentParser
import JSONCore
import RemoteEngines

/// The command `lyre images`.
struct ImagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "images",
    abstract: "Runtime images: the images of nodes' containers, and how clusters get them.",
    discussion: """
      They are Elyra's own files, which its editor offers for nodes.

      EXAMPLES
        lyre images
        lyre images add quay.io/jupyter/r-notebook:python-3.11 --display-name "R"
        lyre images remove r
      """,
    subcommands: [ListImages.self, AddImage.self, RemoveImage.self],
    defaultSubcommand: ListImages.self)
}

/// The command `lyre images list`.
struct ListImages: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runtime images and where each was found.",
    discussion: """
      EXAMPLES
        lyre images list
        lyre images list --json
      """)

  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let list = MetadataList(
      read: { (file) throws(EngineError) in try RuntimeImage(file) }, json: \.json,
      columnCount: 1, columns: { [$0.image] }, problem: { _ in nil })
    list.show(
      RuntimeImageStore().files.entries, asJSON: json,
      ifEmpty: "no runtime images yet; `lyre images add` makes one")
  }
}

/// The command `lyre images add`.
struct AddImage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a runtime image.",
    discussion: """
      EXAMPLES
        lyre images add localhost/nodebase:1
        lyre images add ghcr.io/me/train:2 --display-name "Training" \\
          --pull-policy Always --pull-secret registry

      EXIT CODES
        0 written   2 a value is not valid, or the name is in use
        6 it could not be written
      """)

  /// When a cluster fetches an image.
  enum PullPolicy: String, ExpressibleByArgument, CaseIterable {
    case always = "Always"
    case ifNotPresent = "IfNotPresent"
    case never = "Never"
  }

  @Argument(
    help: ArgumentHelp("The image, as [registry/]owner/image:tag.", valueName: "image"))
  var image: String

  @Option(
    help: ArgumentHelp("The name that people see. (default: the image)", valueName: "text"))
  var displayName: String?

  @Option(
    help: ArgumentHelp(
      "The name by which it is chosen. (default: as Elyra, small letters with _ for blanks)",
      valueName: "name"))
  var name: String?

  @Option(help: "When a cluster fetches it: Always, IfNotPresent or Never.")
  var pullPolicy: PullPolicy?

  @Option(
    help: ArgumentHelp("The secret of the cluster for its registry.", valueName: "name"))
  var pullSecret: String?

  @OptionGroup var about: MetadataOptions

  func run() throws {
    var metadata: JSONObject = [:]
    if let text = about.description { metadata["description"] = .init(text) }
    if !about.tags.isEmpty { metadata["tags"] = .array(about.tags.map { .init($0) }) }
    if let pullPolicy { metadata["pull_policy"] = .init(pullPolicy.rawValue) }
    if let pullSecret { metadata["pull_secret"] = .init(pullSecret) }
    let path = try RuntimeReports.reported { () throws(EngineError) in
      let store = RuntimeImageStore()
      let added = try store.newImage(
        image, displayName: displayName ?? image, name: name, metadata: metadata)
      return try store.files.write(added.file)
    }
    Printer.shared.log("\(image): written to \(path)")
  }
}

/// The command `lyre images remove`.
struct RemoveImage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a runtime image of the user.",
    discussion: """
      EXAMPLES
        lyre images remove nodebase

      EXIT CODES
        0 removed   2 there is none, or it is not the user's
        6 it could not be removed
      """)

  @Argument(help: "The image's name in the list.", completion: Completions.images) var name: String

  func run() throws {
    try RuntimeReports.remove(name, from: RuntimeImageStore().files)
  }
}
