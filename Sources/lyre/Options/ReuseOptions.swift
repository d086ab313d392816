import ArgumentParser

/// Which notebooks to leave alone.
struct ReuseOptions: ParsableArguments {
  @Flag(help: "Leave notebooks alone that are unchanged since their last good run.")
  var cached = false

  @Option(
    help: ArgumentHelp(
      """
      With --cached, also compare the files and folders that match; quote patterns (`*`, `?`, \
      `[a-z]`, `**` for any folders); repeatable.
      """, valueName: "pattern"), completion: .file())
  var depends: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --cached, also compare this environment variable; repeatable.", valueName: "name"))
  var dependsVariable: [String] = []
}
