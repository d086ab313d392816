import Glibc
import KernelTesting

/// The executable of the scripted kernel; see `ScriptedKernel`.
@main
struct Main {
  static func main() {
    exit(ScriptedKernel.main(Array(CommandLine.arguments.dropFirst())))
  }
}
