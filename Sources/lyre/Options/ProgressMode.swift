import ArgumentParser

/// What the terminal shows of progress.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
  case auto
  case plain
  case none
}
