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
    requireAddressSpace()
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
    refuse("/proc is not mounted, and lyre cannot run without it")
  }

  /// Threads that cannot be started end the program with a stack trace, or never.
  private static func requireAddressSpace() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return }
    let least: UInt64 = 256 << 20
    guard limit.rlim_cur < least else { return }
    refuse(
      "the limit of address space is \(limit.rlim_cur >> 20) MB, and lyre needs \(least >> 20) MB: raise it "
        + "with `ulimit -v`")
  }

  private static func refuse(_ reason: String) -> Never {
    var message = "error: \(reason). Nothing was done.\n"
    message.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    _exit(ExitCode.unusableInput.rawValue)
  }
}
