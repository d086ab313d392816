import JSONCore

/// What a form allows that writes objects without credentials, and its signature.
///
/// It is version 4 of what Amazon calls browser-based uploads: a value without I/O and without a clock.
struct FormPolicy: Sendable {
  var signature: RequestSignature
  /// The bucket, and the beginning of the keys.
  var prefix: ObjectLocation
  /// When it expires.
  var expires: ServerTime
  /// How many bytes an object may have.
  var largest: Int

  /// The fields that say who has signed.
  private var signer: [(name: String, value: String)] {
    var fields = [
      ("x-amz-algorithm", RequestSignature.algorithm),
      ("x-amz-credential", signature.credential), ("x-amz-date", signature.time.stamp),
    ]
    if let token = signature.credentials.sessionToken {
      fields.append(("x-amz-security-token", token))
    }
    return fields
  }

  /// The document that is signed.
  var document: JSONValue {
    var conditions: [JSONValue] = [
      ["bucket": .init(prefix.bucket)], ["starts-with", "$key", .init(prefix.key)],
      ["starts-with", "$Content-Type", ""], ["content-length-range", 0, .init(largest)],
    ]
    for field in signer { conditions.append([.init(field.name): .init(field.value)]) }
    return ["expiration": .init(expires.iso), "conditions": .array(conditions)]
  }

  /// The fields of the form, without the key, the type and the object.
  var fields: [(name: String, value: String)] {
    let policy = Base64.encoded(document.serialized())
    return [("policy", policy)] + signer + [("x-amz-signature", signature.signature(of: policy))]
  }
}
