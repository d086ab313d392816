import Glibc
import KernelTesting

/// The executable of the scripted kernel; see `ScriptedKernel` for what it does.
@main
struct Main {
  static func main() {
    exit(ScriptedKernel.main(Array(CommandLine.arguments.dropFirst())))
  }
}
