import KernelClient
import RealKernels
import Testing

@Suite("The README's example")
struct ReadmeExampleTests {
  @Test(
    "prints the output of the code",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
  func example() async throws {
    let python = try KernelSpecFinder(environment: RealKernels.environment).find("python3")
    var printed: [String] = []
    try await withKernel(python) { kernel in
      for try await output in kernel.execute("print(6 * 7)") {
        if case .stream(let stream) = output {
          printed.append("\(stream.name) \(stream.text)")
        }
      }
    }
    #expect(printed == ["stdout 42\n"])
  }
}
