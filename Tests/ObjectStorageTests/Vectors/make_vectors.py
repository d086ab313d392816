"""Makes signatures.json from Amazon's published test suite of Signature Version 4.

    git clone https://github.com/awslabs/aws-c-auth     (Apache-2.0)
    python3 make_vectors.py aws-c-auth > signatures.json

Left out are the requests whose path the suite normalizes or encodes twice, and those with a token that is not signed, neither
of which S3 does, and those whose header has several lines, which HTTP no longer has.
"""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

clone = Path(sys.argv[1])


def git(*arguments):
    return subprocess.run(["git", "-C", clone, *arguments], check=True, capture_output=True).stdout.decode()


def signature(text):
    return text.split("Signature=")[1].split()[0]


suite = "tests/aws-signing-test-suite/v4"
commit = git("rev-parse", "HEAD").strip()
vectors = []
for name in sorted({path.split("/")[3] for path in git("ls-tree", "-r", "--name-only", "HEAD", suite).split()}):
    files = {
        part: git("show", f"HEAD:{suite}/{name}/{part}")
        for part in ["context.json", "request.txt", "header-canonical-request.txt", "header-signed-request.txt",
                     "query-canonical-request.txt", "query-signed-request.txt"]
    }
    context = json.loads(files["context.json"])
    head, _, body = files["request.txt"].partition("\n\n")
    first, *lines = head.split("\n")
    method, target = first.removesuffix(" HTTP/1.1").split(" ", 1)
    path, _, query = target.partition("?")
    canonical = files["header-canonical-request.txt"]
    if context.get("omit_session_token") or any(":" not in line for line in lines if line) or canonical.split("\n")[1] != quote(unquote(path), safe="/-._~"):
        continue
    vectors.append({
        "name": name, "method": method, "path": unquote(path),
        "query": parse_qsl(query.replace("+", "%2B"), keep_blank_values=True),
        "headers": [line.split(":", 1) for line in lines if line], "body": body,
        "signs_body": context.get("sign_body", False),
        "token": context["credentials"].get("token"), "region": context["region"], "service": context["service"],
        "canonical": canonical, "signature": signature(files["header-signed-request.txt"]),
        "presigned_canonical": files["query-canonical-request.txt"],
        "presigned_signature": signature(files["query-signed-request.txt"]),
        "seconds": context["expiration_in_seconds"],
    })
print(json.dumps({"source": f"github.com/awslabs/aws-c-auth {commit} {suite}, Apache-2.0", "vectors": vectors},
                 indent=1, ensure_ascii=False))
