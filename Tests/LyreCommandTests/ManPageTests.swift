import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Man pages")
struct ManPageTests {
  @Test("there is one for each command, with its options, examples and exit codes")
  func pages() async throws {
    try await Lyre.with { lyre in
      let root = RealKernels.repositoryRoot
      let made = try await lyre.shell(
        "python3 '\(root)/scripts/man_pages.py' \"$LYRE\" man 2026-01-31")
      #expect(made == .init(0))
      let names = try await lyre.shell("cd man && ls").output.split(separator: "\n")
      for name in ["lyre", "lyre-run", "lyre-kernels-show", "lyre-pipeline", "lyre-pipeline-run"] {
        #expect(names.contains("\(name).1"), "\(names)")
      }
      #expect(names.allSatisfy { $0.hasPrefix("lyre") && $0.hasSuffix(".1") })
      let page = try lyre.text(of: "man/lyre-run.1")
      for part in [
        ".TH \"LYRE-RUN\" \"1\" \"2026-01-31\" \"lyre ", "\n.SH NAME\nlyre\\-run \\- Run notebooks",
        "\n\\fB\\-\\-cached\\fR\n",
        "\n\\fB\\-p\\fR, \\fB\\-\\-parameters\\fR \\fIname\\fR \\fIvalue\\fR\n",
        "\n.SH EXAMPLES\n.nf\n  lyre run analysis.ipynb\n", "\n.SH EXIT CODES\n.nf\n",
      ] { #expect(page.contains(part), "\(part)") }
      // A line that begins with a dot and is not one of these would be an unknown command of roff.
      let commands: Set<Substring> = [".TH", ".SH", ".TP", ".PP", ".nf", ".fi"]
      for name in names {
        for line in try lyre.text(of: "man/\(name)").split(separator: "\n")
        where line.hasPrefix(".") {
          #expect(commands.contains(line.prefix { $0 != " " }), "\(name): \(line)")
        }
      }
    }
  }
}
