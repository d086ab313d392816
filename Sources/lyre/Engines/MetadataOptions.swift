import ArgumentParser

/// What files of Elyra's metadata have for people.
struct MetadataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
  var description: String?

  @Option(
    name: .customLong("tag"), parsing: .singleValue,
    help: ArgumentHelp("A tag; may be repeated.", valueName: "text"))
  var tags: [String] = []
}
