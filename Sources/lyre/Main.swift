import CSystemShims
import Glibc
import KernelBenchmark

/// Where the program begins.
@main
enum Main {
  static func main() {
    // Before anything is opened: it would become the standard output of a program that has none.
    lyre_fill_standard_descriptors()
    requireProc()
    let arguments = Result { () throws(UsageError) in try ProgramArguments.all() }
    // A benchmark runs this program again as the kernel that shows what the client alone can do.
    if case .success(let all) = arguments { ReferenceKernel.runIfAsked(all) }
    // Before any other thread exists, so that all inherit it: signals are taken by one thread only.
    Signals.prepare()
    // Not on the main thread: from there every step into the concurrent world costs a switch of
    // threads.
    Task.detached { await Lyre.start(arguments) }
    while true { pause() }
  }

  /// libdispatch looks for its threads in /proc after a moment, and traps where they are not found;
  /// kernels' processes are found there, too.
  private static func requireProc() {
    guard access("/proc/self/stat", R_OK) != 0 else { return }
    let message = "error: /proc is not mounted, and lyre cannot run without it. Nothing was done.\n"
    _ = message.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
    _exit(ExitCode.unusableInput.rawValue)
  }
}
