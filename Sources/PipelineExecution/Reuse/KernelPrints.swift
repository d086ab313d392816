package import KernelLauncher
package import RunRecord

/// Computes hashes of kernels, of the programs that they run, and of their packages, each once in a
/// run.
package struct KernelPrints: Sendable {
  private let programs: ProgramPrints

  /// Creates the hashes of a run.
  ///
  /// - Parameter files: computes the hashes of files.
  package init(files: FileHashes) { programs = ProgramPrints(files: files) }

  /// Environment variables that determine what programs load, and those for sorting, number formats
  /// and time zones.
  package static var heededVariables: [String] { ProgramPrints.heededVariables }

  /// Hashes of a kernelspec as `its kernel`, of the `program` that it runs, and of the `packages`
  /// that this program finds.
  ///
  /// - Parameters:
  ///   - spec: the kernel.
  ///   - folder: its working directory.
  ///   - environment: the environment of the kernel.
  ///   - watch: observes every file that is read.
  package func parts(
    of spec: KernelSpec, in folder: String, environment: [String: String], _ watch: HashingWatch
  ) throws(HashingWatch.Stopped) -> [String: String] {
    var parts = try programs.parts(of: spec, in: folder, environment: environment, watch)
    parts["its kernel"] = NotebookPrints.kernel(spec)
    return parts
  }
}
