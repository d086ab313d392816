import ArgumentParser

/// How progress is shown on the terminal.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
  case auto
  case plain
  case none
}
