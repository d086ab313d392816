import Glibc
import Testing

@testable import PipelineExecution

@Suite("Stopping nodes")
struct NodeControlTests {
  @Test("a cancelled wait does not affect later ones")
  func tickets() async {
    let control = NodeControl()
    let waiting = Task { await control.waitForStop() }
    waiting.cancel()
    #expect(await waiting.value == nil)
    async let second = control.waitForStop()
    async let third = control.waitForStop()
    control.stop(signal: SIGINT)
    #expect(await [second, third] == [SIGINT, SIGINT])
  }

  @Test("a wait after the stop ends at once")
  func late() async {
    let control = NodeControl()
    control.stop(signal: SIGTERM)
    control.stop(signal: SIGINT)
    #expect(await control.waitForStop() == SIGTERM)
  }

  @Test("a pause ends after its time or at the stop")
  func pause() async {
    let control = NodeControl()
    #expect(await control.pause(for: .milliseconds(1)))
    async let isOver = control.pause(for: .seconds(3600))
    control.stop(signal: SIGINT)
    #expect(await !isOver)
  }
}
