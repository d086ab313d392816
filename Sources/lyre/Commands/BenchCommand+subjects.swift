import KernelBenchmark
import KernelClient
import KernelLauncher

extension BenchCommand {
  /// The selected kernels over the selected transports.
  func subjects() throws -> [BenchmarkConfiguration.Subject] {
    let extra = try snippets.map { try ownSnippets($0) } ?? [:]
    let specs = try specs()
    // The rows of one kernel over several transports are adjacent.
    var subjects = specs.flatMap { spec in
      transport.transports
        // If all transports are selected, unsupported ones are omitted silently.
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
    // Duplicate names count once, and the reference kernel is not an installed kernel.
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

  /// The code for a kernel: from the file by its name, then by its language, then Lyre's own.
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
