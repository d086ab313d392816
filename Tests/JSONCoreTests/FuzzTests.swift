import JSONCore
import Testing

@Suite("Hostile JSON")
struct FuzzTests {
  /// A generator with a fixed seed, so that failures can be reproduced.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Test("never traps, and an accepted text is read back unchanged")
  func mutations() throws {
    let seed = Array(
      """
      {"cells": [{"cell_type": "code", "source": ["a\\n", "é😀\\ud800"], "outputs": [
       {"data": {"text/plain": "1e-07"}, "n": [1.5e-7, -0, NaN, true, null, {}]}], "metadata": {}}],
       "nbformat": 4, "nbformat_minor": 5, "x": "\\u00e9\\"\\\\"}
      """.utf8)
    var generator = Generator(state: 42)
    var accepted = 0
    for _ in 0..<20_000 {
      var text = seed
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<text.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: text[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: text.remove(at: place)
        case 2: text.insert(text[Int.random(in: 0..<text.count, using: &generator)], at: place)
        default: text.removeSubrange(place..<min(place + 9, text.count))
        }
        if text.isEmpty { break }
      }
      guard let value = try? JSONValue(parsing: text) else { continue }
      accepted += 1
      for style in [JSONStyle.compact, JSONStyle(indent: "  ", escapesNonASCII: true)] {
        try #require(try JSONValue(parsing: value.serialized(style)) == value)
      }
    }
    // Otherwise the mutations would be too large to test anything.
    #expect(accepted > 1000)
  }
}
