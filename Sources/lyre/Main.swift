import CSystemShims
import Glibc
import KernelBenchmark

/// The entry point of the program.
@main
enum Main {
  static func main() {
    // Before any thread exists.
    lyre_be_child_of_init()
    // Before anything is opened, which could otherwise become the standard output of a program
    // without one.
    lyre_fill_standard_descriptors()
    // One for the thread of a kernel, and one for the others.
    lyre_share_arenas(2)
    requireProc()
    let arguments = Result { () throws(UsageError) in try ProgramArguments.all() }
    // A benchmark runs this program again as its reference kernel.
    if case .success(let all) = arguments { ReferenceKernel.runIfAsked(all) }
    // Before any other thread exists, so that all inherit the mask: one thread handles signals.
    Signals.prepare()
    // Not on the main thread, from which every concurrent call costs a thread switch.
    Task.detached { await Lyre.start(arguments) }
    while true { pause() }
  }

  /// libdispatch looks for its threads in /proc after a moment, and traps if they are missing;
  /// kernels' processes are found there, too.
  private static func requireProc() {
    guard access("/proc/self/stat", R_OK) != 0 else { return }
    let message = "error: /proc is not mounted, and lyre cannot run without it. Nothing was done.\n"
    _ = message.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
    _exit(ExitCode.unusableInput.rawValue)
  }
}
