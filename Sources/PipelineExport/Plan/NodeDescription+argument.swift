import JSONCore
package import Pipelines

extension NodeDescription {
  /// The description as one argument of a program in a pod, in lines for people.
  ///
  /// Argo replaces `{{…}}` in arguments, and Kubernetes `$(…)` and `$$`: they are escaped in the JSON,
  /// so that `lyre` reads what the pipeline has.
  package var argument: String {
    var result: [UInt8] = []
    let bytes = json.serialized(.pretty)
    result.reserveCapacity(bytes.count)
    for (place, byte) in bytes.enumerated() {
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0
      switch byte {
      case UInt8(ascii: "{") where result.last == UInt8(ascii: "{"):
        result += Array(#"\u007b"#.utf8)
      case UInt8(ascii: "$") where next == UInt8(ascii: "(") || next == UInt8(ascii: "$"):
        result += Array(#"\u0024"#.utf8)
      default: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The longest argument that Linux passes to a program.
  package static let longestArgument = 128 << 10
}
