/// How a container comes to `lyre` and starts it: a fixed script for `sh -c`, and its arguments.
///
/// Nothing from the pipeline is in the script; everything reaches it as arguments. The script has
/// neither `{{`, `$(` nor `$$`, which Argo and Kubernetes would replace.
package struct NodeLoader: Sendable {
  private let settings: ExportSettings

  /// Creates the loader of an export.
  package init(_ settings: ExportSettings) { self.settings = settings }

  /// Signed URLs, or what the engine replaces with them.
  package struct Access: Sendable, Hashable {
    /// That of the list of all others.
    package var grant: String
    /// That of the program; nil if it is not in the storage.
    package var program: String?
    /// What the engine says about the task: it repeats all parameters.
    package var executorInput: String?

    /// Creates the access of a task.
    package init(grant: String, program: String? = nil, executorInput: String? = nil) {
      self.grant = grant
      self.program = program
      self.executorInput = executorInput
    }
  }

  /// What follows `sh -c`.
  ///
  /// - Parameters:
  ///   - description: the description as ``Pipelines/NodeDescription/argument``.
  ///   - run: the run's id, or what the engine replaces with it.
  ///   - parameters: further arguments of `lyre node`, such as `--parameter`.
  ///   - access: signed URLs, for settings with a grant.
  package func arguments(
    description: String, run: String, parameters: [String] = [], access: Access? = nil
  ) -> [String] {
    let node = ["node", "--json", description] + parameters
    let own = access.map { [$0.grant, $0.executorInput ?? ""] } ?? []
    guard case .download(let address, let hash) = settings.program else {
      return [script, "lyre"] + own + [run] + node
    }
    let place = [address, hash, access?.program ?? settings.endpoint ?? "", settings.region ?? ""]
    return [script, "lyre"] + own + [run] + place + node
  }

  /// The script: the same for all nodes of an export.
  package var script: String {
    let access = settings.credentials == .grant ? NodeLoader.access : ""
    guard case .download(let address, _) = settings.program else {
      return access + NodeLoader.start + NodeLoader.missing
    }
    let fetch =
      !address.hasPrefix("s3://")
      ? NodeLoader.web(from: "url")
      : access.isEmpty ? NodeLoader.bucket : NodeLoader.web(from: "endpoint")
    return access + NodeLoader.startOrDownload + fetch + NodeLoader.checked
  }

  private static let access = #"""
    # Signed URLs reach lyre in variables: every program here sees its arguments.
    LYRE_ACCESS=$1 LYRE_EXECUTOR_INPUT=$2; shift 2; export LYRE_ACCESS LYRE_EXECUTOR_INPUT

    """#

  private static let start = #"""
    # Runs a node with the lyre of the image.
    run=$1; shift; ELYRA_RUN_NAME=$run; export ELYRA_RUN_NAME
    if command -v lyre >/dev/null 2>&1; then exec lyre "$@" --set "RUN=$run"; fi

    """#

  private static let missing = #"""
    echo "error: lyre is not in this image, and the pipeline was exported without a place to download it from; add lyre to the image, or export with --lyre-url and --lyre-sha256" >&2
    exit 127

    """#

  private static let startOrDownload = #"""
    # Runs a node with the lyre of the image, or with one that is downloaded and checked.
    run=$1 url=$2 sum=$3 endpoint=$4 region=$5; shift 5; ELYRA_RUN_NAME=$run; export ELYRA_RUN_NAME
    if command -v lyre >/dev/null 2>&1; then exec lyre "$@" --set "RUN=$run"; fi
    fail() { echo "error: $1" >&2; exit 127; }
    has() { command -v "$1" >/dev/null 2>&1; }

    """#

  /// Downloads from the URL in a variable.
  private static func web(from variable: String) -> String {
    #"""
    fetch() {
      if has curl && curl -fsSL --retry 3 -o "$1" "$\#(variable)"; then return 0; fi
      if has wget && wget -q -O "$1" "$\#(variable)"; then return 0; fi
      has python3 && python3 -c 'import shutil, sys, urllib.request as u
    shutil.copyfileobj(u.urlopen(sys.argv[1], timeout=60), open(sys.argv[2], "wb"))' "$\#(variable)" "$1"
    }

    """#
  }

  /// Signs the request itself, with the credentials in the environment: they reach no argument.
  private static let bucket = #"""
    fetch() {
      host=${endpoint:-https://s3.amazonaws.com}; place=${host%/}/${url#s3://}; zone=${region:-${AWS_REGION:-us-east-1}}
      if has python3 && python3 -c 'import hashlib, hmac, os, shutil, sys, time, urllib.parse as p, urllib.request as u
    url, target, region = sys.argv[1:]
    e, parts = os.environ, p.urlsplit(url)
    path, now = p.quote(parts.path), time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    head = dict([("host", parts.netloc), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), ("x-amz-date", now)])
    if e.get("AWS_SESSION_TOKEN"): head["x-amz-security-token"] = e["AWS_SESSION_TOKEN"]
    names, scope = ";".join(sorted(head)), "/".join([now[:8], region, "s3", "aws4_request"])
    text = "\n".join(["GET", path, ""] + [k + ":" + head[k] for k in sorted(head)] + ["", names, "UNSIGNED-PAYLOAD"])
    signed = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(text.encode()).hexdigest()])
    key = ("AWS4" + e["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/") + [signed]: key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    head["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (e["AWS_ACCESS_KEY_ID"], scope, names, key.hex())
    request = u.Request(parts.scheme + "://" + parts.netloc + path, headers=head)
    shutil.copyfileobj(u.urlopen(request, timeout=60), open(target, "wb"))' "$place" "$1" "$zone"; then return 0; fi
      has curl && printf 'user = "%s:%s"\n' "${AWS_ACCESS_KEY_ID:-}" "${AWS_SECRET_ACCESS_KEY:-}" |
        curl -fsS --retry 3 -K - --aws-sigv4 "aws:amz:$zone:s3" -o "$1" "$place"
    }

    """#

  private static let checked = #"""
    check() {
      if has sha256sum; then found=`sha256sum "$1"`
      elif has python3; then found=`python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"`
      elif has openssl; then found=`openssl dgst -sha256 -r "$1"`
      else fail "lyre cannot be checked: the image has neither sha256sum, python3 nor openssl; add one, or add lyre to the image"; fi
      [ "${found%% *}" = "$sum" ] || fail "lyre from $url has the SHA-256 ${found%% *} instead of $sum; export the pipeline again with the right one"
    }
    for folder in "${TMPDIR:-/tmp}" /tmp "${HOME:-/}" /dev/shm .; do
      [ -d "$folder" ] && [ -w "$folder" ] || continue
      file=$folder/lyre-$sum
      fetch "$file" || fail "lyre could not be downloaded from $url; check that the container reaches it and has curl, wget or python3"
      check "$file"
      chmod 755 "$file" && "$file" --version >/dev/null 2>&1 && exec "$file" "$@" --set "RUN=$run"
      rm -f "$file"
    done
    fail "lyre cannot be stored or started in any folder of this container; mount a volume at /tmp from which programs may be started, or add lyre to the image"

    """#
}
