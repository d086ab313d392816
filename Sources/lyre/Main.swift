import Glibc
import KernelBenchmark

/// Where the program begins.
@main
enum Main {
  static func main() {
    // A benchmark runs this program again as the kernel that shows what the client alone can do.
    ReferenceKernel.runIfAsked(CommandLine.arguments)
    // Before any other thread exists, so that all inherit it: signals are taken by one thread only.
    Signals.prepare()
    // Not on the main thread: from there every step into the concurrent world costs a switch of
    // threads.
    Task.detached { await Lyre.start() }
    while true { pause() }
  }
}
