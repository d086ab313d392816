/// The pixels of a PNG picture (ISO/IEC 15948) with 8 bits per channel.
///
/// Interlaced pictures are not read; plotting libraries write none.
struct PNGImage {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The largest number of pixels.
  private static let limit = 40_000_000

  /// Red, green, blue and opacity of each pixel, row by row.
  private(set) var pixels: [UInt8] = []

  private struct Header {
    let width: Int
    let height: Int
    let depth: Int
    let color: Int
    /// The channels of a pixel.
    var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][color] ?? 0 }
    var rowBytes: Int { (width * channels * depth + 7) / 8 }
    var pixelBytes: Int { max(1, channels * depth / 8) }
  }

  /// Reads a picture; nil if it is not a PNG picture of a supported kind.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: PNGImage.signature) else { return nil }
    var place = PNGImage.signature.count
    var (header, palette, opacity, data): (Header?, [UInt8], [UInt8], [UInt8]) = (nil, [], [], [])
    while place + 12 <= bytes.count {
      let count = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let start = place + 8
      guard count <= bytes.count - start - 4 else { return nil }
      let content = bytes[start..<start + count]
      switch String(decoding: bytes[place + 4..<start], as: UTF8.self) {
      case "IHDR":
        header = PNGImage.header(Array(content))
        if header == nil { return nil }
      case "PLTE": palette = Array(content)
      case "tRNS": opacity = Array(content)
      case "IDAT": data += content
      case "IEND": place = bytes.count
      default: break
      }
      place = max(place, start + count + 4)
    }
    guard let header,
      let rows = Inflate.zlib(data, limit: (header.rowBytes + 1) * header.height),
      rows.count == (header.rowBytes + 1) * header.height,
      let samples = PNGImage.unfiltered(rows, header)
    else { return nil }
    pixels.reserveCapacity(header.width * header.height * 4)
    for row in 0..<header.height {
      for column in 0..<header.width {
        func sample(_ channel: Int) -> Int {
          PNGImage.sample(samples, header, row, column * header.channels + channel)
        }
        append(header, sample, palette, opacity)
      }
    }
  }

  private static func header(_ content: [UInt8]) -> Header? {
    guard content.count == 13 else { return nil }
    let width = content[0..<4].reduce(0) { $0 << 8 | Int($1) }
    let height = content[4..<8].reduce(0) { $0 << 8 | Int($1) }
    let header = Header(
      width: width, height: height, depth: Int(content[8]), color: Int(content[9]))
    guard width > 0, height > 0, width <= limit, height <= limit / width, header.channels > 0,
      [1, 2, 4, 8, 16].contains(header.depth), header.depth >= 8 || header.channels == 1,
      content[10] == 0, content[11] == 0, content[12] == 0
    else { return nil }
    return header
  }

  /// The rows without their filters (section 9).
  private static func unfiltered(_ rows: [UInt8], _ header: Header) -> [UInt8]? {
    let (count, step) = (header.rowBytes, header.pixelBytes)
    var result = [UInt8](repeating: 0, count: count * header.height)
    for row in 0..<header.height {
      let filter = rows[row * (count + 1)]
      guard filter <= 4 else { return nil }
      for index in 0..<count {
        let place = row * count + index
        let left = index >= step ? Int(result[place - step]) : 0
        let above = row > 0 ? Int(result[place - count]) : 0
        let corner = row > 0 && index >= step ? Int(result[place - count - step]) : 0
        let predicted =
          switch filter {
          case 1: left
          case 2: above
          case 3: (left + above) / 2
          case 4: paeth(left, above, corner)
          default: 0
          }
        result[place] = rows[row * (count + 1) + 1 + index] &+ UInt8(truncatingIfNeeded: predicted)
      }
    }
    return result
  }

  private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> Int {
    let estimate = left + above - corner
    let (a, b, c) = (abs(estimate - left), abs(estimate - above), abs(estimate - corner))
    return a <= b && a <= c ? left : b <= c ? above : corner
  }

  /// A sample of a row: of 16 bits, only the upper 8.
  private static func sample(_ samples: [UInt8], _ header: Header, _ row: Int, _ index: Int) -> Int
  {
    let bit = index * header.depth
    let byte = Int(samples[row * header.rowBytes + bit / 8])
    guard header.depth < 8 else { return byte }
    return byte >> (8 - header.depth - bit % 8) & (1 << header.depth - 1)
  }

  private mutating func append(
    _ header: Header, _ sample: (Int) -> Int, _ palette: [UInt8], _ opacity: [UInt8]
  ) {
    switch header.color {
    case 0, 4:
      let scale = header.depth < 8 ? 255 / (1 << header.depth - 1) : 1
      let gray = UInt8(sample(0) * scale)
      pixels += [gray, gray, gray, header.color == 4 ? UInt8(sample(1)) : 255]
    case 3:
      let index = sample(0)
      let isThere = index * 3 + 2 < palette.count
      pixels += isThere ? palette[index * 3...index * 3 + 2] : [0, 0, 0]
      pixels.append(index < opacity.count ? opacity[index] : 255)
    default:
      pixels += [UInt8(sample(0)), UInt8(sample(1)), UInt8(sample(2))]
      pixels.append(header.color == 6 ? UInt8(sample(3)) : 255)
    }
  }
}
