import Glibc

/// Where the program begins.
@main
enum Main {
  static func main() {
    // Before any other thread exists, so that all inherit it: signals are taken by one thread only.
    Signals.prepare()
    // Not on the main thread: from there every step into the concurrent world costs a switch of
    // threads.
    Task.detached { await Lyre.start() }
    while true { pause() }
  }
}
