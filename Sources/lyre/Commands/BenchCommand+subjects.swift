import KernelBenchmark
import KernelClient
import KernelLauncher

extension BenchCommand {
  /// The kernels that were asked for, over the transports that were asked for.
  func subjects() throws -> [BenchmarkConfiguration.Subject] {
    let extra = try snippets.map { try ownSnippets($0) } ?? [:]
    let specs = try specs()
    // The rows of one kernel over several transports stand together.
    var subjects = specs.flatMap { spec in
      transport.transports
        // Who asks for all that there is does not want to hear of what there is not.
        .filter { transport != .both || $0 != .ipc || spec.speaksIPC }
        .map {
          BenchmarkConfiguration.Subject(
            spec: spec, transport: $0, snippets: code(for: spec, extra))
        }
    }
    if ceiling || kernels.contains(ReferenceKernel.name) {
      subjects += transport.transports.compactMap { .reference($0) }
    }
    return subjects
  }

  private func specs() throws -> [KernelSpec] {
    let finder = KernelSpecFinder()
    // Named twice is meant once, and the client alone is no kernel that is installed.
    var names: [String] = []
    for name in kernels where name != ReferenceKernel.name && !names.contains(name) {
      names.append(name)
    }
    let specs: [KernelSpec]
    do {
      specs = kernels.isEmpty ? finder.available() : try names.map { try finder.find($0) }
    } catch {
      Printer.shared.log("error: \(error)")
      throw ExitRequest(code: .kernelNotStarted)
    }
    if specs.isEmpty, kernels.isEmpty {
      Printer.shared.log(
        "error: no kernels are installed; `pip install ipykernel` installs one for Python")
      throw ExitRequest(code: .kernelNotStarted)
    }
    return specs
  }

  /// The code for a kernel: what the file has for its name, then for its language, then Lyre's own.
  private func code(for spec: KernelSpec, _ extra: [String: Snippets]) -> Snippets {
    [extra[spec.name.lowercased()], extra[spec.language.lowercased()]]
      .compactMap { $0 }
      .reduce(Snippets([:])) { $0.completed(by: $1) }
      .completed(by: Snippets.builtIn(spec.language))
  }

  private func ownSnippets(_ path: String) throws -> [String: Snippets] {
    do {
      return try Snippets.read(try read(path))
    } catch let error as Snippets.Invalid {
      throw unusable(path, "\(error)")
    }
  }
}
